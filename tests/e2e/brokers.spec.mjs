// Brokers that we did not write, brokers that refuse, and servers that are no brokers.
import { connected, connection, expect, mapChanges, mapPixels, row, test } from './page.mjs';
import { HostileBroker, publish as packet } from './hostile.mjs';
import { Backend, freePort, Mosquitto, publish } from './processes.mjs';

let backend;
test.beforeAll(async () => {
  // It serves the page; each test names its own broker.
  backend = await Backend.start();
});
test.afterAll(async () => {
  await backend.end();
});

const open = (page, broker) => page.goto(`${backend.page}?broker=${encodeURIComponent(broker)}`);

test('mosquitto: a device appears and moves', async ({ page }) => {
  const mosquitto = await Mosquitto.start();
  try {
    await open(page, mosquitto.broker);
    await connected(page);
    await publish(mosquitto.mqttPort, 'fleet/truck-7/location', { lat: 35.0, lng: 135.76 });
    await expect(row(page, 'truck-7')).toBeVisible();
    const before = await mapPixels(page);
    await publish(mosquitto.mqttPort, 'fleet/truck-7/location', { lat: 35.02, lng: 135.77 });
    await mapChanges(page, before);
  } finally {
    await mosquitto.end();
  }
});

test('a refused sign-in says so, keeps the address and takes another password', async ({ page }) => {
  const mosquitto = await Mosquitto.start({ password: 'right' });
  try {
    await open(page, mosquitto.broker);
    await expect(connection(page)).toHaveText(/^Failed/);
    await expect(page.getByText('The broker refused the sign-in')).toBeVisible();
    await page.getByLabel('User name').fill('plant-ops');
    await page.getByLabel('Password').fill('right');
    await page.getByRole('button', { name: 'Connect again' }).click();
    await connected(page);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href);
    expect(kept).toContain('plant-ops');
    expect(kept).not.toContain('right');
  } finally {
    await mosquitto.end();
  }
});

test('a port where nobody listens is named and tried again', async ({ page }) => {
  const port = await freePort();
  await open(page, `ws://127.0.0.1:${port}/mqtt`);
  await expect(connection(page)).toHaveText(/^Disconnected/);
  // The pill says what is wrong, its details where.
  await connection(page).click();
  const details = page.getByRole('group', { name: 'Connection details' });
  await expect(details).toContainText(`127.0.0.1:${port}`);
  await expect(page.getByRole('banner').getByText(/next try in/)).toBeVisible();
});

test('an address of another kind is refused before anything is sent', async ({ page }) => {
  await open(page, 'mqtt://127.0.0.1:1883');
  await expect(connection(page)).toHaveText(/^Failed/);
  await expect(page.getByText(/begins with ws:\/\/ or wss:\/\//)).toBeVisible();
});

const hostile = {
  'a malformed packet': [Buffer.from([0x82, 6, 0, 1, 0, 1, 0x61, 5])],
  'a claim of 256 megabytes': [Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])],
  'a NUL in a topic': [packet('a\0b', 'x')],
};
for (const [name, packets] of Object.entries(hostile)) {
  test(`${name} ends the link with a reason, and the page lives on`, async ({ page }) => {
    const broker = await HostileBroker.start(packets);
    try {
      await open(page, broker.url);
      await expect(connection(page)).toHaveText(/^Disconnected.*no MQTT/);
      // It tries again, with growing patience.
      await expect.poll(() => broker.connections).toBeGreaterThan(1);
      await open(page, backend.broker);
      await connected(page);
    } finally {
      await broker.end();
    }
  });
}

test('a payload of 10 MB goes by, counted as dropped, and what follows arrives', async ({ page }) => {
  const position = '{"lat":35.01,"lng":135.78}';
  const packets = [packet('topic_1', 'x'.repeat(10_000_000)), packet('topic_1', position)];
  const broker = await HostileBroker.start(packets);
  try {
    await open(page, broker.url);
    await expect(row(page, 'topic_1')).toBeVisible();
    await expect(page.getByRole('banner')).toContainText(/1\s*dropped/);
  } finally {
    await broker.end();
  }
});
