// The page over https and its broker over wss, with the backend's own certificate authority trusted.
import { test as base, connected, connection, expect, openDevice, panel, row } from './page.mjs';
import { Backend, TrustingHome } from './processes.mjs';

const test = base.extend({
  backend: [
    async ({}, use) => {
      const backend = await Backend.start(['--fleet', '25', '--seed', '7']);
      await use(backend);
      await backend.end();
    },
    { scope: 'worker' },
  ],
  /** Chromium finds what it trusts in its home folder. */
  browser: [
    async ({ playwright, launchOptions, backend }, use) => {
      const home = await TrustingHome.make(backend.authority);
      const env = { ...process.env, HOME: home.folder };
      const browser = await playwright.chromium.launch({ ...launchOptions, env });
      await use(browser);
      await browser.close();
      await home.end();
    },
    { scope: 'worker' },
  ],
});

test('the fleet arrives over wss, and a switch works', async ({ page, backend }) => {
  await page.goto(backend.securePage);
  expect(await page.evaluate(() => isSecureContext && location.protocol)).toBe('https:');
  await connected(page);
  await connection(page).click();
  await expect(page.getByText(backend.secureBroker)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(row(page, 'sim-0001')).toBeVisible();

  await openDevice(page, 'sim-0003');
  const power = panel(page, 'sim-0003').getByRole('switch', { name: 'power' });
  const before = await power.getAttribute('aria-checked');
  await power.click();
  await expect(power).toHaveAttribute('aria-busy', 'true');
  await expect(power).toHaveAttribute('aria-checked', before === 'true' ? 'false' : 'true', { timeout: 5_000 });
  await expect(power).toHaveAttribute('aria-busy', 'false');
});
