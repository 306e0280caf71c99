// Every state of a control, made by what makes it in earnest, in both lights. The pictures go to target/e2e for a
// person to look at.
import { axe } from './axe.mjs';
import { connected, connection, expect, loaded, openDevice, panel, test } from './page.mjs';
import { Backend, Mosquitto, publish } from './processes.mjs';

const SCHEMES = ['light', 'dark'];

/** Takes pictures, and lays them out on one sheet at the end. */
class Album {
  constructor(page) {
    this.page = page;
    this.shots = [];
  }

  async take(name, row) {
    const shot = { name };
    for (const colorScheme of SCHEMES) {
      await this.page.emulateMedia({ colorScheme });
      shot[colorScheme] = await row.screenshot({ animations: 'disabled' });
    }
    this.shots.push(shot);
  }

  async save(path) {
    const cell = (shot, scheme) => `<td><img src="data:image/png;base64,${shot[scheme].toString('base64')}"></td>`;
    const line = (shot) => `<tr><th>${shot.name}</th>${SCHEMES.map((scheme) => cell(shot, scheme)).join('')}</tr>`;
    const sheet = await this.page.context().newPage();
    const style = 'th { font: 13px sans-serif; text-align: left; padding-right: 16px } td { vertical-align: top } td { padding: 2px 8px }';
    await sheet.setContent(`<style>${style}</style><table>${this.shots.map(line).join('')}</table>`);
    await sheet.screenshot({ path, fullPage: true });
    await sheet.close();
  }
}

const updateOf = (thing) => `$aws/things/${thing}/shadow/update`;
const field = (shown, key) => shown.locator('.field').filter({ has: shown.page().getByText(key, { exact: true }) });
const toggle = (shown, key) => field(shown, key).getByRole('switch').click();

async function toggleReview(shown) {
  await shown.getByRole('button', { name: 'More', exact: true }).click();
  const review = shown.getByRole('menuitemcheckbox', { name: 'Review before sending' });
  await review.click();
  await review.press('Escape');
}

const KINDS = {
  dimmer: 40,
  dimmer_min: 0,
  dimmer_max: 100,
  mode: 'eco',
  mode_options: ['eco', 'normal', 'boost'],
  program: 'wash',
  program_options: ['wash', 'rinse', 'spin', 'dry', 'idle'],
  label: 'Cold store 2',
  interval: 5,
  led: '#2F7ED8',
  reboot: 1,
};
const SWITCHES = { settled: 'off', draft: 'off', accepted: 'off', reported: 'off', timed_out: 'off', superseded: 'off' };

let site, backend, mosquitto;
test.beforeAll(async () => {
  site = await Backend.start();
  const origin = new URL(site.page).origin;
  backend = await Backend.start(['--allow-origin', origin]);
  mosquitto = await Mosquitto.start();
});
test.afterAll(async () => {
  await mosquitto.end();
  await backend.end();
  await site.end();
});

test('each state of a control, in light and dark', async ({ page }, info) => {
  test.setTimeout(240_000);
  const album = new Album(page);
  const open = async (broker) => {
    await page.goto(`${site.page}?broker=${encodeURIComponent(broker)}`);
    await connected(page);
  };
  const update = (thing, state, clientToken) => publish(backend.mqttPort, updateOf(thing), { state, clientToken });
  await page.setViewportSize({ width: 1280, height: 800 });
  const everything = { ...SWITCHES, ...KINDS };
  await open(backend.broker);
  await update('lamp', { desired: everything, reported: everything });
  await update('big', { reported: { rejected: 'off', note: 'x'.repeat(8_160) } });

  await test.step('in front of the device', async () => {
    await openDevice(page, 'lamp');
    const lamp = panel(page, 'lamp');
    await toggle(lamp, 'timed_out');
    await expect(field(lamp, 'timed_out')).toContainText('Timed out', { timeout: 40_000 });
    await album.take('Settled', field(lamp, 'settled'));
    await toggleReview(lamp);
    await toggle(lamp, 'draft');
    await expect(field(lamp, 'draft')).toContainText('Draft');
    await album.take('Draft', field(lamp, 'draft'));
    await toggleReview(lamp);
    await album.take('Timed out', field(lamp, 'timed_out'));
    await toggle(lamp, 'accepted');
    await expect(field(lamp, 'accepted')).toContainText('Accepted');
    await album.take('Accepted', field(lamp, 'accepted'));
    await toggle(lamp, 'reported');
    await expect(field(lamp, 'reported')).toContainText('Accepted');
    await update('lamp', { reported: { reported: 'on' } });
    await expect(field(lamp, 'reported')).toContainText('after sending');
    await album.take('Reported', field(lamp, 'reported'));
    await toggle(lamp, 'superseded');
    await expect(field(lamp, 'superseded')).toContainText('Accepted');
    await update('lamp', { desired: { superseded: 'off' } }, 'ops-console-2');
    await expect(field(lamp, 'superseded')).toContainText('ops-console-2');
    await album.take('Superseded', field(lamp, 'superseded'));
  });

  await test.step('refused', async () => {
    await openDevice(page, 'big');
    const big = panel(page, 'big');
    await toggle(big, 'rejected');
    await expect(field(big, 'rejected')).toContainText('Rejected');
    await album.take('Rejected', field(big, 'rejected'));
  });

  await test.step('each kind with a change on its way', async () => {
    await openDevice(page, 'lamp');
    const lamp = panel(page, 'lamp');
    await field(lamp, 'dimmer').getByRole('slider').press('End');
    await page.keyboard.press('Enter');
    await field(lamp, 'mode').getByRole('radio', { name: 'boost' }).click();
    await field(lamp, 'program').getByRole('button', { name: /^program/ }).click();
    await album.take('Menu', field(lamp, 'program'));
    await lamp.getByRole('menuitemradio', { name: 'spin' }).click();
    for (const [key, text] of [['label', 'Cold store 3'], ['interval', '10'], ['led', '#D6542F']]) {
      await field(lamp, key).getByRole('textbox', { name: key, exact: true }).fill(text);
      if (key === 'label') await album.take('Text draft', field(lamp, key));
      await page.keyboard.press('Enter');
    }
    const reboot = field(lamp, 'reboot').getByRole('button', { name: 'Hold: reboot' });
    await reboot.dispatchEvent('pointerdown', { button: 0 });
    await expect(field(lamp, 'reboot')).toContainText('Accepted');
    await page.setViewportSize({ width: 1280, height: 1600 });
    await album.take('On its way', lamp);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await axe(page, '.device-panel');
    }
    for (const [width, height] of [[360, 780], [390, 844]]) {
      await page.setViewportSize({ width, height });
      await lamp.locator('..').getByRole('slider', { name: 'Height of the sheet' }).press('End');
      await page.screenshot({ path: info.outputPath(`panel-${width}.png`) });
      const overflow = await lamp.evaluate((it) => it.scrollWidth - it.clientWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step('without a shadow service', async () => {
    await open(mosquitto.broker);
    const current = { state: { reported: { sent: 'off' } }, metadata: {}, version: 1 };
    await expect(async () => {
      await publish(mosquitto.mqttPort, `${updateOf('lone')}/documents`, { previous: null, current, timestamp: 1 });
      await openDevice(page, 'lone');
    }).toPass();
    const lone = panel(page, 'lone');
    await toggle(lone, 'sent');
    await expect(field(lone, 'sent')).toContainText('no answer yet');
    await album.take('Sent', field(lone, 'sent'));
  });

  await test.step('without a connection', async () => {
    await open(backend.broker);
    await update('lamp', { reported: { settled: 'off' } });
    await openDevice(page, 'lamp');
    const lamp = panel(page, 'lamp');
    await loaded(page);
    await backend.stop('SIGKILL');
    await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
    await toggle(lamp, 'settled');
    await expect(field(lamp, 'settled')).toContainText('Queued');
    await album.take('Queued', field(lamp, 'settled'));
    await backend.start();
  });
  await album.save(info.outputPath('components.png'));
});
