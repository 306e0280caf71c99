// The controls of the device panel: each from the press to the report, and everything that may come between.
import { axe } from './axe.mjs';
import { connected, connection, expect, loaded, openDevice, panel, test } from './page.mjs';
import { Backend, publish, subscribe } from './processes.mjs';

let backend, site;
test.beforeEach(async () => {
  site = await Backend.start();
  backend = await Backend.start(['--allow-origin', new URL(site.page).origin]);
});
test.afterEach(async () => {
  await backend.end();
  await site.end();
});

const UPDATE = '$aws/things/lamp/shadow/update';
const COLOURS = ['#2F7ED8', '#D6542F'];

/** A value for each kind of control. */
const SETTLED = {
  power: 'off',
  lock: true,
  fan: { speed: 40, speed_min: 0, speed_max: 100 },
  mode: 'eco',
  mode_options: ['eco', 'normal', 'boost'],
  program: 'wash',
  program_options: ['wash', 'rinse', 'spin', 'dry', 'idle'],
  label: 'Cold store 2',
  interval: 5,
  led: COLOURS[0],
  reboot: 1,
};

const report = (reported) => publish(backend.mqttPort, UPDATE, { state: { reported } });

/** The lamp's panel, with every control settled or as `more` says. */
async function openLamp(page, more = {}) {
  await page.goto(`${site.page}?broker=${encodeURIComponent(backend.broker)}`);
  await connected(page);
  const reported = { ...SETTLED, ...more, firmware: '2.4.1', temperature: 4.2 };
  await publish(backend.mqttPort, UPDATE, { state: { desired: { ...SETTLED, ...more }, reported } });
  await openDevice(page, 'lamp');
  return panel(page, 'lamp');
}

/** The row of a field, by its path. */
const field = (lamp, key) =>
  lamp.locator('.field').filter({ has: lamp.page().locator('.field-key', { hasText: new RegExp(`^${key}$`) }) });

/** Follows a wish that was just made: accepted without a change of what is reported, and done when the device says. */
async function seeThrough(row, reported) {
  await expect(row).toContainText(/Accepted v\d+/);
  await expect(row).toContainText('Waiting');
  await expect(row).toContainText('You, from this tab');
  await report(reported);
  await expect(row).toContainText(/reported \+[\d.]+ m?s after sending/);
}

test.describe('by keyboard alone', () => {
  test('a switch', async ({ page }) => {
    const row = field(await openLamp(page), 'power');
    const power = row.getByRole('switch', { name: 'power' });
    await power.focus();
    await page.keyboard.press('Space');
    await expect(power).toHaveAttribute('aria-busy', 'true');
    await expect(power).toHaveAttribute('aria-checked', 'false');
    await expect(row.locator('.field-value')).toHaveText('off→on');
    await seeThrough(row, { power: 'on' });
    await expect(power).toHaveAttribute('aria-checked', 'true');
    await expect(power).toHaveAttribute('aria-busy', 'false');
  });

  test('a slider', async ({ page }) => {
    const row = field(await openLamp(page), 'fan.speed');
    const slider = row.getByRole('slider', { name: 'fan.speed' });
    await slider.focus();
    for (const key of ['PageUp', 'PageUp', 'ArrowRight', 'ArrowUp']) await page.keyboard.press(key);
    await expect(slider).toHaveAttribute('aria-valuetext', 'reported 40, draft 62');
    await page.keyboard.press('Escape');
    await expect(slider).toHaveAttribute('aria-valuetext', 'reported 40');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await expect(row).toContainText('Draft');
    await page.keyboard.press('Enter');
    await expect(slider).toHaveAttribute('aria-busy', 'true');
    await expect(slider).toHaveAttribute('aria-valuenow', '40');
    await expect(slider).toHaveAttribute('aria-valuetext', 'reported 40, on its way 99');
    await seeThrough(row, { fan: { speed: 99 } });
    await expect(slider).toHaveAttribute('aria-valuenow', '99');
    await expect(slider).toBeFocused();
  });

  test('a choice side by side', async ({ page }) => {
    const row = field(await openLamp(page), 'mode');
    const option = (name) => row.getByRole('radio', { name });
    await option('eco, reported').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(option('boost')).toBeFocused();
    await page.keyboard.press('Space');
    await expect(option('boost, on its way')).toHaveAttribute('aria-checked', 'false');
    await expect(option('eco, reported')).toHaveAttribute('aria-checked', 'true');
    await expect(row.getByRole('radiogroup', { name: 'mode' })).toHaveAttribute('aria-busy', 'true');
    await seeThrough(row, { mode: 'boost' });
    await expect(option('boost, reported')).toHaveAttribute('aria-checked', 'true');
  });

  test('a choice of many', async ({ page }) => {
    const row = field(await openLamp(page), 'program');
    const button = row.getByRole('button', { name: /^program/ });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(row.getByRole('menuitemradio', { name: 'wash, reported' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(button).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(row.getByRole('menuitemradio', { name: 'wash, reported' })).toBeFocused();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await expect(row.getByRole('menu')).toBeHidden();
    await expect(button).toHaveAccessibleName('program: reported wash, on its way idle');
    await expect(button).toBeFocused();
    await seeThrough(row, { program: 'idle' });
    await expect(button).toHaveAccessibleName('program: reported idle');
  });

  test('a text', async ({ page }) => {
    const row = field(await openLamp(page), 'label');
    const input = row.getByRole('textbox', { name: 'label' });
    await input.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('3');
    await expect(input).toHaveValue('Cold store 3');
    await expect(row).toContainText('Draft · reported Cold store 2');
    await page.keyboard.press('Escape');
    await expect(input).toHaveValue('Cold store 2');
    await expect(row).not.toContainText('Draft');
    await page.keyboard.press('End');
    await page.keyboard.type('1');
    await page.keyboard.press('Enter');
    await expect(input).toHaveAttribute('aria-busy', 'true');
    await expect(row).toContainText('reported Cold store 2');
    await seeThrough(row, { label: 'Cold store 21' });
    await expect(input).toHaveValue('Cold store 21');
  });

  test('a number, and what is none', async ({ page }) => {
    const row = field(await openLamp(page), 'interval');
    const input = row.getByRole('textbox', { name: 'interval' });
    await input.focus();
    await page.keyboard.press('End');
    await page.keyboard.type('x');
    await expect(row).toContainText('This is not a number.');
    await expect(row.getByRole('button', { name: 'Send' })).toBeDisabled();
    await page.keyboard.press('Enter');
    await expect(input).toHaveValue('5x');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('0');
    await page.keyboard.press('Enter');
    await seeThrough(row, { interval: 50 });
    await expect(input).toHaveValue('50');
  });

  test('a colour', async ({ page }) => {
    const row = field(await openLamp(page), 'led');
    const input = row.getByRole('textbox', { name: 'led', exact: true });
    await input.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('red');
    await expect(row).toContainText('A colour looks like #D6542F.');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(COLOURS[1]);
    await expect(row.locator('span.swatch')).toHaveCSS('background-color', 'rgb(47, 126, 216)');
    await expect(row.getByLabel('Choose led')).toHaveValue(COLOURS[1].toLowerCase());
    await page.keyboard.press('Enter');
    await seeThrough(row, { led: COLOURS[1] });
    await expect(row.locator('span.swatch')).toBeHidden();
  });

  test('what happens once is held', async ({ page }) => {
    const row = field(await openLamp(page), 'reboot');
    const button = row.getByRole('button', { name: 'Hold: reboot' });
    await button.focus();
    await page.keyboard.press('Space');
    await page.keyboard.down('Space');
    await expect(button).toHaveAttribute('aria-busy', 'true');
    await page.keyboard.up('Space');
    await expect(row).toContainText(/Accepted v\d+/);
    const { state } = await shadow();
    expect(state.desired.reboot).toBe(2);
    await expect(row).not.toContainText('Waiting');
  });
});

/** The document as the service has it. */
async function shadow() {
  const answer = await fetch(`${backend.page}things/lamp/shadow`);
  return answer.json();
}

test('a slider follows the pointer, sends when it is let go, and Escape before that forgets it', async ({ page }) => {
  const row = field(await openLamp(page), 'fan.speed');
  const slider = row.getByRole('slider');
  const { x, y, width, height } = await slider.boundingBox();
  const at = (share) => [x + width * share, y + height / 2];
  await page.mouse.move(...at(0.4));
  await page.mouse.down();
  await page.mouse.move(...at(0.72));
  await expect(slider).toHaveAttribute('aria-valuetext', /^reported 40, draft 7[12]$/);
  await page.keyboard.press('Escape');
  await expect(slider).toHaveAttribute('aria-valuetext', 'reported 40');
  await page.mouse.up();
  await expect(slider).toHaveAttribute('aria-busy', 'false');
  // A draft gives way to what is let go.
  await slider.press('End');
  await page.mouse.move(...at(0.4));
  await page.mouse.down();
  await page.mouse.move(...at(0.72));
  await page.mouse.up();
  await expect(slider).toHaveAttribute('aria-valuetext', /^reported 40, on its way 7[12]$/);
  await expect(slider).toHaveAttribute('aria-valuenow', '40');
  await expect.poll(async () => (await shadow()).state.desired.fan.speed).toBeGreaterThan(70);
  const { speed } = (await shadow()).state.desired.fan;
  await seeThrough(row, { fan: { speed } });
  await expect(slider).toHaveAttribute('aria-valuetext', `reported ${speed}`);
});

test('a change that nobody reports times out, stays wished, and is settled by a late report', async ({ page }) => {
  test.setTimeout(120_000);
  const lamp = await openLamp(page);
  const power = field(lamp, 'power').getByRole('switch');
  await power.click();
  await field(lamp, 'lock').getByRole('switch').click();
  await field(lamp, 'mode').getByRole('radio', { name: 'boost' }).click();
  await expect(power).toHaveAttribute('aria-busy', 'true');
  await expect(field(lamp, 'power')).toContainText('Timed out', { timeout: 40_000 });
  await expect(power).toHaveAttribute('aria-busy', 'false');
  await expect(power).toHaveAttribute('aria-checked', 'false');
  await expect(power).toHaveAttribute('data-wish', 'on');
  await axe(page, '.device-panel');
  await report({ power: 'on' });
  await expect(power).toHaveAttribute('aria-checked', 'true');
  await expect(field(lamp, 'power')).not.toContainText('Timed out');

  await expect(field(lamp, 'lock')).toContainText('Timed out');
  await field(lamp, 'lock').getByRole('button', { name: 'Send again' }).click();
  await seeThrough(field(lamp, 'lock'), { lock: false });

  await expect(field(lamp, 'mode')).toContainText('Timed out');
  await field(lamp, 'mode').getByRole('button', { name: 'Accept reported eco' }).click();
  await expect(field(lamp, 'mode')).not.toContainText('Timed out');
  await expect.poll(async () => (await shadow()).state.desired.mode).toBe('eco');
  await expect(field(lamp, 'mode').locator('.choice-segment.wished')).toHaveCount(0);
});

test('without a connection the newest wish for a key waits, and goes out alone', async ({ page }) => {
  const lamp = await openLamp(page);
  await loaded(page);
  const mode = field(lamp, 'mode');
  await backend.stop('SIGKILL');
  await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
  await mode.getByRole('radio', { name: 'boost' }).click();
  await expect(mode).toContainText('Queued');
  await expect(mode).toContainText('newest wins');
  await mode.getByRole('radio', { name: 'normal' }).click();
  await expect(mode.getByRole('radio', { name: 'normal, on its way' })).toBeVisible();
  await expect(mode.locator('.wished')).toHaveCount(1);
  await backend.start();
  const updates = await subscribe(backend.mqttPort, UPDATE);
  await expect(connection(page)).toHaveText(/^Connected/, { timeout: 40_000 });
  await seeThrough(mode, { mode: 'normal' });
  updates.stop();
  const wishes = updates.payloads.map(({ state }) => state.desired).filter(Boolean);
  expect(wishes).toEqual([{ mode: 'normal' }]);
});

test('a refusal stands in the service’s words until it is closed', async ({ page }) => {
  const row = field(await openLamp(page), 'label');
  const input = row.getByRole('textbox', { name: 'label' });
  await input.fill('x'.repeat(8_190));
  await input.press('Enter');
  await expect(row).toContainText('The payload exceeds the maximum size allowed (413)');
  await expect(row).toContainText('still Cold store 2');
  await expect(input).toHaveValue('Cold store 2');
  await expect(input).toHaveAttribute('aria-busy', 'false');
  await axe(page, '.device-panel');
  await row.getByRole('button', { name: 'Close' }).click();
  await expect(row).not.toContainText('Rejected');
});

test('a wish is taken back', async ({ page }) => {
  const row = field(await openLamp(page), 'power');
  const power = row.getByRole('switch');
  await power.click();
  await expect(row).toContainText(/Accepted v\d+/);
  await power.click();
  await expect(power).toHaveAttribute('aria-busy', 'false');
  expect((await shadow()).state.desired.power).toBe('off');
  await power.click();
  await expect(row).toContainText(/Accepted v\d+/);
  await row.getByRole('button', { name: 'Take back' }).click();
  await expect(power).not.toHaveAttribute('data-wish');
  await expect.poll(async () => (await shadow()).state.desired.power).toBe('off');
});

test('who overtakes a wish is named', async ({ page }) => {
  const row = field(await openLamp(page), 'mode');
  await row.getByRole('radio', { name: 'boost' }).click();
  await expect(row).toContainText(/Accepted v\d+/);
  await publish(backend.mqttPort, UPDATE, { state: { desired: { mode: 'normal' } }, clientToken: 'ops-console-2' });
  await expect(row).toContainText(/Superseded · boost replaced by normal \(ops-console-2, v\d+\)/);
  await expect(row.locator('s')).toHaveText('boost');
  await expect(row.getByRole('radio', { name: 'normal, on its way' })).toBeVisible();
  // It folds, and leaves what the other one wishes.
  await expect(row).not.toContainText('Superseded');
  await expect(row).toContainText(/wished .* ago · ops-console-2/);
});

test('a draft outlives its panel and goes when it is discarded', async ({ page }) => {
  const lamp = await openLamp(page);
  await publish(backend.mqttPort, '$aws/things/other/shadow/update', { state: { reported: { power: 'on' } } });
  await field(lamp, 'label').getByRole('textbox').fill('Cold store 3');
  await field(lamp, 'fan.speed').getByRole('slider').press('End');
  await openDevice(page, 'other');
  await openDevice(page, 'lamp');
  await expect(field(lamp, 'label')).toContainText('Draft · reported Cold store 2');
  await expect(field(lamp, 'label').getByRole('textbox')).toHaveValue('Cold store 3');
  await expect(field(lamp, 'fan.speed').getByRole('slider')).toHaveAttribute('aria-valuetext', 'reported 40, draft 100');
  // What is on its way or drafted comes first when a panel opens.
  const keys = await lamp.locator('.field .field-key').allTextContents();
  expect(keys.slice(0, 2).sort()).toEqual(['fan.speed', 'label']);
  await page.keyboard.press('Escape');
  await expect(lamp).toBeHidden();
  await openDevice(page, 'lamp');
  await field(lamp, 'label').getByRole('button', { name: 'Discard draft' }).click();
  await expect(field(lamp, 'label').getByRole('textbox')).toHaveValue('Cold store 2');
  await expect(field(lamp, 'label').getByRole('textbox')).toBeFocused();
  await field(lamp, 'fan.speed').getByRole('button', { name: 'Send' }).click();
  await seeThrough(field(lamp, 'fan.speed'), { fan: { speed: 100 } });
});

test('with review before sending a press makes a draft, which a second one sends', async ({ page }) => {
  const lamp = await openLamp(page);
  await lamp.getByRole('button', { name: 'More' }).click();
  await lamp.getByRole('menuitemcheckbox', { name: 'Review before sending' }).click();
  await page.keyboard.press('Escape');
  const updates = await subscribe(backend.mqttPort, UPDATE);
  const power = field(lamp, 'power').getByRole('switch');
  await power.click();
  await expect(power).toHaveAttribute('data-wish', 'on');
  await expect(power).toHaveAttribute('aria-busy', 'false');
  await expect(field(lamp, 'power')).toContainText('Draft · reported off');
  await field(lamp, 'mode').getByRole('radio', { name: 'boost' }).click();
  await expect(field(lamp, 'mode')).toContainText('Draft · reported eco');
  await power.focus();
  await page.keyboard.press('Escape');
  await expect(power).not.toHaveAttribute('data-wish');
  await field(lamp, 'mode').getByRole('button', { name: 'Send' }).click();
  await seeThrough(field(lamp, 'mode'), { mode: 'boost' });
  updates.stop();
  const wishes = updates.payloads.map(({ state }) => state.desired).filter(Boolean);
  expect(wishes).toEqual([{ mode: 'boost' }]);
});

test('what is said about a key survives a reload, and goes out and in as a text', async ({ page }) => {
  const lamp = await openLamp(page);
  await field(lamp, 'interval').hover();
  await field(lamp, 'interval').getByRole('button', { name: 'Shape interval' }).click();
  const form = lamp.locator('form.shape');
  await expect(form.getByLabel('Label')).toBeFocused();
  await page.keyboard.type('Pause');
  await form.getByLabel('Unit').fill('s');
  await form.getByLabel('From').fill('0');
  await form.getByLabel('To', { exact: true }).fill('-1');
  await expect(form).toContainText('To must be above From.');
  await form.getByLabel('To', { exact: true }).fill('60');
  await form.getByLabel('Pinned').check();
  await axe(page, '.device-panel');
  await form.getByRole('button', { name: 'Save' }).click();
  const pause = lamp.getByRole('slider', { name: 'Pause (interval)' });
  await expect(pause).toHaveAttribute('aria-valuetext', 'reported 5 s');
  await expect(pause).toHaveAttribute('aria-valuemax', '60');

  await page.reload();
  await connected(page);
  await expect(pause).toHaveAttribute('aria-valuetext', 'reported 5 s');
  await expect(lamp.locator('.field .field-key').first()).toHaveText('Pause');

  const choose = async (name) => {
    await lamp.getByRole('button', { name: 'More' }).click();
    await lamp.getByRole('menuitem', { name }).click();
  };
  await choose('Export controls');
  const dialog = page.getByRole('dialog');
  const text = await dialog.getByRole('textbox').inputValue();
  expect(text).toContain('label=Pause');
  await axe(page, 'dialog');
  await page.keyboard.press('Escape');

  await lamp.getByRole('button', { name: /^Shape Pause/ }).click();
  await form.getByRole('button', { name: 'Follow the data' }).click();
  await expect(lamp.getByRole('textbox', { name: 'interval' })).toBeVisible();

  await choose('Import controls');
  const lines = text.trimEnd().split('\n');
  await dialog.getByRole('textbox').fill([...lines, 'min=much'].join('\n'));
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog).toContainText(`Line ${lines.length + 1}`);
  await expect(lamp.getByRole('textbox', { name: 'interval' })).toBeVisible();
  await dialog.getByRole('textbox').fill(text);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(pause).toBeVisible();
});

test('a key that is only reported is shown without a control, and gets one when a person says so', async ({ page }) => {
  const lamp = await openLamp(page);
  const facts = lamp.locator('.facts');
  await expect(facts).toContainText('firmware');
  const temperature = facts.locator('.fact', { hasText: 'temperature' });
  for (const value of [4.3, 4.5, 4.1]) {
    await report({ temperature: value });
    await expect(temperature).toContainText(String(value));
  }
  await expect(temperature.locator('.spark')).toBeVisible();
  await facts.getByRole('button', { name: 'Shape firmware' }).press('Enter');
  await lamp.getByLabel('Control').selectOption('Text');
  await lamp.getByRole('button', { name: 'Save' }).click();
  await expect(lamp.getByRole('textbox', { name: 'firmware' })).toHaveValue('2.4.1');
  await expect(facts).not.toContainText('firmware');
});

test('what was never reported is unknown, and no knob says otherwise', async ({ page }) => {
  await page.goto(`${site.page}?broker=${encodeURIComponent(backend.broker)}`);
  await connected(page);
  const desired = { power: 'on', fan: { speed: 40, speed_min: 0, speed_max: 100 }, led: COLOURS[0] };
  await publish(backend.mqttPort, UPDATE, { state: { desired } });
  await openDevice(page, 'lamp');
  const lamp = panel(page, 'lamp');
  await expect(field(lamp, 'power').locator('.field-value')).toHaveText('unknown→on');
  await expect(field(lamp, 'power').locator('.switch')).toHaveClass(/unknown/);
  await expect(field(lamp, 'fan.speed').locator('.field-value')).toHaveText('unknown→40');
  await expect(field(lamp, 'fan.speed').locator('.slider-knob')).toBeHidden();
  await expect(field(lamp, 'fan.speed').locator('.slider-ghost')).toBeVisible();
  await expect(field(lamp, 'led')).toContainText('never reported');
  await axe(page, '.device-panel');
});
