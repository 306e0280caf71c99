// The ways in to AWS IoT, in a real browser: keys, an identity pool, a custom authorizer. The page, the endpoint and
// Cognito's stand-in are of three origins, as they are on AWS.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from './aedes.mjs';
import { Cognito } from './cognito.mjs';
import { connected, connection, expect, test } from './page.mjs';
import { Backend } from './processes.mjs';

const keys = { accessKeyId: 'ASIAEXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

// Chromium reports every answer that is no success.
test.use({ asked: [/^http:\/\/127\.0\.0\.1/], provoked: [/Failed to load resource/] });

let folder, site;
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gnomon-ways-'));
  await writeFile(join(folder, 'keys'), `${keys.accessKeyId} ${keys.secretKey}\n`);
  site = await Backend.start();
});
test.afterAll(async () => {
  await site.end();
  await rm(folder, { recursive: true });
});

/** A backend that lets in only who signs, for pages of another server. */
const endpointFor = ({ page }) =>
  Backend.start(['--sigv4-keys', join(folder, 'keys'), '--allow-origin', new URL(page).origin]);

const dialog = (page) => page.getByRole('dialog', { name: 'Connections' });
const connect = (page) => dialog(page).getByRole('button', { name: /^Connect/ }).click();

async function fill(page, fields) {
  for (const [name, text] of Object.entries(fields)) {
    await dialog(page).getByLabel(name, { exact: true }).fill(text);
  }
}

/** The form of one way in, on a page from `server` that is not connected. */
async function form(page, server, way, endpoint) {
  await page.goto(`${server.page}?broker=${encodeURIComponent('ws://127.0.0.1:9/mqtt')}`);
  await connection(page).click();
  const details = page.getByRole('group', { name: 'Connection details' });
  await details.getByRole('button', { name: 'Edit connection' }).click();
  await dialog(page).getByRole('tab', { name: way }).click();
  await fill(page, { Endpoint: endpoint.broker, Region: 'us-east-1' });
}

test.describe('an identity pool', () => {
  let endpoint;
  test.beforeEach(async () => {
    endpoint = await endpointFor(site);
  });
  test.afterEach(async () => {
    await endpoint.end();
  });

  async function enter(page, cognito) {
    await form(page, site, 'AWS Cognito', endpoint);
    await fill(page, { 'Identity pool ID': cognito.pool, 'Cognito address': cognito.service });
    if (cognito.login) {
      const { provider, token } = cognito.login;
      await fill(page, { 'Sign-in provider': provider, 'Sign-in token': token });
    }
    await connect(page);
  }

  test('lets a guest in, whose keys are renewed while the link stands', async ({ page }) => {
    const cognito = await Cognito.start({ keys });
    cognito.lifetime = 12;
    await enter(page, cognito);
    await connected(page);
    await page.evaluate(() => {
      const status = document.querySelector('[role=status][aria-label=Connection]');
      window.states = new Set();
      new MutationObserver(() => window.states.add(status.textContent.split(' ')[0])).observe(status, {
        subtree: true,
        characterData: true,
        childList: true,
      });
    });
    await expect.poll(() => cognito.calls.GetCredentialsForIdentity, { timeout: 30_000 }).toBeGreaterThan(2);
    await connected(page);
    expect(cognito.calls.GetId).toBe(1);
    const states = await page.evaluate(() => [...window.states]);
    expect(states.filter((state) => !state.startsWith('Connected'))).toEqual([]);
    await cognito.stop();
  });

  test('lets in who signed in elsewhere', async ({ page }) => {
    const cognito = await Cognito.start({ keys, login: { provider: 'idp.example', token: 'ey.x' } });
    await enter(page, cognito);
    await connected(page);
    expect(cognito.calls).toEqual({ GetId: 1, GetCredentialsForIdentity: 1 });
    await cognito.stop();
  });

  test('that refuses is quoted, and asked no more', async ({ page }) => {
    const cognito = await Cognito.start({ keys });
    cognito.fault = 'NotAuthorizedException';
    await enter(page, cognito);
    await expect(connection(page)).toHaveText(/^Failed/);
    await expect(dialog(page).getByRole('group', { name: 'Finding' })).toContainText('Cognito gave no keys');
    await expect(dialog(page)).toContainText('NotAuthorizedException');
    expect(cognito.calls.GetId).toBe(1);
    await cognito.stop();
  });
});

for (const minutes of [11, -11]) {
  test(`keys get in with a clock that is ${minutes} minutes off`, async ({ page }) => {
    const skewed = join(folder, `site${minutes}`);
    await cp('dist', skewed, { recursive: true });
    const loader = join(skewed, 'engine_loader.js');
    const skew = `{ const now = Date.now; Date.now = () => now() + ${minutes * 60_000}; }\n`;
    await writeFile(loader, skew + (await readFile(loader, 'utf8')));
    const server = await Backend.start(['--site', skewed]);
    const endpoint = await endpointFor(server);
    try {
      await form(page, server, 'AWS keys', endpoint);
      await fill(page, { 'Access key ID': keys.accessKeyId, 'Secret access key': keys.secretKey });
      await connect(page);
      await connected(page);
      await expect(page.locator('body')).not.toContainText(keys.secretKey);
    } finally {
      await endpoint.end();
      await server.end();
    }
  });
}

test('a custom authorizer hears its token in the address or behind the user name', async ({ page }) => {
  const broker = await Aedes.start();
  const parts = 'x-amz-customauthorizer-name=gate%201&pass=a%26b%3Dc&x-amz-customauthorizer-signature=s%2Fg%3D%3D';
  try {
    await form(page, site, 'Custom authorizer', broker);
    await fill(page, { 'Authorizer name': 'gate 1', 'Token key name': 'pass', Token: 'a&b=c', 'Token signature': 's/g==' });
    await connect(page);
    await connected(page);
    expect(broker.visitors.at(-1).path).toBe(`/mqtt?${parts}`);
    expect(page.url()).not.toContain('gate');

    await form(page, site, 'Custom authorizer', broker);
    await fill(page, { 'Authorizer name': 'gate 1', 'Token key name': 'pass', Token: 'a&b=c', 'Token signature': 's/g==' });
    await fill(page, { 'User name': 'kyoto', Password: 'p w' });
    await dialog(page).getByLabel("Send these behind CONNECT's user name, not in the URL").check();
    await connect(page);
    await connected(page);
    expect(broker.visitors.at(-1)).toEqual({ path: '/mqtt', userName: `kyoto?${parts}`, password: 'p w' });
  } finally {
    await broker.end();
  }
});
