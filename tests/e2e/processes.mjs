// The programs of a test: started on free ports of this machine, and stopped with the test.
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const backendProgram = process.env.GNOMON_BACKEND ?? join(root, 'target/release/gnomon-backend');
const certutil = process.env.GNOMON_CERTUTIL ?? 'certutil';
const mosquittoProgram = process.env.GNOMON_MOSQUITTO ?? '/usr/sbin/mosquitto';

/** Says "end" before a server goes that a page came from: what that page misses from then on is no fault of its own. */
export const ends = new EventEmitter().setMaxListeners(0);

// A range for each of the workers that run tests at once, below those that the system gives to outgoing connections.
const PORTS = 4000;
const firstPort = 12_000 + PORTS * Number(process.env.TEST_PARALLEL_INDEX ?? 0);
let ports = 0;

export async function freePort() {
  for (;;) {
    const port = firstPort + (ports++ % PORTS);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(() => true, () => false);
    if (!isFree) continue;
    await new Promise((closed) => server.close(closed));
    return port;
  }
}

/** Starts a program and resolves once a line of its output fits `ready`. */
async function start(program, args, ready) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  await new Promise((resolve, reject) => {
    const hear = (chunk) => {
      output += chunk;
      if (ready.test(output)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${program} ended with ${code}:\n${output}`)));
  });
  return child;
}

async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
}

/** Our backend. `stop` and `start` keep its ports, as a restart does. */
export class Backend {
  static async start(flags = []) {
    const backend = new Backend();
    backend.flags = flags;
    backend.mqttPort = await freePort();
    backend.httpPort = await freePort();
    backend.httpsPort = await freePort();
    backend.data = await mkdtemp(join(tmpdir(), 'gnomon-e2e-'));
    await backend.start();
    return backend;
  }

  get page() {
    return `http://127.0.0.1:${this.httpPort}/`;
  }

  get broker() {
    return `ws://127.0.0.1:${this.httpPort}/mqtt`;
  }

  /** The same as `page`, for a browser that trusts `authority`. */
  get securePage() {
    return `https://localhost:${this.httpsPort}/`;
  }

  get secureBroker() {
    return `wss://localhost:${this.httpsPort}/mqtt`;
  }

  /** The certificate that signed the backend's own. */
  get authority() {
    return join(this.data, 'ca.pem');
  }

  async start() {
    const args = [
      ...['--mqtt', `127.0.0.1:${this.mqttPort}`, '--http', `127.0.0.1:${this.httpPort}`],
      ...['--mqtts', 'off', '--https', `127.0.0.1:${this.httpsPort}`],
      ...['--data', this.data, '--site', join(root, 'dist'), ...this.flags],
    ];
    this.child = await start(backendProgram, args, /^ready$/m);
  }

  async stop(signal) {
    await stop(this.child, signal);
  }

  /** Keeps its ports and what is on disk. */
  async restart() {
    await this.stop('SIGKILL');
    await this.start();
  }

  async end() {
    ends.emit('end');
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }
}

/** The shadow service for a broker that is not ours. */
export class Attached {
  static async to(port) {
    const service = new Attached();
    service.data = await mkdtemp(join(tmpdir(), 'gnomon-e2e-'));
    const args = ['--attach', `mqtt://127.0.0.1:${port}`, '--data', service.data];
    service.child = await start(backendProgram, args, /^ready$/m);
    return service;
  }

  async end() {
    await stop(this.child);
    await rm(this.data, { recursive: true, force: true });
  }
}

/**
 * Debian's mosquitto with a WebSocket listener, and with a password where one is given.
 *
 * Its WebSocket listener takes no bind address and would be open to the whole network. So it runs in a network
 * namespace of its own, and two ports of this machine's loopback lead into it.
 */
export class Mosquitto {
  static async start({ password } = {}) {
    const mosquitto = new Mosquitto();
    mosquitto.folder = await mkdtemp(join(tmpdir(), 'gnomon-mosquitto-'));
    mosquitto.config = join(mosquitto.folder, 'mosquitto.conf');
    const lines = ['user root', 'listener 1883', 'listener 9001', 'protocol websockets'];
    lines.push(`allow_anonymous ${password === undefined}`);
    if (password !== undefined) {
      const file = join(mosquitto.folder, 'passwords');
      await run('mosquitto_passwd', ['-b', '-c', file, 'plant-ops', password]);
      lines.push(`password_file ${file}`);
    }
    await writeFile(mosquitto.config, lines.join('\n') + '\n');
    await mosquitto.start();
    mosquitto.mqtt = await doorTo(mosquitto, 1883);
    mosquitto.ws = await doorTo(mosquitto, 9001);
    return mosquitto;
  }

  async start() {
    const inside = `ip link set lo up && exec ${mosquittoProgram} -c ${this.config}`;
    this.child = await start('unshare', ['--map-root-user', '--net', 'sh', '-c', inside], /running/);
  }

  /** Keeps its ports, and forgets everything else. */
  async restart() {
    await stop(this.child, 'SIGKILL');
    await this.start();
  }

  get mqttPort() {
    return this.mqtt.address().port;
  }

  get broker() {
    return `ws://127.0.0.1:${this.ws.address().port}/mqtt`;
  }

  async end() {
    await stop(this.child);
    this.mqtt.close();
    this.ws.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A home folder in which Chromium trusts a certificate authority. */
export class TrustingHome {
  static async make(authority) {
    const home = new TrustingHome();
    home.folder = await mkdtemp(join(tmpdir(), 'gnomon-home-'));
    const folder = join(home.folder, '.pki/nssdb');
    await mkdir(folder, { recursive: true });
    await run(certutil, ['-N', '-d', `sql:${folder}`, '--empty-password']);
    await run(certutil, ['-A', '-d', `sql:${folder}`, '-n', 'Gnomon Local CA', '-t', 'C,,', '-i', authority]);
    return home;
  }

  async end() {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A port of this machine's loopback that leads to `port` in the network namespace of a broker's process. */
async function doorTo(broker, port) {
  const relay = `const inside = require('net').connect(${port}, '127.0.0.1');
    process.stdin.pipe(inside); inside.pipe(process.stdout); inside.on('close', () => process.exit());`;
  const server = createServer((outside) => {
    const into = ['--target', String(broker.child.pid), '--user', '--net', '--preserve-credentials'];
    const child = spawn('nsenter', [...into, process.execPath, '-e', relay], { stdio: ['pipe', 'pipe', 'inherit'] });
    outside.pipe(child.stdin);
    child.stdout.pipe(outside);
    // Either end may go first, also in the middle of a write.
    for (const end of [outside, child.stdin, child.stdout]) end.on('error', () => {});
    outside.on('close', () => child.kill());
    child.on('exit', () => outside.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Runs a program to its end and gives what it wrote. */
export async function run(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${output}`);
  return output;
}

/** The article's publisher. */
export function publish(port, topic, message) {
  const payload = typeof message === 'string' ? message : JSON.stringify(message);
  const address = ['-h', '127.0.0.1', '-p', String(port)];
  return run('mosquitto_pub', [...address, '-q', '1', '-t', topic, '-m', payload]);
}

/** Many messages by one connection, in their order. */
export async function publishAll(port, topic, messages) {
  const address = ['-h', '127.0.0.1', '-p', String(port)];
  const child = spawn('mosquitto_pub', [...address, '-q', '1', '-t', topic, '-l'], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`mosquitto_pub ended with ${code}`);
}

/**
 * The article's subscriber, once it is subscribed. `payloads` grows with each JSON payload that comes, and `lines` with
 * each line of any payload, as it came.
 */
export async function subscribe(port, topic, flags = []) {
  const args = ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-q', '1', '-d', ...flags];
  // Into a pipe it would keep its lines to itself until its buffer is full.
  const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const payloads = [];
  const lines = [];
  await new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('Subscribed')) resolve();
      else if (!line.startsWith('Client ')) lines.push(line);
      if (line.startsWith('{')) payloads.push(JSON.parse(line));
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error('mosquitto_sub ended')));
  });
  return { payloads, lines, stop: () => child.kill() };
}
