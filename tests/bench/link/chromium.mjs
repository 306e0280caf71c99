// Chromium by its own protocol over a pipe. Playwright would be told of every WebSocket frame, and to tell it costs
// the browser more than the frame itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = [
  ...['--headless=new', '--remote-debugging-pipe', '--window-size=1440,900'],
  ...['--no-sandbox', '--disable-gpu-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  ...['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export class Chromium {
  static async start() {
    const chromium = new Chromium();
    chromium.profile = await mkdtemp(join(tmpdir(), 'gnomon-bench-'));
    const program = process.env.GNOMON_CHROMIUM ?? '/usr/bin/chromium';
    const args = [...FLAGS, `--user-data-dir=${chromium.profile}`, 'about:blank'];
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'];
    chromium.child = spawn(program, args, { stdio });
    chromium.waiting = new Map();
    chromium.serial = 0;
    chromium.attached = [];
    chromium.hear();
    await chromium.send('Browser.getVersion');
    return chromium;
  }

  /** Answers end with a zero byte, and are cut anywhere. */
  hear() {
    let text = '';
    this.child.stdio[4].setEncoding('utf8').on('data', (chunk) => {
      const messages = (text + chunk).split('\0');
      text = messages.pop();
      for (const { id, result, error, method, params } of messages.map((message) => JSON.parse(message))) {
        if (method === 'Target.attachedToTarget') this.attached.push(params.sessionId);
        const waiting = this.waiting.get(id);
        this.waiting.delete(id);
        if (error) waiting?.reject(new Error(error.message));
        else waiting?.resolve(result);
      }
    });
    const fail = (why) => this.waiting.forEach(({ reject }) => reject(new Error(`Chromium: ${why}`)));
    this.child.on('error', fail);
    this.child.on('exit', (code) => fail(`ended with ${code}`));
  }

  send(method, params = {}, sessionId) {
    const id = (this.serial += 1);
    this.child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  /** Lets `use` have the sessions of a page and of its workers. */
  async withWorkers(sessionId, use) {
    this.attached = [sessionId];
    const attach = { waitForDebuggerOnStart: false, flatten: true };
    await this.send('Target.setAutoAttach', { ...attach, autoAttach: true }, sessionId);
    await Promise.all(this.attached.map(use));
    await this.send('Target.setAutoAttach', { ...attach, autoAttach: false }, sessionId);
  }

  async end() {
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
