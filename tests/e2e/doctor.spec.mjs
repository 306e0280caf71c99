// The connection doctor: each way in which a link fails leads to the right words, without a reload loop, and what can
// keep working does.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { connected, connection, expect, loaded, openDevice, panel, row, test } from './page.mjs';
import { HostileBroker } from './hostile.mjs';
import { Backend, freePort, Mosquitto, publish, subscribe } from './processes.mjs';
import { silentServer, webServer, webSocketServer } from './strangers.mjs';

const SAYS = {
  unreachable: 'The broker could not be reached',
  mixedContent: 'This page may open wss:// only',
  name: 'The host name is not known',
  refused: 'Nobody listens on this port',
  noAnswer: 'Nothing comes back from this address',
  tls: 'No secure connection could be made',
  noWebSocket: 'A server answers, but opens no WebSocket',
  subprotocol: 'The server does not take the subprotocol mqtt',
  noConnack: 'The link closed before the broker answered',
  signIn: 'The broker refused the sign-in',
  keysRefused: 'AWS refused the keys',
  expired: 'The keys have ended',
  takenOver: 'Another client uses the same client identifier',
  filterCloses: /^(The broker|AWS) closed the link when Gnomon asked for/,
  publishCloses: /^(The broker|AWS) closed the link when Gnomon published to/,
  silent: 'The broker fell silent',
};

/** What the doctor itself asks, and what Chromium says about it. */
test.use({
  asked: [/^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/$/],
  provoked: [/Failed to load resource: net::/],
});

let backend;
test.beforeAll(async () => {
  // It serves the page; most tests name another broker.
  backend = await Backend.start();
});
test.afterAll(async () => {
  await backend.end();
});

// No trouble with a link is cured by a reload, so the page never does that by itself.
let loads;
test.beforeEach(({ page }) => {
  loads = 0;
  page.on('load', () => (loads += 1));
});
test.afterEach(() => expect(loads).toBe(1));

const open = (page, broker) => page.goto(`${backend.page}?broker=${encodeURIComponent(broker)}`);

async function openDoctor(page) {
  await connection(page).click();
  const details = page.getByRole('group', { name: 'Connection details' });
  await details.getByRole('button', { name: 'Connection doctor' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connections' });
  return dialog.getByRole('region', { name: 'Connection doctor' });
}

const finding = (doctor) => doctor.getByRole('group', { name: 'Finding' });
const headline = (doctor) => finding(doctor).getByRole('heading').first();
const causes = (doctor) => finding(doctor).getByRole('listitem');
const steps = (doctor) => doctor.getByRole('list').first().getByRole('listitem');

/** Runs with what `started` resolves to, and ends that in any case. */
async function during(started, act) {
  const it = await started;
  try {
    await act(it);
  } finally {
    await it.end();
  }
}

test.describe('a socket that never opens', () => {
  test('a port where nobody listens', async ({ page }) => {
    await open(page, `ws://127.0.0.1:${await freePort()}/mqtt`);
    await expect(connection(page)).toHaveText(/^Disconnected/);
    const doctor = await openDoctor(page);
    await expect(headline(doctor)).toHaveText(SAYS.unreachable);
    await expect(causes(doctor)).toContainText([SAYS.refused, SAYS.noWebSocket]);
    await expect(steps(doctor).nth(1)).toContainText('WebSocket');
  });

  test('a name that nobody knows', async ({ page }) => {
    await open(page, 'ws://nothing.invalid/');
    const doctor = await openDoctor(page);
    await expect(headline(doctor)).toHaveText(SAYS.name);
  });

  test('a certificate that is not trusted', async ({ page }) => {
    await open(page, backend.secureBroker);
    const doctor = await openDoctor(page);
    await expect(headline(doctor)).toHaveText(SAYS.unreachable);
    await expect(causes(doctor)).toContainText([SAYS.tls, SAYS.refused]);
    await expect(causes(doctor)).toHaveCount(2);
  });

  test('a web server that knows no WebSocket', async ({ page }) => {
    await during(webServer(), async ({ url }) => {
      await open(page, url);
      const doctor = await openDoctor(page);
      await expect(headline(doctor)).toHaveText(SAYS.noWebSocket);
    });
  });

  for (const [name, choose] of [
    ['no subprotocol', () => undefined],
    ['mqttv3.1 only', (asked) => asked && 'mqttv3.1'],
  ]) {
    test(`a server that takes ${name}`, async ({ page }) => {
      await during(webSocketServer(choose), async ({ url }) => {
        await open(page, url);
        const doctor = await openDoctor(page);
        await expect(headline(doctor)).toHaveText(SAYS.subprotocol);
      });
    });
  }

  test('a server that takes a connection and says nothing', async ({ page }) => {
    await during(silentServer(), async ({ url }) => {
      await open(page, url);
      const doctor = await openDoctor(page);
      await expect(headline(doctor)).toHaveText(SAYS.noAnswer, { timeout: 30_000 });
    });
  });

  test('a question is asked again when a person says so', async ({ page }) => {
    const port = await freePort();
    await open(page, `ws://127.0.0.1:${port}/mqtt`);
    await expect(connection(page)).toHaveText(/^Disconnected/);
    const doctor = await openDoctor(page);
    await expect(causes(doctor)).toHaveCount(2);
    const asked = page.waitForRequest(`http://127.0.0.1:${port}/`);
    await doctor.getByRole('button', { name: 'Examine again' }).click();
    await asked;
  });
});

test.describe('an https page', () => {
  test.use({ ignoreHTTPSErrors: true });

  test('may not open ws:// to another machine', async ({ page }) => {
    await page.goto(`${backend.securePage}?broker=${encodeURIComponent('ws://192.0.2.1/mqtt')}`);
    await expect(connection(page)).toHaveText(/^Failed/);
    const doctor = await openDoctor(page);
    await expect(headline(doctor)).toHaveText(SAYS.mixedContent);
  });
});

test.describe('a broker that does not let the page in', () => {
  test('a wrong password', async ({ page }) => {
    await during(Mosquitto.start({ password: 'right' }), async ({ broker }) => {
      await open(page, broker);
      await expect(connection(page)).toHaveText(/^Failed/);
      const doctor = await openDoctor(page);
      await expect(headline(doctor)).toHaveText(SAYS.signIn);
      await expect(finding(doctor)).toContainText('CONNACK 5');
    });
  });

  test('a WebSocket in which no CONNECT is answered', async ({ page }) => {
    await during(webSocketServer((asked) => asked), async ({ url }) => {
      await open(page, url);
      const doctor = await openDoctor(page);
      await expect(headline(doctor)).toHaveText(SAYS.noConnack, { timeout: 30_000 });
    });
  });

  test('keys that are wrong, and keys that have ended', async ({ page }) => {
    const folder = await mkdtemp(join(tmpdir(), 'gnomon-keys-'));
    const keys = join(folder, 'keys');
    await writeFile(keys, 'AKIDEXAMPLE wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n');
    const signed = await Backend.start(['--sigv4-keys', keys]);
    try {
      await page.goto(signed.page);
      const doctor = await openDoctor(page);
      const dialog = page.getByRole('dialog', { name: 'Connections' });
      await dialog.getByRole('tab', { name: 'AWS keys' }).click();
      await dialog.getByLabel('Endpoint').fill(signed.broker);
      await dialog.getByLabel('Region').fill('us-east-1');
      await dialog.getByLabel('Access key ID').fill('AKIDEXAMPLE');
      await dialog.getByLabel('Secret access key').fill('wrong');
      await dialog.getByRole('button', { name: /^Connect/ }).click();
      await expect(headline(doctor)).toHaveText(SAYS.keysRefused);
      await dialog.getByLabel('Secret access key').fill('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY');
      await dialog.getByLabel('Expiration').fill('2020-01-01T00:00:00Z');
      await dialog.getByRole('button', { name: /^Connect/ }).click();
      await expect(headline(doctor)).toHaveText(SAYS.expired);
      await expect(page.locator('body')).not.toContainText('wJalrXUtnFEMI');
    } finally {
      await signed.end();
      await rm(folder, { recursive: true });
    }
  });
});

/** The stand-in under a policy that denies `actions` on `resource` and allows all else, as AWS would keep to it. */
async function governed(denied, flags = []) {
  const folder = await mkdtemp(join(tmpdir(), 'gnomon-policy-'));
  const file = join(folder, 'policy.json');
  const deny = denied.map(([action, resource]) => ({
    Effect: 'Deny',
    Action: action,
    Resource: `arn:aws:iot:*:*:${resource}`,
  }));
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  await writeFile(file, JSON.stringify({ Version: '2012-10-17', Statement: [allow, ...deny] }));
  const governed = await Backend.start(['--policy', file, ...flags]);
  const end = governed.end.bind(governed);
  governed.end = async () => {
    await end();
    await rm(folder, { recursive: true });
  };
  return governed;
}

test.describe('a policy that does not allow it', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('one filter: it is set aside, named, and everything else keeps running', async ({ page }) => {
    const filter = '$aws/things/+/shadow/name/+/update/documents';
    const resource = `topicfilter/${filter.replaceAll('+', '*')}`;
    await during(governed([['iot:Subscribe', resource]], ['--fleet', '3']), async (aws) => {
      await page.goto(aws.page);
      const doctor = await openDoctor(page);
      await expect(headline(doctor)).toHaveText(SAYS.filterCloses, { timeout: 40_000 });
      await expect(finding(doctor)).toContainText(filter);
      await expect(steps(doctor).filter({ hasText: '13 of 14 filters' })).toBeVisible();
      await doctor.getByRole('button', { name: 'Copy policy' }).click();
      const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
      expect(copied.Effect).toBe('Allow');
      expect(copied.Resource[0]).toContain(resource);
      await doctor.getByRole('button', { name: 'Show whole policy' }).click();
      await expect(doctor).toContainText('2012-10-17');

      await doctor.getByRole('button', { name: 'Leave it out' }).click();
      await expect(finding(doctor)).toHaveCount(0);
      await page.keyboard.press('Escape');
      await connected(page);
      await publish(aws.mqttPort, 'fleet/truck-7/location', { lat: 35.0, lng: 135.76 });
      await expect(row(page, 'truck-7')).toBeVisible();
    });
  });

  test('several filters: all of them, and the rest runs', async ({ page }) => {
    const denied = ['topic_1', 'owntracks/*', '$aws/things/*/shadow/get/rejected'];
    const statements = denied.map((name) => ['iot:Subscribe', `topicfilter/${name}`]);
    await during(governed(statements), async (aws) => {
      await page.goto(aws.page);
      const doctor = await openDoctor(page);
      await expect(steps(doctor).filter({ hasText: '10 of 13 filters' })).toBeVisible({ timeout: 50_000 });
      await expect(headline(doctor)).toHaveText(SAYS.filterCloses);
      for (const filter of ['topic_1', 'owntracks/+/+', '$aws/things/+/shadow/get/rejected']) {
        await expect(finding(doctor)).toContainText(filter);
      }
      await page.keyboard.press('Escape');
      await publish(aws.mqttPort, 'fleet/truck-7/location', { lat: 35.0, lng: 135.76 });
      await expect(row(page, 'truck-7')).toBeVisible();
    });
  });

  test('a change: no change is sent there again by itself, and the devices keep moving', async ({ page }) => {
    const resource = 'topic/$aws/things/*/shadow/update';
    await during(governed([['iot:Publish', resource]], ['--fleet', '3']), async (aws) => {
      await page.goto(aws.page);
      await connected(page);
      await openDevice(page, 'sim-0001');
      await panel(page, 'sim-0001').getByRole('switch', { name: 'power' }).click();
      await expect(connection(page)).toHaveText(/^(Connecting|Disconnected)/);
      await connected(page);
      const doctor = await openDoctor(page);
      await expect(headline(doctor)).toHaveText(SAYS.publishCloses, { timeout: 40_000 });
      await expect(finding(doctor)).toContainText('$aws/things/sim-0001/shadow/update');
      await expect(connection(page)).toHaveText(/^Connected/);
    });
  });

  test('the client identifier', async ({ page }) => {
    await during(governed([['iot:Connect', 'client/*']]), async (aws) => {
      await page.goto(aws.page);
      const doctor = await openDoctor(page);
      await expect(headline(doctor)).toHaveText(SAYS.noConnack);
      await expect(doctor).toContainText('iot:Connect');
    });
  });
});

test.describe('a link that stood', () => {
  test('a second client with the same identifier is not fought', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    const doctor = await openDoctor(page);
    const step = steps(doctor).filter({ hasText: 'CONNECT' });
    const [clientId] = (await step.textContent()).match(/gnomon-[0-9a-f]{6}/);
    const other = await subscribe(backend.mqttPort, 'a/b', ['-i', clientId]);
    try {
      await expect(headline(doctor)).toHaveText(SAYS.takenOver, { timeout: 40_000 });
      await expect(finding(doctor)).toContainText(clientId);
      await expect(connection(page)).toHaveText(/^Connected/);
      await expect(step).toContainText(new RegExp(`${clientId}-[0-9a-f]{4}`));
    } finally {
      other.stop();
    }
  });

  test('a broker that falls silent', async ({ page }) => {
    test.setTimeout(120_000);
    await during(HostileBroker.start([]), async ({ url }) => {
      await open(page, url);
      await loaded(page);
      const doctor = await openDoctor(page);
      const dialog = page.getByRole('dialog', { name: 'Connections' });
      await dialog.getByLabel('Keep-alive').fill('30');
      await dialog.getByRole('button', { name: /^Connect/ }).click();
      await expect(headline(doctor)).toHaveText(SAYS.silent, { timeout: 60_000 });
    });
  });
});
