// This browser as a device: its position and its texts, as another page and the article's subscriber see them.
import { axe } from './axe.mjs';
import { connected, connection, expect, loaded, panel, row, test } from './page.mjs';
import { Backend, publish, subscribe } from './processes.mjs';

const KYOTO = { latitude: 35.0115832, longitude: 135.7848895, accuracy: 12 };
const OSAKA = { latitude: 34.702485, longitude: 135.495951, accuracy: 30 };
const message = ({ longitude, latitude }) =>
  `{"state":{"reported":{"location":{"longitude":${longitude},"latitude":${latitude}}}}}`;

test.use({ geolocation: KYOTO, permissions: ['geolocation'] });

let site, backend;
test.beforeEach(async () => {
  site = await Backend.start();
  backend = await Backend.start(['--allow-origin', new URL(site.page).origin]);
});
test.afterEach(async () => {
  await backend.end();
  await site.end();
});

const own = (page) => page.getByRole('region', { name: 'This device' });
const tool = (page) => page.getByRole('button', { name: 'This device', exact: true });
const mark = (page, doing) => page.getByRole('button', { name: `This device: ${doing}` });
const button = (page, name) => own(page).getByRole('button', { name });
const figure = (page, name) => own(page).locator('.own-figure', { hasText: name }).locator('dd');

/** The page from another server than the broker, which may then go without taking the files along. */
async function open(page) {
  await page.goto(`${site.page}?broker=${encodeURIComponent(backend.broker)}`);
  await connected(page);
  await loaded(page);
}

async function choose(page, { where = 'topic_1', topic, every = '1' } = {}) {
  if (!(await own(page).isVisible())) await tool(page).click();
  await own(page).getByLabel('Name of the thing').fill('phone');
  await own(page).getByRole('radio', { name: where }).check();
  if (topic !== undefined) await own(page).getByLabel('Topic', { exact: true }).fill(topic);
  await own(page).getByLabel('How often').selectOption(every);
  await button(page, 'Start').click();
}

async function start(page, choice) {
  await choose(page, choice);
  await expect(button(page, 'Pause')).toBeVisible();
}

/** How many degrees north of `place` the middle of the map is, as the address says it; NaN before it says so. */
const northOf = (page, place) => Number(/^#map=[^/]*\/([^/]*)/.exec(new URL(page.url()).hash)?.[1]) - place.latitude;

/** Another person's page, which has no position of its own. */
async function secondPage(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  const page = await context.newPage();
  // So near that what panels push the middle aside is little beside the way from Kyoto to Osaka.
  await page.goto(`${backend.page}#map=12/${KYOTO.latitude}/${KYOTO.longitude}`);
  await connected(page);
  return page;
}

test('its position moves on a second page, and the article hears its very JSON', async ({ page, context, browser }) => {
  test.setTimeout(120_000);
  const other = await secondPage(browser);
  const article = await subscribe(backend.mqttPort, 'topic_1');
  await open(page);
  await expect(mark(page, /./)).toHaveCount(0);
  await start(page);
  await expect(figure(page, 'Latitude')).toHaveText('35.0115832');
  await expect(figure(page, 'Longitude')).toHaveText('135.7848895');
  await expect(own(page)).toContainText(/±12 m · [\d.]+ s ago/);
  await expect(own(page)).toContainText(/Sent \d+, last [\d.]+ s ago/);
  await expect(own(page)).toContainText('0 waiting');
  await expect(mark(page, 'sending')).toBeVisible();
  await expect.poll(() => article.lines).toContain(message(KYOTO));
  await row(other, 'topic_1').click();
  await expect(panel(other, 'topic_1')).toContainText('35.01158, 135.78489');
  // A map that follows the mark has it near its middle.
  await panel(other, 'topic_1').getByRole('button', { name: 'Follow' }).click();
  await expect.poll(() => Math.abs(northOf(other, KYOTO))).toBeLessThan(0.12);
  await context.setGeolocation(OSAKA);
  await expect(panel(other, 'topic_1')).toContainText('34.70249, 135.49595');
  await expect.poll(() => Math.abs(northOf(other, OSAKA))).toBeLessThan(0.12);
  await expect.poll(() => article.lines).toContain(message(OSAKA));
  // The button of the article.
  await own(page).getByLabel('Text to topic_1').fill('iOSからのpublish!!!');
  await button(page, 'Publish').click();
  await expect(own(page)).toContainText('The broker has it.');
  await expect.poll(() => article.lines).toContain('iOSからのpublish!!!');
  // The page shows its own device as the broker told of it.
  await button(page, 'Show topic_1').click();
  await expect(panel(page, 'topic_1')).toContainText('34.70249, 135.49595');
  await expect(own(page)).toBeHidden();
  await mark(page, 'sending').click();
  await button(page, 'Stop').click();
  await expect(mark(page, /./)).toHaveCount(0);
  await expect(button(page, 'Start')).toBeVisible();
  // What was under way when it stopped may still come; the place it went to afterwards may not.
  const isKyoto = (line) => line === message(KYOTO);
  const before = article.lines.filter(isKyoto).length;
  await context.setGeolocation(KYOTO);
  // Two of its turns go by: a page that had not stopped would have sent by then, ahead of what is published now.
  await page.waitForTimeout(2500);
  await publish(backend.mqttPort, 'topic_1', 'after two turns');
  await expect.poll(() => article.lines).toContain('after two turns');
  expect(article.lines.filter(isKyoto).length).toBe(before);
  article.stop();
  await other.context().close();
});

test('its shadow holds the newest position, and what is no topic is told so', async ({ page, context, browser }) => {
  test.setTimeout(120_000);
  const other = await secondPage(browser);
  await open(page);
  await start(page, { where: 'Its shadow' });
  await expect(own(page)).toContainText('$aws/things/phone/shadow/update');
  const location = async () => {
    const response = await fetch(`${backend.page}things/phone/shadow`);
    return response.ok ? (await response.json()).state.reported.location : undefined;
  };
  await expect.poll(location).toEqual({ longitude: KYOTO.longitude, latitude: KYOTO.latitude });
  await context.setGeolocation(OSAKA);
  await expect.poll(location).toEqual({ longitude: OSAKA.longitude, latitude: OSAKA.latitude });
  await row(other, 'phone').click();
  await expect(panel(other, 'phone')).toContainText('34.70249, 135.49595');
  await button(page, 'Stop').click();
  await choose(page, { where: 'Another topic', topic: 'elsewhere/+' });
  await expect(own(page)).toContainText('holds no + and no #');
  await expect(own(page).getByLabel('Topic', { exact: true })).toHaveAttribute('aria-invalid', 'true');
});

test('a refusal says what to do, and sending goes on without a reload once it is allowed', async ({ page, context }) => {
  await context.clearPermissions();
  await open(page);
  await start(page);
  await expect(own(page)).toContainText('Allow Location for this site');
  await expect(own(page)).toContainText('Nothing sent yet');
  await expect(figure(page, 'Latitude')).toHaveText('unknown');
  await expect(mark(page, 'no position')).toBeVisible();
  await axe(page, '.own');
  await context.grantPermissions(['geolocation']);
  await expect(figure(page, 'Latitude')).toHaveText('35.0115832');
  await expect(own(page)).toContainText(/Sent \d+/);
  await expect(mark(page, 'sending')).toBeVisible();
});

test('what the broker cannot hear waits, and arrives in order when it is back', async ({ page, context }) => {
  // A lasting session: the broker keeps for it what comes before it is back itself.
  const lasting = ['-c', '-i', 'article'];
  const article = await subscribe(backend.mqttPort, 'topic_1', lasting);
  await open(page);
  await start(page);
  await expect(own(page)).toContainText(/Sent [1-9]/);
  article.stop();
  await backend.stop('SIGKILL');
  await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
  await expect(own(page)).toContainText('Not connected. What waits goes out in order when connected.');
  const way = [1, 2, 3, 4].map((step) => ({ ...KYOTO, latitude: 36 + step / 100 }));
  for (const [index, position] of way.entries()) {
    await context.setGeolocation(position);
    await expect(figure(page, 'Latitude')).toHaveText(position.latitude.toFixed(7));
    await expect
      .poll(async () => Number(/(\d+) waiting/.exec(await own(page).textContent())[1]))
      .toBeGreaterThan(index);
  }
  await expect(mark(page, 'not connected')).toBeVisible();
  await expect(button(page, /^Stop, discard \d/)).toBeVisible();
  // Whoever is back first, this listener or the page, it hears everything.
  await backend.start();
  const later = await subscribe(backend.mqttPort, 'topic_1', lasting);
  await expect(connection(page)).toHaveText(/^Connected/, { timeout: 40_000 });
  await expect(own(page)).toContainText('0 waiting');
  await expect.poll(() => later.lines).toContain(message(way[3]));
  const places = later.lines.map((line) => way.findIndex((position) => message(position) === line));
  const first = places.filter((place, index) => place >= 0 && places.indexOf(place) === index);
  expect(first).toEqual([0, 1, 2, 3]);
  later.stop();
});

test('pause sends nothing, and a reload starts nothing by itself', async ({ page, context }) => {
  test.setTimeout(120_000);
  await open(page);
  await start(page, { where: 'Another topic', topic: 'fleet/{thing}/location' });
  await expect(row(page, 'phone')).toBeVisible();
  await button(page, 'Pause').click();
  await expect(own(page)).toContainText('Paused. No position is sent.');
  await expect(mark(page, 'paused')).toBeVisible();
  const article = await subscribe(backend.mqttPort, 'fleet/phone/location');
  await context.setGeolocation(OSAKA);
  // What a paused page is told to publish comes alone.
  await button(page, 'Publish').click();
  await expect.poll(() => article.lines).toEqual(['Published from this browser']);
  await button(page, 'Resume').click();
  await expect.poll(() => article.lines).toContain(message(OSAKA));
  article.stop();

  await page.reload();
  await connected(page);
  await expect(mark(page, /./)).toHaveCount(0);
  await tool(page).click();
  await expect(button(page, 'Start')).toBeVisible();
  await expect(own(page)).toContainText('After a reload it does not start by itself.');
  await expect(own(page).getByLabel('Name of the thing')).toHaveValue('phone');
  await expect(own(page).getByLabel('Topic', { exact: true })).toHaveValue('fleet/{thing}/location');
  await expect(own(page).getByLabel('How often')).toHaveValue('1');
  const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('gnomon.own.')).sort());
  expect(kept).toEqual(['every', 'thing', 'topic', 'where'].map((key) => `gnomon.own.${key}`));
});

test('the screen is kept on where the browser allows it, and asked for again when the page is back', async ({ page }) => {
  await page.addInitScript(() => {
    window.locks = [];
    const request = async () => {
      if (window.refuse) throw new DOMException('no', 'NotAllowedError');
      const lock = { held: true, release: async () => (lock.held = false) };
      window.locks.push(lock);
      return lock;
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request }, configurable: true });
  });
  await open(page);
  await start(page);
  const keep = own(page).getByRole('checkbox', { name: 'Keep the screen on' });
  const held = () => page.evaluate(() => window.locks.filter((lock) => lock.held).length);
  await keep.check();
  await expect(own(page)).toContainText('The screen stays on.');
  expect(await held()).toBe(1);
  // The browser may take it back by itself.
  await page.evaluate(() => window.locks[0].onrelease());
  await expect(own(page)).toContainText('The browser let the screen go');
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect.poll(() => page.evaluate(() => window.locks.length)).toBe(2);
  await expect.poll(held).toBe(1);
  await expect(own(page)).toContainText('The screen stays on.');
  await page.evaluate(() => {
    window.refuse = true;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect(own(page)).toContainText('The browser refused');
  await button(page, 'Stop').click();
  await expect.poll(held).toBe(0);
});

test('by keyboard alone, from the page of things, with the focus going back', async ({ page }) => {
  await open(page);
  await page.keyboard.press('5');
  await page.locator('.things').getByRole('button', { name: 'This device' }).press('Enter');
  await expect(button(page, 'Close')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(own(page).getByLabel('Name of the thing')).toBeFocused();
  await axe(page, '.own');
  await page.keyboard.press('Enter');
  await expect(button(page, 'Pause')).toBeFocused();
  await expect(own(page)).toContainText(/Sent \d+/);
  await axe(page, '.own');
  await page.keyboard.press('Enter');
  await expect(own(page)).toContainText('Paused.');
  await page.keyboard.press('Escape');
  await expect(own(page)).toBeHidden();
  await expect(mark(page, 'paused')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(own(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(mark(page, 'paused')).toBeFocused();
});

for (const [name, options] of [
  ['wide and light', { viewport: { width: 1440, height: 900 }, colorScheme: 'light' }],
  ['narrow and dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, isMobile: true, locale: 'ja-JP' }],
]) {
  test.describe(name, () => {
    test.use(options);

    test('everything is in its place, large enough and legible', async ({ page }, info) => {
      await page.goto(`${site.page}?broker=${encodeURIComponent(backend.broker)}`);
      await expect(page.locator('.pill-status')).toHaveText(/^(Connected|接続済み)/);
      await loaded(page);
      if (options.isMobile) await page.locator('.bar-more').tap();
      await page.locator('.own-tool').click();
      await axe(page, '.own');
      await page.screenshot({ path: info.outputPath('own-form.png') });
      await page.locator('.own-start').click();
      await expect(page.locator('.own-age')).toHaveText(/±12 m/);
      await expect(page.locator('.own-counts')).toContainText(/[1-9]/);
      await axe(page, '.own');
      await axe(page, '.bar');
      await page.screenshot({ path: info.outputPath('own-running.png') });
      const inside = await page.locator('.own-body').evaluate((body) => body.scrollWidth <= body.clientWidth);
      expect(inside).toBe(true);
      if (!options.isMobile) return;
      for (const target of await page.locator('.own :is(button, label.own-check), .own-mark').all()) {
        const box = await target.boundingBox();
        expect(Math.min(box.width, box.height), await target.textContent()).toBeGreaterThanOrEqual(44);
      }
    });
  });
}
