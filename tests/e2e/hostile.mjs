// A WebSocket server that says what no broker should: raw frames, as a test dictates them.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const CONNACK = Buffer.from([0x20, 2, 0, 0]);

/** One binary WebSocket message (RFC 6455), never masked by a server. */
function frame(payload) {
  const length = payload.length;
  const header =
    length < 126
      ? Buffer.from([0x82, length])
      : length < 65_536
        ? Buffer.from([0x82, 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x82, 127]), bigEndian(length)]);
  return Buffer.concat([header, payload]);
}

function bigEndian(length) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

/** A PUBLISH at QoS 0. */
export function publish(topic, payload) {
  const name = Buffer.from(topic);
  const body = Buffer.concat([Buffer.from([name.length >> 8, name.length & 255]), name, Buffer.from(payload)]);
  return Buffer.concat([Buffer.from([0x30, ...remaining(body.length)]), body]);
}

function remaining(length) {
  const bytes = [];
  do {
    bytes.push((length & 127) | (length > 127 ? 128 : 0));
    length >>= 7;
  } while (length > 0);
  return bytes;
}

/** Accepts every CONNECT, then sends `packets` once the page has subscribed. */
export class HostileBroker {
  static async start(packets, connack = CONNACK) {
    const broker = new HostileBroker();
    broker.connections = 0;
    broker.sockets = new Set();
    broker.server = createServer().listen(0, '127.0.0.1');
    broker.server.on('upgrade', (request, socket) => broker.serve(request, socket, packets, connack));
    await once(broker.server, 'listening');
    broker.url = `ws://127.0.0.1:${broker.server.address().port}/mqtt`;
    return broker;
  }

  serve(request, socket, packets, connack) {
    const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + magic).digest('base64');
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`,
    );
    // The first message of the page is its CONNECT, the next one its SUBSCRIBEs: both are small.
    let messages = 0;
    socket.on('data', () => {
      messages += 1;
      if (messages === 1) socket.write(frame(connack));
      if (messages === 2) for (const packet of packets) socket.write(frame(packet));
    });
  }

  /** One frame to every page. */
  send(packets) {
    const bytes = frame(Buffer.concat(packets));
    for (const socket of this.sockets) socket.write(bytes);
  }

  async end() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((closed) => this.server.close(closed));
  }
}
