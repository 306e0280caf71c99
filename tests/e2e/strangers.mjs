// Servers that a page cannot connect to, each in its own way. They say no MQTT.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer as createTcp } from 'node:net';

class Stranger {
  static async start(server, path = '/mqtt') {
    const stranger = new Stranger();
    stranger.server = server;
    stranger.sockets = new Set();
    server.on('connection', (socket) => {
      stranger.sockets.add(socket);
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stranger.url = `ws://127.0.0.1:${server.address().port}${path}`;
    return stranger;
  }

  async end() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((closed) => this.server.close(closed));
  }
}

/** Answers HTTP, and knows no WebSocket. */
export function webServer() {
  return Stranger.start(createHttp((_, response) => response.writeHead(404).end('nothing here')));
}

/** Takes a connection, and never says a word. */
export function silentServer() {
  return Stranger.start(createTcp(() => {}));
}

/**
 * Opens WebSockets and says nothing in them. `choose` gives the subprotocol for the one that was asked for, where any
 * was; a browser closes at once when it is not the same one.
 */
export function webSocketServer(choose) {
  const server = createHttp((_, response) => response.writeHead(426).end());
  server.on('upgrade', (request, socket) => {
    const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + magic).digest('base64');
    const protocol = choose(request.headers['sec-websocket-protocol']);
    const agreed = protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`;
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n${agreed}\r\n`,
    );
  });
  return Stranger.start(server);
}
