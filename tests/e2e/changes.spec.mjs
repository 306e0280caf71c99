// The page of changes and changes of many devices: what is stuck is found and solved, and everything can be undone.
import { axe } from './axe.mjs';
import { connected, connection, devices, expect, loaded, openDevice, panel, row, test } from './page.mjs';
import { Backend, publish } from './processes.mjs';

let backend, site;
const start = (fleet) => async () => {
  site = await Backend.start();
  const origin = new URL(site.page).origin;
  backend = await Backend.start(['--fleet', String(fleet), '--seed', '7', '--allow-origin', origin]);
};
test.afterEach(async () => {
  await backend.end();
  await site.end();
});

const update = (thing, state) =>
  publish(backend.mqttPort, `$aws/things/${thing}/shadow/update`, { state });

/** What the service holds. */
const shadow = async (thing) => {
  const response = await fetch(`${backend.page}things/${thing}/shadow`);
  return response.json();
};
const desired = async (thing, key) => (await shadow(thing)).state.desired?.[key];

const table = (page) => page.getByRole('grid', { name: 'Stuck changes' });
const stuck = (page, thing) => table(page).getByRole('row', { name: new RegExp(`\\b${thing}\\b`) });
const link = (page, name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name });

async function openBoard(page) {
  await page.goto(backend.page);
  await connected(page);
  await page.keyboard.press('2');
  await page.getByLabel('Delta older than').selectOption('10');
}

/** The page from another server than the broker, which may then go without taking the files along. */
async function openFromElsewhere(page) {
  await page.goto(`${site.page}?broker=${encodeURIComponent(backend.broker)}`);
  await connected(page);
  await loaded(page);
}

test.describe('with 12 simulated devices', () => {
  test.beforeEach(start(12));

  test('keys and presses lead from page to page, and Escape back to the map', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    await expect(link(page, 'Map')).toHaveAttribute('aria-current', 'page');
    await page.keyboard.press('2');
    await expect(link(page, 'Changes')).toHaveAttribute('aria-current', 'page');
    await expect(devices(page)).toBeHidden();
    await expect(page.getByText(/^No delta is older than/)).toBeVisible();
    await link(page, 'Things').click();
    await expect(link(page, 'Things')).toHaveAttribute('aria-current', 'page');
    await page.keyboard.press('Escape');
    await expect(devices(page)).toBeVisible();
    await page.keyboard.press('2');
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: 'Search devices' })).toBeFocused();
  });

  test('a stuck change of each cause is found, solved by its first answer, and undone', async ({ page }) => {
    await openBoard(page);
    await update('never', { reported: { mode: 'eco' } });
    await update('never', { desired: { label: 'x' } });
    for (const thing of ['type-1', 'type-2']) {
      await update(thing, { reported: { relay: 1 }, desired: { relay: true } });
    }
    await update('back', { reported: { lock: 'on' }, desired: { lock: 'on' } });
    await update('back', { reported: { lock: 'off' } });
    await update('idle', { reported: { valve: 'open' }, desired: { valve: 'shut' } });
    await update('silent', { reported: { power: 'off', online: false } });
    await update('silent', { desired: { power: 'on' } });
    await expect(table(page).getByRole('row')).toHaveCount(7, { timeout: 25_000 });
    await expect(link(page, 'Changes')).toContainText('6');

    const cases = [
      ['never', 'label', 'never this one', 'Remove the key', undefined, 'x'],
      ['type-1', 'relay', 'Type differs: 1 and true', 'for all 2 devices', 1, true],
      ['back', 'lock', 'Set back at the device', 'Accept reported', 'off', 'on'],
    ];
    for (const [thing, key, cause, answer, solved, wished] of cases) {
      await expect(stuck(page, thing)).toContainText(cause);
      await stuck(page, thing).click();
      const explained = page.getByRole('region', { name: `${thing} ${key}` });
      const first = explained.getByRole('listitem').first().getByRole('button');
      await expect(first).toContainText(answer);
      await first.click();
      await expect.poll(() => desired(thing, key)).toBe(solved);
      await expect(page.getByRole('region', { name: 'Undo', exact: true })).toContainText(key);
      // The focus went back to the table, whose rows keep their places.
      await expect(stuck(page, thing)).toContainText('No longer stuck.');
      await page.keyboard.press('u');
      await expect.poll(() => desired(thing, key)).toBe(wished);
    }
    expect(await desired('type-2', 'relay')).toBe(true);

    // To send again changes no state: the device hears the wish once more.
    await expect(stuck(page, 'idle')).toContainText('keeps its own value');
    const { version } = await shadow('idle');
    await stuck(page, 'idle').click();
    const idle = page.getByRole('region', { name: 'idle valve' });
    await idle.getByRole('listitem').first().getByRole('button', { name: /^Send again/ }).click();
    await expect.poll(async () => (await shadow('idle')).version).toBe(version + 1);

    // For a silent device the safest is to wait, which is no button.
    await expect(stuck(page, 'silent')).toContainText('when it returns');
    await stuck(page, 'silent').click();
    const silent = page.getByRole('region', { name: 'silent power' });
    await expect(silent.getByRole('listitem').first()).toContainText('Leave it');
    await silent.getByRole('button', { name: /^Take back the wish/ }).click();
    await expect.poll(() => desired('silent', 'power')).toBe('off');
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await page.getByRole('button', { name: 'Undo for 1 device' }).first().click();
    await expect.poll(() => desired('silent', 'power')).toBe('on');
  });

  test('rows keep their places while the pointer is among them', async ({ page }) => {
    await openBoard(page);
    for (const thing of ['lamp-1', 'lamp-2', 'lamp-3']) {
      await update(thing, { reported: { power: 'off' }, desired: { power: 'on' } });
    }
    await expect(table(page).getByRole('row')).toHaveCount(4, { timeout: 25_000 });
    await stuck(page, 'lamp-2').hover();
    await update('lamp-1', { reported: { power: 'on' } });
    await expect(stuck(page, 'lamp-1')).toContainText('No longer stuck.');
    await expect(stuck(page, 'lamp-2')).toHaveAttribute('aria-rowindex', '3');
    await page.mouse.move(2, 2);
    await expect(stuck(page, 'lamp-1')).toHaveCount(0);
    await expect(stuck(page, 'lamp-2')).toHaveAttribute('aria-rowindex', '2');
  });

  test('the queue can be read, taken back from, and emptied', async ({ page }) => {
    await openFromElsewhere(page);
    const toggle = async (thing) => {
      await openDevice(page, thing);
      const power = panel(page, thing).getByRole('switch', { name: 'power' });
      await power.click();
      await expect(power).toHaveAttribute('aria-busy', 'true');
    };
    for (const thing of ['sim-0001', 'sim-0002', 'sim-0003']) await openDevice(page, thing);
    const versions = await Promise.all(['sim-0001', 'sim-0002'].map(async (it) => (await shadow(it)).state.desired));
    expect(versions).toEqual([undefined, undefined]);
    await backend.stop('SIGKILL');
    await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
    for (const thing of ['sim-0001', 'sim-0002', 'sim-0003']) await toggle(thing);
    await link(page, 'Changes').click();
    await page.getByRole('button', { name: /^On its way/ }).click();
    const queue = page.getByRole('list', { name: 'On its way' });
    await expect(queue.getByRole('listitem')).toHaveCount(3);
    await expect(queue.getByRole('listitem', { name: '' }).first()).toContainText('Queued');
    await queue.getByRole('listitem').filter({ hasText: 'sim-0002' }).getByRole('button', { name: 'Take back' }).click();
    await expect(queue.getByRole('listitem')).toHaveCount(2);
    await page.getByRole('button', { name: 'Empty the queue' }).click();
    await expect(page.getByText(/^Nothing is on its way/)).toBeVisible();
    await backend.start();
    await expect(connection(page)).toHaveText(/^Connected/, { timeout: 40_000 });
    for (const thing of ['sim-0001', 'sim-0002', 'sim-0003']) {
      expect((await shadow(thing)).state.desired).toBeUndefined();
    }
  });

  test('everything on the board can be done with the keyboard alone', async ({ page }) => {
    await openBoard(page);
    for (const thing of ['lamp-1', 'lamp-2', 'lamp-3']) {
      await update(thing, { reported: { power: 'off' }, desired: { power: 'on' } });
    }
    await expect(table(page).getByRole('row')).toHaveCount(4, { timeout: 25_000 });
    const tabTo = async (locator) => {
      for (let presses = 0; presses < 40; presses += 1) {
        if (await locator.evaluate((it) => it === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      await expect(locator).toBeFocused();
    };
    await tabTo(table(page));
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(2);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(0);
    await page.keyboard.press('Enter');
    const explained = page.getByRole('region', { name: 'lamp-2 power' });
    await expect(explained).toBeVisible();
    await tabTo(explained.getByRole('button', { name: /^Accept reported/ }));
    await page.keyboard.press('Enter');
    await expect.poll(() => desired('lamp-2', 'power')).toBe('off');
    await expect(page.getByRole('button', { name: 'Undo for 1 device' })).toBeVisible();
    await page.keyboard.press('u');
    await expect.poll(() => desired('lamp-2', 'power')).toBe('on');

    // Choosing in the list, and the panel.
    await page.keyboard.press('1');
    await tabTo(page.getByRole('button', { name: 'Change several' }));
    await page.keyboard.press('Enter');
    await page.keyboard.press('/');
    await page.keyboard.type('sim');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+Space');
    await expect(devices(page).getByRole('option', { selected: true })).toHaveCount(4);
    await tabTo(page.getByRole('button', { name: 'Change 4 devices' }));
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Key')).toBeFocused();
    await page.keyboard.type('mode');
    await tabTo(page.getByLabel('Becomes'));
    await page.keyboard.type('boost');
    const change = page.getByRole('region', { name: 'Change 4 devices' });
    const go = change.getByRole('button', { name: 'Change 4 devices' });
    await expect(go).toBeEnabled();
    await tabTo(go);
    await page.keyboard.press('Enter');
    await expect.poll(() => desired('sim-0004', 'mode'), { timeout: 30_000 }).toBe('boost');
    await expect(change.getByRole('button', { name: 'Undo for 4 devices' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(change).toBeHidden();
    await page.keyboard.press('u');
    await expect.poll(() => desired('sim-0004', 'mode')).toBeUndefined();
  });
});

test.describe('with 200 simulated devices', () => {
  test.beforeEach(start(200));
  test.setTimeout(120_000);

  const bulk = (page) => page.getByRole('region', { name: /^Change \d+ devices?$/ });

  /** Chooses everybody that is found, and enters the change. */
  async function enter(page, key, value, count = 200) {
    await expect(devices(page).getByRole('option').first()).toHaveAttribute('aria-setsize', String(count));
    await page.getByRole('button', { name: 'Change several' }).click();
    await page.getByRole('button', { name: `Select all ${count}` }).click();
    await page.getByRole('button', { name: `Change ${count} devices` }).click();
    await page.getByLabel('Key').fill(key);
    await page.getByLabel('Form').selectOption('text');
    await page.getByLabel('Becomes').fill(value);
  }

  const begin = (page) => bulk(page).locator('footer').getByRole('button', { name: /^Change/ }).click();

  const wishes = async (key) => {
    const names = Array.from({ length: 200 }, (_, at) => `sim-${String(at + 1).padStart(4, '0')}`);
    const all = await Promise.all(names.map((name) => desired(name, key)));
    return [...new Set(all)];
  };

  test('200 devices are changed in stages and undone', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    await enter(page, 'mode', 'eco');
    await expect(bulk(page)).toContainText('Nothing is sent yet.');
    await bulk(page).getByRole('button', { name: 'Preview each device' }).click();
    const preview = page.getByRole('list', { name: 'Each device' });
    await expect(preview.getByRole('listitem').first()).toContainText('(none) → eco');
    expect(await wishes('mode')).toEqual([undefined]);
    await page.getByRole('button', { name: 'Back to the change' }).click();
    await begin(page);
    await expect(bulk(page)).toContainText(/starts after 10 %/);
    await expect(bulk(page)).toContainText(/180 reported in/, { timeout: 60_000 });
    expect(await wishes('mode')).toEqual(['eco']);
    await bulk(page).getByRole('button', { name: 'Undo for 200 devices' }).click();
    await expect.poll(() => wishes('mode'), { timeout: 30_000 }).toEqual([undefined]);
  });

  test('a change is paused and resumed, and closing its panel ends nothing', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    await enter(page, 'mode', 'boost');
    await begin(page);
    await bulk(page).getByRole('button', { name: 'Pause' }).click();
    await expect(bulk(page)).toContainText('Paused.');
    await page.keyboard.press('Escape');
    await expect(bulk(page)).toBeHidden();
    await page.keyboard.press('2');
    await page.getByRole('button', { name: /^On its way/ }).click();
    await page.getByRole('button', { name: /mode becomes boost/ }).click();
    await expect(bulk(page)).toContainText('starts after');
    expect(await wishes('mode')).toContain(undefined);
    await bulk(page).getByRole('button', { name: 'Resume' }).click();
    await expect(bulk(page)).toContainText(/180 reported in/, { timeout: 60_000 });
  });

  test('a change goes on by itself after the link was lost in the middle', async ({ page }) => {
    await openFromElsewhere(page);
    await enter(page, 'mode', 'normal');
    await begin(page);
    await expect(bulk(page)).toContainText(/of 180 reported/, { timeout: 30_000 });
    await backend.stop('SIGKILL');
    await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
    await expect(bulk(page)).toContainText('The link is down.');
    await backend.start();
    await expect(connection(page)).toHaveText(/^Connected/, { timeout: 40_000 });
    await expect(bulk(page).getByRole('button', { name: 'Undo for 200 devices' })).toBeVisible({ timeout: 60_000 });
    await expect.poll(() => wishes('mode'), { timeout: 30_000 }).toEqual(['normal']);
  });
});

test.describe('with devices whose shadows are full', () => {
  test.beforeEach(start(0));

  test('a change stops when too many are rejected, and says why', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    // 8,190 bytes: the wish makes them more than 8 KB.
    const note = 'x'.repeat(8_164);
    for (let lamp = 0; lamp < 6; lamp += 1) {
      await update(`lamp-${lamp}`, { reported: { power: 'off', note: lamp < 3 ? note : '' } });
    }
    await expect(row(page, 'lamp-5')).toBeVisible();
    await page.getByRole('button', { name: 'Change several' }).click();
    await row(page, 'lamp-0').click();
    await row(page, 'lamp-5').click({ modifiers: ['Shift'] });
    await page.getByRole('button', { name: 'Change 6 devices' }).click();
    await page.getByLabel('Key').fill('power');
    await page.getByLabel('Form').selectOption('text');
    await page.getByLabel('Becomes').fill('on');
    await page.getByLabel('Stop when rejected exceeds').fill('20');
    const change = page.getByRole('region', { name: 'Change 6 devices' });
    await change.locator('footer').getByRole('button', { name: /^Change/ }).click();
    await expect(change).toContainText('Stopped by itself: 100.0 % of those answered were rejected, 20 % were allowed.');
    await expect(change).toContainText('The payload exceeds the maximum size allowed');
    expect(await desired('lamp-5', 'power')).toBeUndefined();
    await expect(link(page, 'Changes')).toContainText('1');
    await change.getByRole('button', { name: 'Show the 1' }).click();
    const rejected = page.getByRole('list', { name: 'Rejected devices' });
    await expect(rejected.getByRole('listitem')).toHaveCount(1);
    await expect(rejected.getByRole('listitem')).toContainText('Rejected 413');
    await page.getByRole('button', { name: 'Back to the change' }).click();
    await change.getByRole('button', { name: 'Resume' }).click();
    await expect(change).toContainText('Why 3 were rejected');
    await expect(change).toContainText('Stopped by itself');
  });
});

test.describe('what it looks like', () => {
  test.beforeEach(start(12));

  const looks = [
    [1440, 'light', 'en-GB'],
    [1440, 'dark', 'en-GB'],
    [390, 'dark', 'ja-JP'],
  ];
  for (const [width, colorScheme, locale] of looks) {
    test.describe(locale, () => {
      test.use({ locale, colorScheme, viewport: { width, height: width < 768 ? 844 : 900 } });

      test(`the board and the panel say what they are at ${width} px, ${colorScheme}`, async ({ page }, info) => {
        const shot = (name) => page.screenshot({ path: info.outputPath(`${name}-${width}-${colorScheme}.png`) });
        await page.goto(backend.page);
        await expect(page.locator('.row').first()).toBeVisible();
        await page.keyboard.press('2');
        await page.locator('.filter-age select').selectOption('10');
        await update('sim-0001', { desired: { label: 'x' } });
        await update('sim-0002', { reported: { relay: 1 }, desired: { relay: true } });
        await update('sim-0003', { reported: { valve: 'open' }, desired: { valve: 'shut' } });
        await expect(page.locator('.filter-all .filter-count')).toHaveText('3', { timeout: 25_000 });
        await axe(page, '.changes');
        await shot('filters');
        await page.locator('.filter-all').click();
        await expect(page.locator('.stuck-row')).toHaveCount(3);
        await axe(page, '.changes');
        await shot('board');
        await page.locator('.stuck-row').nth(1).click();
        await expect(page.locator('.answers')).toBeVisible();
        await axe(page, '.changes');
        await shot('answers');

        await page.keyboard.press('1');
        await page.locator('.list-several').click();
        await page.locator('.list-head .link').first().click();
        await axe(page, '.list-head');
        await axe(page, '.list-foot');
        await shot('choosing');
        await page.locator('.list-foot .primary').click();
        await page.locator('#bulk-key').fill('label');
        await page.locator('#bulk-value').fill('north');
        await expect(page.locator('.stage').first()).toBeVisible();
        await axe(page, '.panel-place');
        await shot('draft');
        await page.locator('.bulk-foot .primary').click();
        await expect(page.locator('.stage-counts').first()).toBeVisible();
        await expect(page.locator('.bulk')).toHaveCount(1);
        await axe(page, '.panel-place');
        await shot('running');
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      });
    });
  }
});
