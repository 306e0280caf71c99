// The pages' server: the built dashboard, and the small pages beside it.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const folders = {
  gnomon: join(root, 'dist'),
  peers: import.meta.dirname,
  mqtt: join(root, 'node_modules/mqtt/dist'),
};
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};
const PEERS = {
  '/peers/bare': '<script src="bare.js"></script>',
  '/peers/mqtt': '<script src="/mqtt/mqtt.min.js"></script><script src="mqtt.js"></script>',
};

export class Site {
  static async start() {
    const site = new Site();
    site.server = createServer((request, response) => site.answer(request, response));
    site.server.listen(0, '127.0.0.1');
    await once(site.server, 'listening');
    site.origin = `http://127.0.0.1:${site.server.address().port}`;
    return site;
  }

  async answer(request, response) {
    const { pathname } = new URL(request.url, this.origin);
    const page = PEERS[pathname];
    if (page) {
      return response.setHeader('Content-Type', 'text/html').end(`<!doctype html><title>peer</title>${page}`);
    }
    const [, folder, ...rest] = pathname.split('/');
    const path = join('/', ...rest.map(decodeURIComponent));
    try {
      const body = await readFile(join(folders[folder], path === '/' ? 'index.html' : path));
      const type = TYPES[path === '/' ? '.html' : extname(path)] ?? 'application/octet-stream';
      response.setHeader('Content-Type', type).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  end() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
