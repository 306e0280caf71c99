// The main job against our own backend: devices move, a switch works, a broker comes back, a reload forgets nothing.
import { connected, connection, devices, expect, loaded, map, mapChanges, mapPixels, openDevice, panel, row, test } from './page.mjs';
import { Backend, publish, subscribe } from './processes.mjs';

test.describe('with 25 simulated devices', () => {
  let backend, site;
  test.beforeEach(async () => {
    site = await Backend.start();
    backend = await Backend.start(['--fleet', '25', '--seed', '7', '--allow-origin', new URL(site.page).origin]);
  });
  test.afterEach(async () => {
    await backend.end();
    await site.end();
  });

  /** The page from another server than the broker, which may then go without taking the map's files along. */
  const openFromElsewhere = async (page) => {
    await page.goto(`${site.page}?broker=${encodeURIComponent(backend.broker)}`);
    await connected(page);
  };

  test('the fleet is listed and moves on the map', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    await expect(row(page, 'sim-0001')).toBeVisible();
    await expect(devices(page).getByRole('option').first()).toHaveAttribute('aria-setsize', '25');
    await mapChanges(page, await mapPixels(page));
  });

  test('a switch is busy until the device reports, and shows only what it reported', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    await openDevice(page, 'sim-0003');
    const power = panel(page, 'sim-0003').getByRole('switch', { name: 'power' });
    const before = await power.getAttribute('aria-checked');
    const after = before === 'true' ? 'false' : 'true';
    await expect(power).toHaveAttribute('aria-busy', 'false');

    const updates = await subscribe(backend.mqttPort, '$aws/things/sim-0003/shadow/update/accepted');
    await power.click();
    await expect(power).toHaveAttribute('aria-busy', 'true');
    await expect(power).toHaveAttribute('aria-checked', before);
    await expect(power).toHaveAttribute('aria-checked', after, { timeout: 5_000 });
    await expect(power).toHaveAttribute('aria-busy', 'false');

    const wished = after === 'true' ? 'on' : 'off';
    const seen = () => {
      const states = updates.payloads.map(({ state }) => state);
      return states.filter((state) => state.desired?.power ?? state.reported?.power);
    };
    await expect.poll(seen).toHaveLength(2);
    updates.stop();
    expect(seen()[0].desired).toEqual({ power: wished });
    expect(seen()[1].reported.power).toBe(wished);
  });

  test('the page recovers by itself when the broker is killed and comes back', async ({ page }) => {
    await openFromElsewhere(page);
    await expect(row(page, 'sim-0001')).toBeVisible();
    await backend.stop('SIGKILL');
    await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
    await expect(page.getByText('You see the past.')).toBeVisible();
    await expect(row(page, 'sim-0001')).toBeVisible();
    await backend.start();
    await expect(connection(page)).toHaveText(/^Connected/, { timeout: 40_000 });
    await expect(page.getByText('You see the past.')).toBeHidden();
    await mapChanges(page, await mapPixels(page));
  });

  test('a wish made while the broker is away goes out when it is back', async ({ page }) => {
    await openFromElsewhere(page);
    await openDevice(page, 'sim-0004');
    const power = panel(page, 'sim-0004').getByRole('switch', { name: 'power' });
    const before = await power.getAttribute('aria-checked');
    await backend.stop('SIGKILL');
    await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
    await power.click();
    await expect(power).toHaveAttribute('aria-busy', 'true');
    await expect(power).toHaveAttribute('aria-checked', before);
    await backend.start();
    await expect(connection(page)).toHaveText(/^Connected/, { timeout: 40_000 });
    await expect(power).toHaveAttribute('aria-busy', 'false');
  });

  test('a reload restores broker, camera and selection', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    await openDevice(page, 'sim-0002');
    await map(page).focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await expect.poll(() => new URL(page.url()).hash).toMatch(/^#map=/);
    await expect(page).toHaveURL(/device=sim-0002/);
    const zoom = () => Number(new URL(page.url()).hash.slice('#map='.length).split('/')[0]);
    await expect.poll(zoom).toBeGreaterThan(9);
    const url = page.url();
    await page.reload();
    await connected(page);
    await expect(panel(page, 'sim-0002')).toBeVisible();
    expect(page.url()).toBe(url);

    // The profile too: an address without any word in it leads to the same broker and the same place.
    await page.goto(backend.page);
    await connected(page);
    await expect.poll(() => new URL(page.url()).hash).toBe(new URL(url).hash);
  });

  test('everything can be done with the keyboard alone', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    await expect(row(page, 'sim-0001')).toBeVisible();
    await page.keyboard.press('/');
    await page.keyboard.type('sim-0005');
    await expect(row(page, 'sim-0001')).toHaveCount(0);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(panel(page, 'sim-0005')).toBeVisible();
    const power = panel(page, 'sim-0005').getByRole('switch', { name: 'power' });
    const before = await power.getAttribute('aria-checked');
    await power.focus();
    await page.keyboard.press('Space');
    await expect(power).not.toHaveAttribute('aria-checked', before, { timeout: 5_000 });
    await page.keyboard.press('Escape');
    await expect(panel(page, 'sim-0005')).toBeHidden();
  });
});

test.describe('with the commands of the article', () => {
  let backend;
  test.beforeEach(async () => {
    backend = await Backend.start();
  });
  test.afterEach(async () => {
    await backend.end();
  });

  test('an empty broker says how to send the first device', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    await expect(page.getByRole('heading', { name: 'No devices yet' })).toBeVisible();
    await expect(page.getByText('mosquitto_pub -h 127.0.0.1')).toBeVisible();
  });

  test('a position and a text on topic_1 become a device and its last message', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    const location = { longitude: 135.7848895, latitude: 35.0115832 };
    await publish(backend.mqttPort, 'topic_1', { state: { reported: { location } } });
    await expect(row(page, 'topic_1')).toBeVisible({ timeout: 1_500 });
    await publish(backend.mqttPort, 'topic_1', 'Hello mqtt');
    await row(page, 'topic_1').click();
    await expect(panel(page, 'topic_1')).toContainText('35.01158, 135.78489');
    await expect(panel(page, 'topic_1')).toContainText('Hello mqtt');
  });

  test('nothing that is received becomes part of the page', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    const script = '<img src=x onerror="document.title=\'taken\'"><b>bold</b>';
    await publish(backend.mqttPort, 'topic_1', script);
    const update = { state: { reported: { note: script, power: 'off' } } };
    await publish(backend.mqttPort, '$aws/things/topic_1/shadow/update', update);
    await row(page, 'topic_1').click();
    await expect(panel(page, 'topic_1').getByText(script).first()).toBeVisible();
    await expect(panel(page, 'topic_1').locator('img[src="x"]')).toHaveCount(0);
    await expect(panel(page, 'topic_1').getByText('bold', { exact: true })).toHaveCount(0);
    await expect(page).not.toHaveTitle('taken');
  });

  test('positions that cannot be are counted and nothing else happens', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    const bad = [
      '{"state":{"reported":{"location":{"latitude":91,"longitude":135}}}}',
      '{"state":{"reported":{"location":{"latitude":35.01',
      '{"lat":0,"lng":0}',
    ];
    for (const payload of bad) await publish(backend.mqttPort, 'topic_1', payload);
    await expect(page.getByText('3 messages could not be read')).toBeVisible();
    await publish(backend.mqttPort, 'topic_1', { lat: 35.01, lng: 135.78 });
    await expect(row(page, 'topic_1')).toBeVisible();
    await loaded(page);
  });

  test('an update that the service refuses is told in its words', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    // 8,190 bytes: the wish makes them more than 8 KB.
    const note = 'x'.repeat(8_164);
    await publish(backend.mqttPort, '$aws/things/lamp/shadow/update', {
      state: { reported: { power: 'off', note } },
    });
    await row(page, 'lamp').click();
    const power = panel(page, 'lamp').getByRole('switch', { name: 'power' });
    await power.click();
    await expect(panel(page, 'lamp')).toContainText('The payload exceeds the maximum size allowed');
    await expect(power).toHaveAttribute('aria-checked', 'false');
    await expect(power).toHaveAttribute('aria-busy', 'false');
  });
});
