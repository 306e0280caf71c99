// Fifty thousand messages a second: the page goes on doing what it is asked, and loses count of nothing.
import { setTimeout as pause } from 'node:timers/promises';
import { HostileBroker, publish } from './hostile.mjs';
import { connected, devices, expect, row, test } from './page.mjs';
import { Backend } from './processes.mjs';

const RATE = 50_000;
const LEAST = 250_000;
const DEVICES = 200;
const PACKETS = 64;

const name = (device) => `dev-${String(device).padStart(3, '0')}`;

/** The list shows a speed in km/h, so a device that says its number as a speed says which message was its last. */
const message = (serial) =>
  publish(`fleet/${name(serial % DEVICES)}/location`, JSON.stringify({ lat: 35.01, lng: 135.78, speed: serial / 3.6 }));

/** Sends at the rate until `isEnough`, and then until every device has said as much as the others. */
async function pour(broker, isEnough) {
  const began = performance.now();
  let sent = 0;
  while (!isEnough() || sent % (DEVICES * PACKETS) > 0) {
    const due = ((performance.now() - began) / 1000) * RATE;
    while (sent < due) {
      broker.send(Array.from({ length: PACKETS }, (_, index) => message(sent + index)));
      sent += PACKETS;
      if (sent % (DEVICES * PACKETS) === 0) break;
    }
    await pause(5);
  }
  return sent;
}

let backend, broker;
test.beforeEach(async () => {
  backend = await Backend.start();
  broker = await HostileBroker.start([]);
});
test.afterEach(async () => {
  await broker.end();
  await backend.end();
});

test('the page answers in the midst of a firehose, and shows the newest of every device', async ({ page }) => {
  await page.goto(`${backend.page}?broker=${encodeURIComponent(broker.url)}`);
  await connected(page);
  await page.getByRole('button', { name: 'Connection details' }).press('Enter');
  const search = page.getByRole('searchbox', { name: 'Search devices' });
  const options = devices(page).getByRole('option');

  let isEnough = false;
  const poured = pour(broker, () => isEnough);
  await expect(options.first()).toHaveAttribute('aria-setsize', String(DEVICES));
  await search.fill(name(7));
  await expect(options).toHaveCount(1);
  await row(page, name(7)).click();
  await expect(page.getByRole('region', { name: `Device ${name(7)}` })).toBeVisible();
  const link = page.locator('#link-details');
  const received = async () => Number(await link.getAttribute('data-received'));
  await expect.poll(received).toBeGreaterThan(LEAST);
  isEnough = true;
  const sent = await poured;

  await expect(link).toHaveAttribute('data-received', String(sent));
  for (let first = 0; first < DEVICES; first += 10) {
    await search.fill(name(first).slice(0, -1));
    await expect(options).toHaveCount(10);
    const last = Array.from({ length: 10 }, (_, index) => {
      const device = first + index;
      return `${name(device)}${sent - DEVICES + device} km/h`;
    });
    await expect(options).toContainText(last);
  }
});
