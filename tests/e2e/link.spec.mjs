// The same link against our broker, Debian's mosquitto and npm's aedes, which cuts each packet into several frames.
import { Aedes } from './aedes.mjs';
import { connected, devices, expect, loaded, openDevice, panel, row, test } from './page.mjs';
import { Attached, Backend, Mosquitto, publish, publishAll, subscribe } from './processes.mjs';

let site;
test.beforeAll(async () => {
  site = await Backend.start();
});
test.afterAll(async () => {
  await site.end();
});

const brokers = {
  gnomon: {
    start: () => Backend.start(['--allow-origin', new URL(site.page).origin]),
    // It has its own shadows.
    shadows: async () => ({ end: async () => {} }),
  },
  mosquitto: { start: () => Mosquitto.start(), shadows: (broker) => Attached.to(broker.mqttPort) },
  aedes: { start: () => Aedes.start(), shadows: (broker) => Attached.to(broker.mqttPort) },
};

const reported = (power) => ({ state: { reported: { power } } });
const UPDATE = '$aws/things/lamp/shadow/update';

for (const [name, { start, shadows }] of Object.entries(brokers)) {
  test.describe(name, () => {
    let broker;
    test.beforeEach(async ({ page }) => {
      broker = await start();
      await page.goto(`${site.page}?broker=${encodeURIComponent(broker.broker)}`);
      await connected(page);
    });
    test.afterEach(async () => {
      await broker.end();
    });

    test('every filter is granted, and all that is published arrives', async ({ page }) => {
      await page.getByRole('button', { name: 'Connection details' }).press('Enter');
      await expect(page.locator('#link-details li.granted')).toHaveCount(13);
      await page.keyboard.press('Escape');

      await publish(broker.mqttPort, 'fleet/étage 1/location', { lat: 35, lng: 135.76 });
      await expect(row(page, 'étage 1')).toBeVisible();
      await publish(broker.mqttPort, 'fleet/駅前/location', { lat: 35, lng: 135.77 });
      await expect(devices(page)).toContainText('駅前');
      await publish(broker.mqttPort, 'fleet/駅前/location', '');

      const positions = Array.from({ length: 1000 }, (_, n) => ({ lat: 35 + n / 100_000, lng: 135.7 }));
      await publishAll(broker.mqttPort, 'fleet/truck/location', positions);
      await openDevice(page, 'truck');
      await expect(panel(page, 'truck')).toContainText('35.00999');

      await publish(broker.mqttPort, 'topic_1', 'x'.repeat(20_000));
      await openDevice(page, 'topic_1');
      await expect(panel(page, 'topic_1')).toContainText('xxxxxxxx');
    });

    test('a wish goes out once, is accepted, and is reported when the device says so', async ({ page }) => {
      const service = await shadows(broker);
      try {
        await publish(broker.mqttPort, UPDATE, reported('off'));
        await openDevice(page, 'lamp');
        const power = panel(page, 'lamp').getByRole('switch', { name: 'power' });
        await expect(power).toHaveAttribute('aria-checked', 'false');
        const seen = await subscribe(broker.mqttPort, UPDATE);
        await power.click();
        await expect(panel(page, 'lamp')).toContainText('Accepted');
        await expect(power).toHaveAttribute('aria-checked', 'false');
        await publish(broker.mqttPort, UPDATE, reported('on'));
        await expect(power).toHaveAttribute('aria-checked', 'true');
        seen.stop();
        expect(seen.payloads.filter(({ state }) => state.desired)).toHaveLength(1);
      } finally {
        await service.end();
      }
    });

    test('the page comes back by itself when the broker does', async ({ page }) => {
      await loaded(page);
      await broker.restart();
      // Only over a new connection: the old one ended with the broker. Its subscriptions stand a moment after it.
      await expect(async () => {
        await publish(broker.mqttPort, 'fleet/back/location', { lat: 35, lng: 135.76 });
        await expect(row(page, 'back')).toBeVisible({ timeout: 500 });
      }).toPass();
    });
  });
}
