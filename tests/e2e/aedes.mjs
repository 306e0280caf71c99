// The broker aedes, from npm: it cuts each packet into several WebSocket frames, which no client should mind.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { Aedes as Broker } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';

/**
 * Listens on ports of its own, over TCP and WebSocket. `restart` keeps them and forgets everything else. `visitors`
 * grows with whoever connects: the path of the WebSocket with its query, the user name and the password.
 */
export class Aedes {
  static async start() {
    const aedes = new Aedes();
    aedes.visitors = [];
    await aedes.listen(0, 0);
    return aedes;
  }

  async listen(tcp, ws) {
    this.sockets = new Set();
    this.core = await Broker.createBroker();
    this.core.authenticate = (client, userName, password, done) => {
      this.visitors.push({ path: client.req?.url, userName, password: password?.toString() });
      done(null, true);
    };
    this.tcp = createTcpServer(this.core.handle);
    this.http = createServer();
    new WebSocketServer({ server: this.http, handleProtocols: () => 'mqtt' }).on('connection', (socket, request) => {
      this.core.handle(createWebSocketStream(socket), request);
    });
    for (const [server, port] of [[this.tcp, tcp], [this.http, ws]]) {
      server.on('connection', (socket) => this.sockets.add(socket));
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    }
  }

  get mqttPort() {
    return this.tcp.address().port;
  }

  get broker() {
    return `ws://127.0.0.1:${this.http.address().port}/mqtt`;
  }

  async restart() {
    const ports = [this.mqttPort, this.http.address().port];
    await this.end();
    await this.listen(...ports);
  }

  async end() {
    const closed = [this.tcp, this.http].map((server) => new Promise((done) => server.close(done)));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
    await new Promise((done) => this.core.close(done));
  }
}
