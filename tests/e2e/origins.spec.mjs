// What a page of another web site can do to a backend on this machine: nothing.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from '@playwright/test';
import { Backend, TrustingHome } from './processes.mjs';

let backend, elsewhere, origin;
test.beforeAll(async () => {
  backend = await Backend.start();
  elsewhere = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Elsewhere</title>');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  origin = `http://127.0.0.1:${elsewhere.address().port}/`;
});
test.afterAll(async () => {
  elsewhere.closeAllConnections();
  elsewhere.close();
  await backend.end();
});

/** How a WebSocket that the page opens ends. */
const socket = (page, url) =>
  page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const socket = new WebSocket(url, 'mqtt');
        socket.onopen = () => resolve('open');
        socket.onclose = ({ code }) => resolve(code);
      }),
    url,
  );

/** What the page gets for a request: its status, or the name of the error. */
const request = (page, url, options) =>
  page.evaluate(
    ([url, options]) =>
      fetch(url, options).then(
        ({ type, status }) => (type === 'opaque' ? 'opaque' : status),
        ({ name }) => name,
      ),
    [url, options],
  );

const body = '{"state":{"desired":{"power":"on"}}}';

test('it cannot open /mqtt', async ({ page }) => {
  await page.goto(origin);
  expect(await socket(page, backend.broker)).toBe(1006);
  // The backend's own page can.
  await page.goto(backend.page);
  expect(await socket(page, backend.broker)).toBe('open');
});

test('it can neither read nor change anything by HTTP', async ({ page }) => {
  await page.goto(origin);
  const shadow = `${backend.page}things/lamp/shadow`;
  expect(await request(page, shadow, {})).toBe('TypeError');
  expect(await request(page, shadow, { method: 'POST', body })).toBe('TypeError');
  expect(await request(page, shadow, { method: 'DELETE' })).toBe('TypeError');
  // Without asking for the answer a browser sends some requests to anybody; they must do nothing.
  expect(await request(page, shadow, { mode: 'no-cors', method: 'POST', body })).toBe('opaque');
  expect(await request(page, `${backend.page}topics/t?retain=true`, { mode: 'no-cors', method: 'POST', body })).toBe('opaque');
  expect((await fetch(shadow)).status).toBe(404);
  expect((await fetch(`${backend.page}retainedMessage/t`)).status).toBe(404);
  // A certificate could be ordered with such a request as well.
  const keys = `${backend.page}keys-and-certificate?setAsActive=true`;
  expect(await request(page, keys, { mode: 'no-cors', method: 'POST' })).toBe('opaque');
  const { certificates } = await (await fetch(`${backend.page}certificates`)).json();
  expect(certificates).toEqual([]);
});

test('nor over TLS, when the browser trusts the backend', async ({ playwright, launchOptions }) => {
  const home = await TrustingHome.make(backend.authority);
  const env = { ...process.env, HOME: home.folder };
  const browser = await playwright.chromium.launch({ ...launchOptions, env });
  try {
    const page = await browser.newPage();
    await page.goto(origin);
    expect(await socket(page, backend.secureBroker)).toBe(1006);
    expect(await request(page, `${backend.securePage}things/lamp/shadow`, {})).toBe('TypeError');
    await page.goto(backend.securePage);
    expect(await socket(page, backend.secureBroker)).toBe('open');
    expect(await request(page, `${backend.securePage}things/lamp/shadow`, {})).toBe(404);
  } finally {
    await browser.close();
    await home.end();
  }
});
