// What fits on which screen, in which light and language. The pictures go to target/e2e for a person to look at.
import { connected, connection, devices, expect, loaded, openDevice, row, test } from './page.mjs';
import { Backend } from './processes.mjs';

let backend;
test.beforeAll(async () => {
  backend = await Backend.start(['--fleet', '25', '--seed', '7']);
});
test.afterAll(async () => {
  await backend.end();
});

/** The texts in an element that are wider than their place, but for those that end in an ellipsis or scroll. */
const cutOff = (root) =>
  [...root.querySelectorAll('*')]
    .filter((it) => it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0)
    .filter((it) => !['INPUT', 'TEXTAREA'].includes(it.tagName))
    .filter((it) => {
      const { display, overflowX, textOverflow, clipPath } = getComputedStyle(it);
      return display !== 'inline' && textOverflow !== 'ellipsis' && overflowX !== 'auto' && clipPath === 'none';
    })
    .map((it) => `${it.tagName}.${it.className}: ${it.textContent}`);

for (const width of [360, 390, 768, 1100, 1440, 1920]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`nothing is cut off at ${width} px, ${colorScheme}`, async ({ page }, info) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: width < 768 ? 844 : 900 });
      await page.goto(`${backend.page}?device=sim-0002`);
      await connected(page);
      await expect(page.getByRole('switch', { name: 'power' })).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await expect(connection(page)).toBeInViewport();
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: info.outputPath(`${width}-${colorScheme}.png`) });
    });

    // Each light with a language of its own: two pictures of each width show all four.
    const locale = colorScheme === 'light' ? 'en-GB' : 'ja-JP';
    test.describe(locale, () => {
      test.use({ locale });

      test(`no word of the connections is cut off at ${width} px, ${colorScheme}`, async ({ page }, info) => {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: width < 768 ? 844 : 900 });
        await page.goto(backend.page);
        await page.locator('.link-pill').click();
        await page.locator('.details-actions button').first().click();
        const dialog = page.getByRole('dialog');
        await dialog.locator('details summary').click();
        await dialog.locator('.policy-foot button').click();
        for (const tab of await dialog.getByRole('tab').all()) {
          await tab.click();
          expect(await dialog.evaluate(cutOff)).toEqual([]);
        }
        await page.screenshot({ path: info.outputPath(`connections-${width}-${colorScheme}.png`) });
      });
    });
  }
}

test('Japanese and the dark theme are chosen once and kept', async ({ page }) => {
  await page.goto(backend.page);
  await connected(page);
  await page.getByRole('button', { name: /日本語/ }).click();
  const status = page.getByRole('status', { name: '接続' });
  await expect(status).toHaveText(/^接続済み/);
  await page.getByRole('button', { name: /テーマ/ }).click();
  const theme = await page.locator('html').getAttribute('data-theme');
  await page.reload();
  await expect(status).toHaveText(/^接続済み/);
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
});

test.describe('without its engine', () => {
  test.use({ provoked: [/404|engine/] });

  test('the page says that it stopped', async ({ page }) => {
    await page.route('**/engine_loader.js', (route) => route.fulfill({ status: 404 }));
    await page.goto(backend.page);
    await expect(page.getByRole('alert')).toContainText('Gnomon stopped');
  });
});

test('title and favicon tell the state of the link', async ({ page }) => {
  await page.goto(backend.page);
  await connected(page);
  await expect(page).toHaveTitle(/25.*Gnomon/);
  const icon = () => page.locator('#favicon').getAttribute('href');
  const whileConnected = await icon();
  await loaded(page);
  await backend.stop('SIGKILL');
  await expect(connection(page)).toHaveText(/^(Disconnected|Connecting)/);
  await expect.poll(icon).not.toBe(whileConnected);
  await backend.start();
});

test('the list shows what is searched for, and says when nothing is', async ({ page }) => {
  await page.goto(backend.page);
  await connected(page);
  await expect(row(page, 'sim-0001')).toBeVisible();
  const search = page.getByRole('searchbox', { name: 'Search devices' });
  await search.fill('nothing like it');
  await expect(devices(page).getByRole('option')).toHaveCount(0);
  await search.fill('SIM-0012');
  await expect(devices(page).getByRole('option')).toHaveCount(1);
  await openDevice(page, 'sim-0012');
});
