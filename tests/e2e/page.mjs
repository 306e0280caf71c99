// A page that is watched: an error on its console, a violation of its policy, or a request to another origin
// fails the test that caused it.
import { test as base, expect } from '@playwright/test';
import { ends } from './processes.mjs';

export { expect };

/** Chromium itself reports a refused connection and a failed handshake; the page cannot keep it from doing so. */
const ABOUT_SOCKETS = /WebSocket connection to .* failed/;

export const test = base.extend({
  /** Patterns of console errors that a test provokes on purpose. */
  provoked: [[], { option: true }],
  /** Patterns of addresses elsewhere that a test lets the page ask. */
  asked: [[], { option: true }],
  page: async ({ page, provoked, asked }, use) => {
    const faults = [];
    let isWatched = true;
    const found = (fault) => isWatched && faults.push(fault);
    ends.once('end', () => (isWatched = false));
    const expected = [ABOUT_SOCKETS, ...provoked];
    page.on('console', (message) => {
      const text = message.text();
      if (['error', 'warning'].includes(message.type()) && !expected.some((it) => it.test(text))) {
        found(`console ${message.type()}: ${text}`);
      }
    });
    page.on('pageerror', (error) => found(`error: ${error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      const isElsewhere = url.protocol.startsWith('http') && url.origin !== new URL(page.url()).origin;
      if (isElsewhere && page.url() !== 'about:blank' && !asked.some((it) => it.test(url))) {
        found(`request to another origin: ${url}`);
      }
    });
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    await use(page);
    expect(faults).toEqual([]);
  },
});

export const connection = (page) => page.getByRole('status', { name: 'Connection' });
export const devices = (page) => page.getByRole('listbox', { name: 'Devices' });
export const row = (page, name) => devices(page).getByRole('option', { name: new RegExp(`^${name}\\b`) });
export const panel = (page, name) => page.getByRole('region', { name: `Device ${name}` });
export const map = (page) => page.getByRole('region', { name: 'Map' });

export async function connected(page) {
  await expect(connection(page)).toHaveText(/^Connected/);
}

/** Comes when the page has all its files: a server that ends before that leaves it with half a map. */
export async function loaded(page) {
  await expect(page.locator('[data-base=full]')).toBeAttached({ timeout: 30_000 });
}

/** Opens a device through the search, whatever else the list holds. */
export async function openDevice(page, name) {
  await page.getByRole('searchbox', { name: 'Search devices' }).fill(name);
  await row(page, name).click();
  await expect(panel(page, name)).toBeVisible();
}

/** The middle of the map, where no panel and no clock lies over it. */
export async function mapPixels(page) {
  const { width, height } = page.viewportSize();
  const clip = { x: width * 0.24, y: height * 0.07, width: width * 0.7, height: height * 0.83 };
  return page.screenshot({ clip });
}

/** Waits until the map's pixels differ from those of `before`. */
export async function mapChanges(page, before) {
  await expect.poll(async () => Buffer.compare(before, await mapPixels(page)) !== 0).toBe(true);
}
