// The document editor: a shadow edited, merged with what others make of it, deleted, and looked back at.
import { axe } from './axe.mjs';
import { connected, connection, expect, loaded, panel, test } from './page.mjs';
import { Backend, publish } from './processes.mjs';

let backend;
test.beforeEach(async () => {
  backend = await Backend.start();
});
test.afterEach(async () => {
  await backend.end();
});

const START = { mode: 'eco', setpoint: 4, label: 'Cold store 2', fan: { speed: 40 } };

const dialog = (page, name) => page.getByRole('dialog', { name });
const editor = (page) => dialog(page, 'Edit shadow');
const merge = (page) => dialog(page, 'Someone else saved while you were editing');
const text = (page) => editor(page).getByRole('textbox', { name: 'Desired', exact: true });
const save = (page, version) => page.getByRole('button', { name: `Save as v${version}`, exact: true });
const stage = (page) => page.locator('.editor-stage');
const leaf = (page, path) => editor(page).getByRole('row', { name: new RegExp(`^${path}\\b`) });
const input = (page, path) => editor(page).getByRole('textbox', { name: `Desired ${path}`, exact: true });

function update(state, clientToken) {
  return publish(backend.mqttPort, '$aws/things/lamp/shadow/update', { state, clientToken });
}

/** What the service itself holds. */
async function document(name) {
  const query = name === undefined ? '' : `?name=${name}`;
  const answer = await fetch(`${backend.page}things/lamp/shadow${query}`);
  return { status: answer.status, ...(await answer.json()) };
}

/** A page with the panel of the lamp. */
async function look(page) {
  await page.goto(`${backend.page}?device=lamp`);
  await connected(page);
}

/** A page with the editor of the lamp's classic shadow, as it was left or at its newest version. */
async function edit(page, version) {
  await look(page);
  await panel(page, 'lamp').getByRole('button', { name: 'Edit as JSON' }).click();
  await expect(editor(page)).toContainText(`v${version}`);
}

async function write(page, state) {
  await text(page).fill(JSON.stringify(state, null, 2));
}

const form = (page) => editor(page).getByRole('button', { name: 'Form' }).click();
const json = (page) => editor(page).getByRole('button', { name: 'JSON', exact: true }).click();

test('a document is edited in the form and as JSON, and null removes a key', async ({ page }) => {
  await update({ desired: START, reported: { mode: 'eco', setpoint: 3.5 } });
  await edit(page, 1);
  expect(JSON.parse(await text(page).inputValue())).toEqual(START);
  await expect(editor(page).getByLabel('Reported')).toContainText(/setpoint\s*3\.5\s*[\d.]+ s ago/);
  await expect(save(page, 2)).toBeDisabled();

  await write(page, { ...START, setpoint: 5, label: null });
  await expect(stage(page)).toContainText('2 changes. Nothing is sent yet.');
  await form(page);
  await expect(input(page, 'setpoint')).toHaveValue('5');
  await expect(leaf(page, 'setpoint')).toContainText('was 4');
  await expect(leaf(page, 'label')).toContainText('will be removed');
  await expect(leaf(page, 'setpoint')).toContainText('3.5');
  await input(page, 'fan.speed').fill('65');
  await editor(page).getByRole('textbox', { name: 'Path' }).fill('alerts.email');
  await editor(page).getByRole('textbox', { name: 'Value' }).fill('true');
  await editor(page).getByRole('button', { name: 'Add key' }).click();
  await expect(leaf(page, 'alerts.email')).toContainText('new');
  await leaf(page, 'mode').getByRole('button', { name: 'Remove mode' }).click();
  await expect(leaf(page, 'mode')).toContainText('will be removed');
  await leaf(page, 'mode').getByRole('button', { name: 'Revert mode' }).click();
  await expect(input(page, 'mode')).toHaveValue('"eco"');
  await expect(stage(page)).toContainText('4 changes');
  await axe(page);

  await json(page);
  const wanted = { mode: 'eco', setpoint: 5, fan: { speed: 65 }, alerts: { email: true } };
  expect(JSON.parse(await text(page).inputValue())).toEqual(wanted);
  await text(page).press('Control+Enter');
  await expect(stage(page)).toContainText('Saved as v2');
  expect((await document()).state.desired).toEqual(wanted);
  expect((await document()).version).toBe(2);
});

test('a fault in the text is told at its spot, and the caret can be put there', async ({ page }) => {
  await update({ desired: START });
  await edit(page, 1);
  await text(page).fill('{\n  "mode": "eco",\n  "灯": 1\n  "fan": 2\n}');
  await expect(text(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(text(page)).toHaveAccessibleDescription(/Line 4, column 3: .*comma/);
  await expect(save(page, 2)).toBeDisabled();
  await axe(page);
  await editor(page).getByRole('button', { name: 'Go to line 4' }).click();
  await expect(text(page)).toBeFocused();
  expect(await text(page).evaluate((it) => it.value.slice(it.selectionStart))).toBe('"fan": 2\n}');

  // The form would write over what is typed.
  await form(page);
  await expect(input(page, 'mode')).toBeDisabled();
  await json(page);
  await expect(text(page)).toHaveValue(/"灯": 1\n {2}"fan"/);
  await text(page).fill('{"mode": "eco", "fan": 2');
  await expect(text(page)).toHaveAccessibleDescription(/ends before it is complete/);
  await text(page).fill('{"mode": "eco"}');
  await expect(text(page)).toHaveAttribute('aria-invalid', 'false');
  await expect(save(page, 2)).toBeEnabled();
});

test('two pages edit one shadow, and both edits are kept', async ({ page, browser }) => {
  await update({ desired: START });
  const context = await browser.newContext({ locale: 'en-GB' });
  const other = await context.newPage();
  await edit(page, 1);
  await edit(other, 1);
  await write(page, { ...START, setpoint: 5 });
  await write(other, { ...START, mode: 'boost' });
  await expect(stage(page)).toContainText('1 change.');
  await other.bringToFront();
  await save(other, 2).click();
  await expect(stage(other)).toContainText('Saved as v2');
  await page.bringToFront();
  await expect(editor(page)).toContainText('v2 came while you edit');
  await save(page, 3).click();
  await expect(stage(page)).toContainText('Saved as v3');
  expect((await document()).state.desired).toEqual({ ...START, setpoint: 5, mode: 'boost' });
  await context.close();
});

test('a true conflict is asked, decided by keyboard, and saved', async ({ page }) => {
  await update({ desired: START, reported: { setpoint: 4 } });
  await edit(page, 1);
  await write(page, { ...START, setpoint: 5.5, mode: 'boost', label: 'Cold store 3' });
  await expect(stage(page)).toContainText('3 changes');
  await update({ desired: { setpoint: 3, mode: 'normal', alerts: { email: false } } }, 'ops-console-2');
  await expect(editor(page)).toContainText('ops-console-2');
  await page.keyboard.press('Control+Enter');

  await expect(merge(page)).toContainText('You began at v1. It is now v2, last changed by ops-console-2');
  await expect(merge(page)).toContainText('Nothing of yours is sent yet.');
  expect((await document()).version).toBe(2);
  await expect(merge(page)).toContainText('2 choices left');
  await expect(merge(page)).toContainText('2 merged');
  await expect(merge(page)).toContainText('1 same');
  await expect(stage(page)).toContainText('Choose a value for mode, setpoint to go on.');
  await expect(save(page, 3)).toBeDisabled();
  await axe(page);

  const choice = (path, side) =>
    merge(page).getByRole('radiogroup', { name: path }).getByRole('radio', { name: new RegExp(`^${side}`) });
  await page.keyboard.press('ArrowDown');
  await expect(choice('mode', 'Yours')).toBeFocused();
  await page.keyboard.press('1');
  await expect(choice('mode', 'Yours')).toBeChecked();
  await expect(merge(page)).toContainText('1 choice left');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('2');
  await expect(choice('setpoint', 'Theirs')).toBeChecked();
  await expect(stage(page)).toContainText('Nothing is sent yet.');
  await expect(merge(page).getByLabel('Result').last()).toContainText('"mode": "boost"');

  // One step back: what was chosen is in the text, and nothing is left to ask.
  await page.keyboard.press('Escape');
  const decided = { ...START, setpoint: 3, mode: 'boost', label: 'Cold store 3', alerts: { email: false } };
  await expect(text(page)).toBeFocused();
  expect(JSON.parse(await text(page).inputValue())).toEqual(decided);
  expect((await document()).version).toBe(2);
  await save(page, 3).click();
  await expect(stage(page)).toContainText('Saved as v3');
  expect((await document()).state.desired).toEqual(decided);
});

test('what somebody else changes shows in the open form, and can be taken', async ({ page }) => {
  await update({ desired: START });
  await edit(page, 1);
  await form(page);
  await input(page, 'setpoint').fill('5');
  await expect(leaf(page, 'setpoint')).toContainText('was 4');
  await update({ desired: { setpoint: 3 } }, 'ops-console-2');
  await expect(leaf(page, 'setpoint')).toContainText('changed by ops-console-2, v2: 3');
  await expect(input(page, 'setpoint')).toHaveValue('5');
  await expect(editor(page)).toContainText('v2 came while you edit: 1 key changed, by ops-console-2.');
  await leaf(page, 'setpoint').getByRole('button', { name: 'Take theirs for setpoint' }).click();
  await expect(input(page, 'setpoint')).toHaveValue('3');
  await expect(stage(page)).toContainText('Nothing is changed.');
});

test('a document that is too large is rejected in the words of the service, and the text stays', async ({ page }) => {
  await update({ desired: START });
  await edit(page, 1);
  const large = { ...START, note: 'x'.repeat(9000) };
  await write(page, large);
  await expect(editor(page)).toContainText('of 8,192 bytes. More than a service takes by default.');
  await save(page, 2).click();
  await expect(stage(page)).toContainText('Rejected: The payload exceeds the maximum size allowed (413).');
  expect(JSON.parse(await text(page).inputValue())).toEqual(large);
  await axe(page);
  await write(page, { ...START, note: 'short' });
  await save(page, 2).click();
  await expect(stage(page)).toContainText('Saved as v2');
  expect((await document()).state.desired.note).toBe('short');
});

test('a named shadow is made, edited, and deleted once that is confirmed', async ({ page }) => {
  await update({ desired: START });
  await look(page);
  await panel(page, 'lamp').getByRole('button', { name: 'Add named shadow' }).click();
  const name = page.getByRole('textbox', { name: 'Name of the shadow' });
  await expect(name).toBeFocused();
  await name.fill('night mode');
  await expect(name).toHaveAccessibleDescription(/" " is not allowed/);
  await name.fill('night');
  await axe(page);
  await name.press('Enter');

  await expect(editor(page)).toContainText('shadow night · no version known yet');
  await write(page, { start: '22:00', dim: 3 });
  await editor(page).getByRole('button', { name: 'Save', exact: true }).click();
  await expect(stage(page)).toContainText('Saved as v1');
  await write(page, { start: '23:00', dim: 3 });
  await save(page, 2).click();
  await expect(stage(page)).toContainText('Saved as v2');
  expect((await document('night')).state.desired).toEqual({ start: '23:00', dim: 3 });
  await expect(panel(page, 'lamp').locator('.segment', { hasText: 'night' })).toHaveAttribute('aria-pressed', 'true');

  await editor(page).getByRole('button', { name: 'Delete shadow' }).click();
  const question = dialog(page, 'Delete shadow');
  await expect(question).toContainText('lamp, shadow night, v2. 2 keys are lost, desired and reported.');
  await axe(page);
  await question.getByRole('button', { name: 'Keep shadow' }).click();
  expect((await document('night')).status).toBe(200);
  await editor(page).getByRole('button', { name: 'Delete shadow' }).click();
  await question.getByRole('button', { name: 'Delete shadow' }).click();
  await expect(stage(page)).toContainText('Deleted (v2)');
  expect((await document('night')).status).toBe(404);
  await page.keyboard.press('Escape');
  await expect(editor(page)).toBeHidden();
  await expect(panel(page, 'lamp').locator('.segment', { hasText: 'night' })).toHaveCount(0);
  expect((await document()).state.desired).toEqual(START);
});

test('the history shows what changed, and a version is restored as a draft', async ({ page }) => {
  await update({ desired: START }, 'installer');
  await look(page);
  await expect(panel(page, 'lamp')).toContainText('v1');
  await update({ desired: { setpoint: 5 } }, 'ops-console-2');
  await update({ desired: { setpoint: 6, mode: null } }, 'ops-console-3');
  await update({ reported: { setpoint: 6 } }, 'lamp');
  await expect(panel(page, 'lamp')).toContainText('v4');
  await panel(page, 'lamp').getByRole('button', { name: 'History' }).click();
  const history = dialog(page, 'History');
  const version = (number) => history.getByRole('button', { name: new RegExp(`^v${number}\\b`) });
  await expect(version(4)).toContainText('newest');
  await expect(version(3)).toContainText('ops-console-3');
  await expect(version(3)).toContainText('setpoint');
  await version(2).click();
  const row = history.getByRole('row', { name: /^setpoint\s+Desired/ });
  await expect(row).toContainText(/5.*6/);
  await expect(history.getByRole('row', { name: /^mode/ })).toContainText('"eco"');
  await axe(page);

  await history.getByRole('button', { name: 'Restore v2' }).click();
  await expect(history).toBeHidden();
  expect(JSON.parse(await text(page).inputValue())).toEqual({ ...START, setpoint: 5 });
  expect((await document()).version).toBe(4);
  await save(page, 5).click();
  await expect(stage(page)).toContainText('Saved as v5');
  expect((await document()).state.desired).toEqual({ ...START, setpoint: 5 });
});

test('the history says since when it listens while there is none', async ({ page }) => {
  await look(page);
  await publish(backend.mqttPort, 'fleet/lamp/location', { lat: 35, lng: 135.7 });
  await panel(page, 'lamp').getByRole('button', { name: 'History' }).click();
  await expect(dialog(page, 'History')).toContainText(/listens since \d\d:\d\d:\d\d/);
});

test('a save in whose middle the link is lost goes out once', async ({ page }) => {
  await update({ desired: START });
  await edit(page, 1);
  await loaded(page);
  await write(page, { ...START, setpoint: 5 });
  await expect(stage(page)).toContainText('1 change.');
  // It takes what is sent and answers nothing more.
  backend.child.kill('SIGSTOP');
  await save(page, 2).click();
  await expect(stage(page)).toContainText('No answer yet.');
  await backend.stop('SIGKILL');
  await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
  await expect(text(page)).toHaveValue(/"setpoint": 5/);
  await backend.start();
  await expect(stage(page)).toContainText('Saved as v2');
  expect(await document()).toMatchObject({ version: 2, state: { desired: { ...START, setpoint: 5 } } });

  await backend.stop('SIGKILL');
  await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
  await write(page, { ...START, setpoint: 6 });
  await save(page, 3).click();
  await expect(stage(page)).toContainText('Queued It waits for the connection');
  await backend.start();
  await expect(stage(page)).toContainText('Saved as v3');
  expect(await document()).toMatchObject({ version: 3, state: { desired: { ...START, setpoint: 6 } } });
});

test('what is typed outlives Escape, and goes only when that is said', async ({ page }) => {
  await update({ desired: START });
  await edit(page, 1);
  await text(page).fill('{ "mode": ');
  await expect(text(page)).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');
  await expect(editor(page)).toBeHidden();
  const open = panel(page, 'lamp').getByRole('button', { name: 'Edit as JSON' });
  await expect(open).toContainText('Draft');
  await open.click();
  await expect(text(page)).toHaveValue('{ "mode": ');
  await editor(page).getByRole('button', { name: 'Discard', exact: true }).click();
  await expect(text(page)).toHaveValue(/Cold store 2/);
  await editor(page).getByRole('button', { name: 'Undo discard' }).click();
  await expect(text(page)).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');

  await panel(page, 'lamp').getByRole('button', { name: 'Add named shadow' }).click();
  await page.getByRole('textbox', { name: 'Name of the shadow' }).fill('night');
  await page.keyboard.press('Enter');
  const question = dialog(page, 'A draft is not saved');
  await expect(question).toContainText('lamp, classic shadow');
  await question.getByRole('button', { name: 'Back to the draft' }).click();
  await expect(text(page)).toHaveValue('{ "mode": ');
});

for (const [name, colorScheme, locale, width] of [
  ['light', 'light', 'en-GB', 1440],
  ['dark', 'dark', 'en-GB', 1440],
  ['ja', 'light', 'ja-JP', 390],
]) {
  test.describe(name, () => {
    test.use({ locale, colorScheme, viewport: { width, height: width < 768 ? 844 : 900 } });

    test('the editor, the merge and the history fit', async ({ page }, info) => {
      const fits = async (part) => {
        expect(await page.evaluate(wider)).toEqual([]);
        await axe(page);
        await page.screenshot({ path: info.outputPath(`${part}.png`) });
      };
      const same = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`zone${n}`, true]));
      await update({ desired: { ...START, ...same }, reported: { mode: 'eco', setpoint: 4, fan: { speed: 40 } } });
      await page.goto(`${backend.page}?device=lamp`);
      await expect(page.getByRole('status').first()).toHaveText(/^(Connected|接続済み)/);
      await page.locator('.panel-foot button').first().click();
      const area = page.locator('#desired-text');
      await expect(area).toHaveValue(/Cold store 2/);
      const mine = { ...START, ...same, setpoint: 5.5, mode: 'boost', label: 'Cold store 3', fan: { speed: 65 } };
      await area.fill(JSON.stringify(mine, null, 2));
      await expect(page.locator('.editor-stage')).toContainText('4');
      await fits('json');
      await area.fill(JSON.stringify(mine, null, 2).replace('"boost",', '"boost"'));
      await expect(area).toHaveAttribute('aria-invalid', 'true');
      await fits('fault');
      await area.fill(JSON.stringify(mine, null, 2));
      await page.locator('.editor-tools .segment').first().click();
      const theirs = { setpoint: 3, mode: 'normal', alerts: { email: false }, schedule: ['06:00', '22:00'] };
      await update({ desired: theirs }, 'ops-console-2');
      await expect(page.locator('.editor-came')).toBeVisible();
      await fits('form');
      await page.locator('.editor-foot .primary').click();
      await page.locator('.merge-option').first().click();
      await expect(page.locator('.merge-option.chosen')).toHaveCount(1);
      await fits('merge');
      await page.keyboard.press('Escape');
      await expect(page.locator('.editor-form')).toBeFocused();
      await page.keyboard.press('Escape');
      await page.locator('.panel-foot button').nth(1).click();
      await page.locator('.version-row').last().click();
      await fits('history');
    });
  });
}

/** What an open dialog holds that is wider than its place, but for what scrolls. */
function wider() {
  return [...globalThis.document.querySelectorAll('dialog[open], dialog[open] *')]
    .filter((it) => it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 1)
    .filter((it) => !['INPUT', 'TEXTAREA', 'PRE'].includes(it.tagName))
    // Only read aloud where the table is a stack.
    .filter((it) => innerWidth >= 768 || it.closest('thead') === null)
    .filter((it) => {
      const { display, overflowX, clipPath } = getComputedStyle(it);
      return display !== 'inline' && overflowX !== 'auto' && clipPath === 'none';
    })
    .map((it) => `${it.tagName}.${it.className}: ${it.textContent}`);
}
