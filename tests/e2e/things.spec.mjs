// Things that say nothing: remembered over a reload, entered by name, read from the registry, forgotten.
import { axe } from './axe.mjs';
import { connection, expect, loaded, map, panel, row, test } from './page.mjs';
import { Backend, publish } from './processes.mjs';

test.use({ asked: [/^http:\/\/127\.0\.0\.1:\d+\/things\?/] });

const things = (page) => page.getByRole('grid', { name: 'Things' });
const thing = (page, name) => things(page).getByRole('row', { name: new RegExp(`^${name}\\b`) });

async function openThings(page) {
  await page.getByRole('navigation').getByRole('button', { name: 'Things' }).click();
  await expect(page.getByRole('heading', { name: 'Things', level: 2 })).toBeVisible();
}

async function add(page, text) {
  const names = page.getByRole('textbox', { name: 'Names of things' });
  if (!(await names.isVisible())) await page.getByRole('button', { name: 'Add names' }).first().click();
  await names.fill(text);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
}

/** The names that are on the disk, as text. The worker's file system is the page's own. */
const kept = (page) =>
  page.evaluate(async () => {
    const texts = [];
    const folder = await navigator.storage.getDirectory();
    for await (const [place, file] of folder.entries()) {
      if (!/^things-[0-9a-f]+$/.test(place)) continue;
      // It may be replaced meanwhile.
      texts.push(await file.getFile().then((it) => it.text(), () => ''));
    }
    return texts.join();
  });

const report = (backend, name, state) =>
  fetch(`${backend.page}things/${name}/shadow`, { method: 'POST', body: JSON.stringify({ state: { reported: state } }) });

async function createThings(backend, names) {
  for (const name of names) {
    const answer = await fetch(`${backend.page}things/${name}`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(200);
  }
}

let site, backend;
test.beforeEach(async () => {
  site = await Backend.start();
  backend = await Backend.start(['--allow-origin', new URL(site.page).origin]);
});
test.afterEach(async () => {
  await backend.end();
  await site.end();
});

const open = async (page) => {
  await page.goto(`${site.page}?broker=${encodeURIComponent(backend.broker)}`);
  await expect(page.locator('.pill-status')).toHaveText(/^(Connected|接続済み)/);
  await loaded(page);
};

test('known things are listed at once after a reload, with their age, while the broker is down', async ({ page }) => {
  await open(page);
  await publish(backend.mqttPort, 'fleet/truck/location', { lat: 35.01, lng: 135.78 });
  await expect(row(page, 'truck')).toBeVisible();
  await openThings(page);
  await add(page, 'pump-1');
  await expect(thing(page, 'pump-1')).toContainText('never');
  await expect.poll(() => kept(page)).toMatch(/truck.*pump-1/s);
  await backend.stop('SIGKILL');
  await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
  await page.reload();
  await expect(row(page, 'truck')).toBeVisible();
  await expect(row(page, 'truck')).toHaveAccessibleName(/stale/);
  await expect(row(page, 'pump-1')).toContainText('never');
  await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
  await openThings(page);
  await expect(thing(page, 'truck')).toContainText(/\d+(\.\d)? (s|min) ago/);
  await expect(thing(page, 'truck')).toContainText('Stale');
  await expect(page.getByText('2 things, 2 silent')).toBeVisible();
  await expect(page.getByText('Shadows still to ask for when connected: 2.')).toBeVisible();
  // What is heard takes over.
  await backend.start();
  await expect(connection(page)).toHaveText(/^Connected/, { timeout: 40_000 });
  await publish(backend.mqttPort, 'fleet/truck/location', { lat: 35.02, lng: 135.78 });
  await expect(thing(page, 'truck')).not.toContainText('Stale');
  await expect(thing(page, 'pump-1')).toContainText('none');
  await expect(page.getByText('2 things, 1 silent, 2 without a shadow')).toBeVisible();
});

test('names are typed and pasted, those that are none are named, and their shadows are asked for', async ({ page }) => {
  await report(backend, 'lamp', { power: 'on' });
  await open(page);
  await openThings(page);
  await expect(page.getByText('No things yet')).toBeVisible();
  await add(page, `lamp, pump-1;pump-2\npump-1\nplant/7 ${'x'.repeat(129)} ポンプ`);
  await expect(page.getByText('New: 3. Known already: 1. Refused: 3.')).toBeVisible();
  const refused = page.getByRole('listitem');
  await expect(refused.filter({ hasText: 'plant/7' })).toContainText('a name cannot hold “/”');
  await expect(refused.filter({ hasText: 'xxx' })).toContainText('longer than 128 characters');
  await expect(refused.filter({ hasText: 'ポンプ' })).toContainText('a name cannot hold “ポ”');
  await expect(thing(page, 'lamp')).toContainText('v1');
  await expect(thing(page, 'pump-1')).toContainText('none');
  await page.getByRole('button', { name: /^No shadow/ }).click();
  await expect(thing(page, 'lamp')).toBeHidden();
  await page.getByRole('searchbox', { name: 'Search things' }).fill('PUMP 2');
  await expect(things(page).getByRole('row')).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Search things' }).fill('nobody');
  await page.getByRole('button', { name: 'Show all' }).click();
  await thing(page, 'lamp').click();
  await expect(panel(page, 'lamp').getByRole('switch', { name: 'power' })).toHaveAttribute('aria-checked', 'true');
  await expect(map(page)).toBeVisible();
});

test('the registry is read page by page', async ({ page }) => {
  const names = Array.from({ length: 230 }, (_, n) => `sensor-${n}`);
  await createThings(backend, names);
  const answer = await report(backend, 'sensor-7', { online: false });
  // Documents tell whole seconds: what is said in the second of the connection counts as heard on it.
  const { timestamp } = await answer.json();
  await expect.poll(() => Date.now()).toBeGreaterThan((timestamp + 1) * 1000);
  await open(page);
  await openThings(page);
  await add(page, 'sensor-1');
  await page.getByRole('button', { name: 'Read from registry' }).click();
  await expect(page.getByText('The registry names 230 things, 229 of them new here.')).toBeVisible();
  await expect(page.getByText('230 things, 230 silent, 229 without a shadow')).toBeVisible({ timeout: 20_000 });
  await expect(things(page)).toHaveAttribute('aria-rowcount', '231');
  await expect(thing(page, 'sensor-7')).toContainText('v1');
});

test('a link that is lost while the registry is read and shadows are asked for costs nothing but time', async ({ page }) => {
  await createThings(backend, Array.from({ length: 250 }, (_, n) => `sensor-${n}`));
  await open(page);
  await openThings(page);
  await page.getByRole('button', { name: 'Read from registry' }).click();
  await expect(page.getByText(/^Reading the registry, \d+ names so far\.$|^Asking for shadows/).first()).toBeVisible();
  await backend.stop('SIGKILL');
  await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
  await expect(page.getByText(/^The registry (did not answer|names)/)).toBeVisible();
  await backend.start();
  await expect(connection(page)).toHaveText(/^Connected/, { timeout: 40_000 });
  await page.getByRole('button', { name: 'Read from registry' }).click();
  await expect(page.getByText('250 things, 250 silent, 250 without a shadow')).toBeVisible({ timeout: 30_000 });
});

test('a thing is forgotten and had again, by keyboard alone', async ({ page }) => {
  await open(page);
  await openThings(page);
  await add(page, 'pump-1 pump-2 pump-3');
  await expect(page.getByText(/^3 things/)).toBeVisible();
  await things(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Delete');
  await expect(thing(page, 'pump-2')).toBeHidden();
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.focus();
  await page.keyboard.press('Enter');
  await expect(thing(page, 'pump-2')).toBeVisible();
  await page.getByRole('button', { name: 'Forget pump-1' }).click();
  await expect(thing(page, 'pump-1')).toBeHidden();
  await page.getByRole('button', { name: 'Forget all' }).click();
  await expect(page.getByText('Forgotten: 2. What speaks stays listed.')).toBeVisible();
  await expect(page.getByText('No things yet')).toBeVisible();
  await undo.click();
  await things(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(panel(page, 'pump-2')).toBeVisible();
});

test('a page whose storage is full works and says that names are not kept', async ({ page }) => {
  await open(page);
  for (const worker of page.workers()) {
    await worker.evaluate(() => {
      const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
      FileSystemFileHandle.prototype.createWritable = full;
    });
  }
  await openThings(page);
  await add(page, 'pump-1');
  await expect(thing(page, 'pump-1')).toBeVisible();
  await expect(page.getByText('This browser gives the page no storage')).toBeVisible();
});

for (const [name, colorScheme, locale, width] of [
  ['light', 'light', 'en-GB', 1440],
  ['dark', 'dark', 'en-GB', 1440],
  ['ja', 'light', 'ja-JP', 390],
  ['narrow', 'dark', 'en-GB', 360],
]) {
  test.describe(name, () => {
    test.use({ colorScheme, locale, viewport: { width, height: width < 768 ? 844 : 900 } });

    test('nothing serious is wrong with the page, and nothing is cut off', async ({ page }, info) => {
      await report(backend, 'lamp', { power: 'on' });
      await open(page);
      await publish(backend.mqttPort, 'fleet/truck/location', { lat: 35.01, lng: 135.78, speed: 9 });
      const pages = page.getByRole('navigation').getByRole('button');
      await pages.last().click();
      await page.locator('.things-actions button').first().click();
      await page.locator('#things-names').fill('lamp pump-1 plant-4:boiler_2 plant/7 a%b');
      await page.locator('.things-add button[type=submit]').click();
      await expect(page.locator('.things-refused li')).toHaveCount(2);
      await expect(page.locator('[role=grid] [role=row]')).toHaveCount(5);
      await expect(page.locator('.things-shadow').filter({ hasText: 'v1' })).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await axe(page, '.things');
      await page.screenshot({ path: info.outputPath(`things-${name}-adding.png`) });
      await page.locator('.things-add button[type=button]').click();
      await page.locator('.things-forget button').last().click({ force: true });
      await expect(page.locator('.note.undo')).toBeVisible();
      await axe(page, '.things');
      await page.screenshot({ path: info.outputPath(`things-${name}.png`) });
    });
  });
}
