// Rules as a person writes them: faults at their spot, tried on what was seen, saved, watched, and gone again.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { axe } from './axe.mjs';
import { connected, expect, test } from './page.mjs';
import { Backend, Mosquitto, publish, publishAll } from './processes.mjs';

const editor = (page) => page.getByRole('textbox', { name: 'SQL' });
const button = (page, name) => page.getByRole('button', { name, exact: true });
const ruleRow = (page, name) => page.locator('.rules-list').getByRole('button', { name: new RegExp(`^${name}\\b`) });
const sentence = (page) => page.getByRole('status').filter({ hasText: /^Would have fired/ });
const foot = (page) => page.locator('.rules-foot p');
const marked = (page) => page.locator('.sql-fault');

/** What the page's spoken sentence says: fired, messages. */
async function figures(page) {
  const text = await sentence(page).textContent();
  const found = /^Would have fired ([\d,]+) times? in ([\d,]+) messages\. Nothing was sent\.$/.exec(text);
  return (found ?? ['', '0', '0']).slice(1).map((it) => Number(it.replaceAll(',', '')));
}

async function objects(backend, folder = '') {
  try {
    return await readdir(join(backend.data, 'objects', folder));
  } catch {
    return [];
  }
}

async function open(page, backend) {
  await page.goto(backend.page);
  await connected(page);
  await page.keyboard.press('4');
  await expect(page.getByRole('heading', { name: 'Rules', level: 2 })).toBeVisible();
}

async function begin(page, name, sql) {
  await button(page, 'New').click();
  const dialog = page.getByRole('dialog', { name: 'New rule' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('button', { name: 'Write it' }).click();
  await expect(dialog).toBeHidden();
  await expect(editor(page)).toHaveValue("SELECT * FROM 'topic_1'");
  if (sql !== undefined) await editor(page).fill(sql);
}

test.describe('with a backend', () => {
  let backend;
  test.beforeEach(async () => {
    backend = await Backend.start(['--fleet', '25', '--fleet-rate', '40', '--seed', '7']);
  });
  test.afterEach(async () => {
    await backend.end();
  });

  test('a fault stands at its spot, and one press repairs it', async ({ page }) => {
    await open(page, backend);
    await begin(page, 'topics', "SELECT '京都 🚚' AS place, *\n  FORM 'fleet/+/location'");
    await expect(marked(page)).toHaveText('FORM');
    await expect(page.locator('.sql-line.faulty')).toContainText('FORM');
    await expect(page.locator('.rules-sql .rules-fault')).toContainText(/^Line 2: /);
    await expect(editor(page)).toHaveAttribute('aria-invalid', 'true');
    await expect(button(page, 'Save and go live')).toBeDisabled();
    await button(page, 'Use FROM').click();
    await expect(editor(page)).toHaveValue("SELECT '京都 🚚' AS place, *\n  FROM 'fleet/+/location'");
    await expect(editor(page)).toBeFocused();
    const cursor = await editor(page).evaluate((it) => it.value.slice(0, it.selectionStart));
    expect(cursor.endsWith('\n  FROM')).toBe(true);
    await expect(marked(page)).toHaveCount(0);
    await expect(button(page, 'Save and go live')).toBeEnabled();
  });

  test('a path that no message has is asked about, and tried with the likely one', async ({ page }) => {
    await open(page, backend);
    await begin(page, 'fast', "SELECT topic(2) AS device, speed FROM 'fleet/+/location' WHERE speeed >= 0");
    await expect(marked(page)).toHaveText('speeed');
    const fault = page.locator('.rules-sql .rules-fault');
    await expect(fault.locator('p')).toHaveText(/^speeed is in none of the [\d,]+ messages seen, so this never fires\. Did you mean speed \(in [\d,]+\)\?$/);
    await expect(page.locator('.rules-dry-more').first()).toContainText(/from \d+ devices, with speed in place of speeed\. Nothing was sent\./);
    await expect.poll(async () => (await figures(page))[0]).toBeGreaterThan(0);
    await button(page, 'Use speed').click();
    await expect(fault).toBeHidden();
    await expect.poll(async () => (await figures(page))[0]).toBeGreaterThan(0);
    const row = page.locator('button.rules-dry-row').first();
    await row.click();
    await expect(page.locator('.rules-close pre').first()).toContainText('"speed"');
    await expect(page.locator('.rules-close pre').last()).toContainText('"device"');
    expect(await objects(backend)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.locator('.rules-close')).toBeHidden();
    await expect(editor(page)).toBeVisible();
  });

  test('what is typed stays as it is while the answers come, and the sentence is whole', async ({ page }) => {
    await open(page, backend);
    await begin(page, 'typed', '');
    await page.evaluate(() => {
      window.said = [];
      const status = document.querySelector('.rules-dry [role=status]');
      new MutationObserver(() => {
        if (status.textContent !== '') window.said.push(status.textContent);
      }).observe(status, { subtree: true, childList: true, characterData: true });
    });
    const sql = "SELECT speed FROM 'fleet/+/location' WHERE speed >= 0";
    await editor(page).pressSequentially(sql, { delay: 60 });
    await expect(editor(page)).toHaveValue(sql);
    const cursor = await editor(page).evaluate((it) => it.selectionStart);
    expect(cursor).toBe(sql.length);
    await expect.poll(() => page.evaluate(() => window.said.length), { timeout: 20_000 }).toBeGreaterThan(2);
    for (const text of await page.evaluate(() => window.said)) {
      expect(text).toMatch(/^Would have fired [\d,]+ times? in [\d,]+ messages\. Nothing was sent\.$/);
    }
  });

  test('a dialog that closed takes no focus from where somebody moved it, however late the frame', async ({ page }) => {
    await open(page, backend);
    await button(page, 'New').click();
    await expect(page.getByRole('dialog', { name: 'New rule' })).toBeVisible();
    await page.evaluate(() => {
      const own = window.requestAnimationFrame;
      const held = [];
      window.requestAnimationFrame = (then) => held.push(then);
      window.release = () => {
        window.requestAnimationFrame = own;
        const all = held.splice(0);
        return new Promise((done) => own((now) => done(all.forEach((then) => then(now)))));
      };
    });
    await page.getByRole('dialog').getByRole('button', { name: 'Write it' }).click();
    await expect(editor(page)).toHaveValue("SELECT * FROM 'topic_1'");
    await editor(page).focus();
    await page.keyboard.press('End');
    await page.evaluate(() => {
      window.lost = 0;
      document.querySelector('#rules-sql').addEventListener('blur', () => (window.lost += 1));
      return window.release();
    });
    await page.keyboard.type(' WHERE n > 1');
    await expect(editor(page)).toHaveValue("SELECT * FROM 'topic_1' WHERE n > 1");
    expect(await page.evaluate(() => window.lost)).toBe(0);
  });

  test('it is saved, runs, stores what can be read, pauses, and goes', async ({ page }) => {
    await open(page, backend);
    await begin(page, 'iphone6_location');
    await expect(ruleRow(page, 'iphone6_location')).toContainText('draft, never ran');
    expect(await objects(backend)).toEqual([]);
    await button(page, 'Save and go live').click();
    await expect(page.locator('.rules-chips')).toContainText('Live');
    await expect(page.locator('.rules-chips')).not.toContainText('Unsaved edit');
    await publish(backend.mqttPort, 'topic_1', { latitude: 35.01, longitude: 135.78 });
    await expect(foot(page)).toContainText('1 matched topic');
    await expect(foot(page)).toContainText('1 fired');
    await expect(ruleRow(page, 'iphone6_location')).toContainText('1 fired');
    await expect(page.locator('.rules-figures').first()).toContainText(/1\s*done/);
    await publishAll(backend.mqttPort, 'topic_1', [{ n: 1 }, { n: 2 }, { n: 3 }]);
    await expect(foot(page)).toContainText('4 fired');
    expect((await objects(backend, 'gnomon')).length).toBeGreaterThan(0);

    await page.locator('.rules-action-links').getByRole('button', { name: 'Stored objects' }).click();
    const stored = page.getByRole('complementary', { name: 'Stored objects' });
    await expect(stored.getByRole('textbox')).toHaveValue('gnomon/iphone6-location-');
    await stored.locator('.rules-object-row').first().click();
    await expect(stored.locator('pre')).toContainText('"latitude": 35.01');
    await stored.getByRole('textbox').fill('nothing/like-it');
    await expect(stored.getByText('No object begins so.')).toBeVisible();
    await stored.getByRole('button', { name: 'Show all' }).click();
    await expect(stored.locator('.rules-object-row').first()).toBeVisible();
    await stored.getByRole('button', { name: 'Close' }).click();
    await expect(page.getByRole('complementary', { name: 'Dry run' })).toBeVisible();

    await button(page, 'Pause').click();
    await expect(ruleRow(page, 'iphone6_location')).toContainText('paused');
    await editor(page).fill("SELECT * FROM 'topic_1' WHERE n > 1");
    await expect(page.locator('.rules-chips')).toContainText('Unsaved edit');
    await button(page, 'Save').click();
    await expect(page.locator('.rules-chips')).not.toContainText('Unsaved edit');
    await expect(page.locator('.rules-chips')).toContainText('Paused');
    await button(page, 'Go live').click();
    await expect(page.locator('.rules-chips')).toContainText('Live');

    await editor(page).fill("SELECT n FROM 'topic_1'");
    await button(page, 'Revert').click();
    await expect(editor(page)).toHaveValue("SELECT * FROM 'topic_1' WHERE n > 1");
    await expect(page.locator('.rules-chips')).not.toContainText('Unsaved edit');

    await button(page, 'Delete').click();
    const dialog = page.getByRole('dialog', { name: 'Delete rule' });
    await expect(dialog).toContainText('iphone6_location stops at once');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await expect(ruleRow(page, 'iphone6_location')).toBeVisible();
    await button(page, 'Delete').click();
    await dialog.getByRole('button', { name: 'Delete rule' }).click();
    await expect(ruleRow(page, 'iphone6_location')).toBeHidden();
    const answer = await fetch(`${backend.page}rules/iphone6_location`);
    expect(answer.status).not.toBe(200);
  });

  test('actions are added, changed and taken away, and a fault in a key is told there', async ({ page }) => {
    await open(page, backend);
    await begin(page, 'two', "SELECT * FROM 'fleet/+/location' WHERE speed > 5");
    await page.getByRole('button', { name: 'Add action' }).click();
    await page.locator('.rules-form').getByRole('button', { name: 'Republish' }).click();
    await page.locator('.rules-form').getByRole('textbox', { name: 'Topic' }).fill('alerts/${topic(2}');
    await expect(page.locator('.rules-action .rules-fault')).toBeVisible();
    await expect(button(page, 'Save and go live')).toBeDisabled();
    await page.locator('.rules-form').getByRole('textbox', { name: 'Topic' }).fill('alerts/${topic(2)}');
    await page.locator('.rules-form').getByRole('button', { name: 'QoS 0' }).click();
    await expect(page.locator('.rules-action .rules-fault')).toBeHidden();
    await page.locator('.rules-form').getByRole('button', { name: 'Done' }).click();
    await expect(page.locator('.rules-action').nth(1)).toContainText('alerts/${topic(2)} → QoS 0');
    await page.getByRole('button', { name: 'Other action' }).click();
    await page.locator('.rules-form').getByRole('button', { name: 'Done' }).click();
    await expect(page.getByRole('region', { name: 'If an action fails' })).toContainText('rule-errors → QoS 1');
    await button(page, 'Save and go live').click();
    await expect(page.locator('.rules-chips')).toContainText('Live');
    const saved = await (await fetch(`${backend.page}rules/two`)).json();
    expect(saved.rule.actions.map((it) => Object.keys(it)[0])).toEqual(['s3', 'republish']);
    expect(saved.rule.errorAction.republish.topic).toBe('rule-errors');
    await page.getByRole('button', { name: 'Edit Store an object' }).click();
    await page.locator('.rules-form').getByRole('button', { name: 'Remove' }).click();
    await expect(page.locator('.rules-action')).toHaveCount(2);
    await button(page, 'Save and go live').click();
    await expect.poll(async () => {
      const { rule } = await (await fetch(`${backend.page}rules/two`)).json();
      return rule.actions.length;
    }).toBe(1);
  });

  test('by keyboard alone: written, completed, saved, tried, and back to the map', async ({ page }) => {
    await open(page, backend);
    await button(page, 'New').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('by_hand');
    await page.keyboard.press('Enter');
    await expect(editor(page)).toBeFocused();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('sel');
    await page.keyboard.press('Control+Space');
    await expect(page.getByRole('option', { name: 'SELECT' })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await page.keyboard.type('timest');
    await page.keyboard.press('Control+Space');
    await page.keyboard.press('Enter');
    await expect(editor(page)).toHaveValue('SELECT timestamp()');
    await page.keyboard.press('End');
    await page.keyboard.type(" AS at FROM 'fleet/+/location'");
    await page.keyboard.press('Control+Space');
    await expect(page.getByRole('listbox', { name: 'Words that fit' })).toBeVisible();
    await expect(page.getByRole('option').last()).toBeInViewport();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('listbox', { name: 'Words that fit' })).toBeHidden();
    await expect(editor(page)).toBeFocused();
    await expect(button(page, 'Save and go live')).toBeEnabled();
    await page.keyboard.press('Control+Enter');
    await expect(page.locator('.rules-chips')).toContainText('Live');
    await page.keyboard.press('Tab');
    await expect(editor(page)).not.toBeFocused();
    await ruleRow(page, 'by_hand').focus();
    await page.keyboard.press('ArrowDown');
    await expect(ruleRow(page, 'by_hand')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('heading', { name: 'Rules', level: 2 })).toBeHidden();
  });

  test.describe('that refuses', () => {
    test.use({ provoked: [/400/] });

    test('its words stay until they are closed', async ({ page }) => {
      await open(page, backend);
      await begin(page, 'refused');
      await page.route('**/rules/refused', (route) =>
        route.fulfill({ status: 400, json: { message: 'The bucket is not yours.' }, headers: { 'x-amzn-errortype': 'InvalidRequestException' } }),
      );
      await button(page, 'Save and go live').click();
      const note = page.getByRole('alert').filter({ hasText: 'The bucket is not yours.' });
      await expect(note).toContainText('400');
      await page.locator('.rules-refused').getByRole('button', { name: 'Close' }).click();
      await expect(note).toBeHidden();
      await expect(page.locator('.rules-chips')).toContainText('Draft');
    });
  });
});

/** The texts in an element that are wider than their place, but for those that end in an ellipsis or scroll. */
const cutOff = (root) =>
  [...root.querySelectorAll('*')]
    .filter((it) => it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0)
    .filter((it) => !['INPUT', 'TEXTAREA', 'PRE'].includes(it.tagName))
    .filter((it) => {
      const { display, overflowX, textOverflow, clipPath } = getComputedStyle(it);
      return display !== 'inline' && textOverflow !== 'ellipsis' && overflowX !== 'auto' && clipPath === 'none';
    })
    .map((it) => `${it.tagName}.${it.className}: ${it.textContent}`);

test.describe('looks', () => {
  let backend;
  test.beforeAll(async () => {
    backend = await Backend.start(['--fleet', '25', '--fleet-rate', '40', '--seed', '7']);
    const payload = {
      sql: "SELECT * FROM 'fleet/+/location' WHERE speed > 3",
      awsIotSqlVersion: '2016-03-23',
      actions: [
        { s3: { roleArn: 'arn:aws:iam::1:role/r', bucketName: 'gnomon', key: '${topic(2)}/${timestamp()}' } },
        { republish: { roleArn: 'arn:aws:iam::1:role/r', topic: 'alerts/${topic(2)}', qos: 1 } },
      ],
    };
    for (const name of ['fleet_speed', 'archive_all']) {
      const answer = await fetch(`${backend.page}rules/${name}`, { method: 'POST', body: JSON.stringify(payload) });
      expect(answer.status).toBe(200);
    }
    await fetch(`${backend.page}rules/archive_all/disable`, { method: 'POST' });
  });
  test.afterAll(async () => {
    await backend.end();
  });

  for (const width of [360, 390, 768, 1100, 1440, 1920]) {
    for (const [colorScheme, locale] of [
      ['light', 'en-GB'],
      ['dark', 'ja-JP'],
      ...(width === 1440 ? [['dark', 'en-GB']] : []),
    ]) {
      test.describe(`${colorScheme} ${locale}`, () => {
        test.use({ colorScheme, locale, viewport: { width, height: width < 768 ? 844 : 900 } });

        test(`nothing is cut off or serious at ${width} px`, async ({ page }, info) => {
          const shot = (name) => page.screenshot({ path: info.outputPath(`rules-${width}-${colorScheme}-${name}.png`) });
          await page.goto(backend.page);
          await expect(page.locator('.pill-status')).toHaveText(/^(Connected|接続済み)/);
          await page.keyboard.press('4');
          await page.locator('.rules-row').filter({ hasText: 'fleet_speed' }).click();
          await page.locator('#rules-sql').fill("SELECT lat, lng, speed,\n       topic(2) AS device\n  FROM 'fleet/+/location'\n WHERE speeed > 3");
          await expect(page.locator('.rules-sql .rules-fault button')).toBeVisible();
          await expect(page.locator('button.rules-dry-row').first()).toBeVisible();
          await page.locator('button.rules-dry-row').first().click();
          await expect(page.locator('.rules-close pre').first()).toBeVisible();
          if (locale === 'ja-JP') {
            await expect(page.getByRole('status').filter({ hasText: /^[\d,]+ 件のうち [\d,]+ 件で実行されるはずでした。送信はしていません。$/ })).toBeAttached();
          }
          await shot('dry');
          await axe(page, '.rules');
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
          expect(await page.locator('.rules').evaluate(cutOff)).toEqual([]);
          await page.locator('.rules-action-links .link').first().click();
          await expect(page.locator('.rules-form')).toBeVisible();
          await shot('form');
          expect(await page.locator('.rules').evaluate(cutOff)).toEqual([]);
          await page.locator('.rules-action-links .link').nth(1).click();
          await page.locator('.rules-object-row').first().click();
          await expect(page.locator('.rules-object-content pre')).toBeVisible();
          await shot('objects');
          await axe(page, '.rules');
          expect(await page.locator('.rules').evaluate(cutOff)).toEqual([]);
          await page.locator('.rules-objects .icon-button').click();
          if (width < 1024) await page.locator('.rules-back').click();
          await shot('list');
          await page.locator('.rules-list-head .button').click();
          await expect(page.getByRole('dialog')).toBeVisible();
          await shot('new');
          await axe(page, 'dialog');
          expect(await page.locator('dialog').evaluate(cutOff)).toEqual([]);
        });
      });
    }
  }
});

test.describe('a broker without rules', () => {
  test.use({ provoked: [/./], asked: [/^http:\/\/127\.0\.0\.1:\d+\//] });

  test('says so, and rules are still tried and their payload copied', async ({ page, context }) => {
    const site = await Backend.start();
    const mosquitto = await Mosquitto.start();
    try {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.goto(`${site.page}?broker=${encodeURIComponent(mosquitto.broker)}`);
      await connected(page);
      await page.keyboard.press('4');
      await expect(page.locator('.rules-list .rules-source')).toContainText('You can write and try them here');
      await begin(page, 'tried');
      await publishAll(mosquitto.mqttPort, 'topic_1', [{ n: 1 }, { n: 2 }, { n: 3 }]);
      await expect.poll(() => figures(page)).toEqual([3, 3]);
      await expect(button(page, 'Save and go live')).toBeHidden();
      await button(page, 'Copy payload').click();
      const payload = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
      expect(payload.sql).toBe("SELECT * FROM 'topic_1'");
      expect(payload.actions[0].s3.key).toBe('iphone6-location-${timestamp()}');
    } finally {
      await mosquitto.end();
      await site.end();
    }
  });
});
