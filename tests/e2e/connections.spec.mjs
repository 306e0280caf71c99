// The dialog in which connections are entered, kept and chosen: what it stores and what it never does, what it says of
// a field, and how several tabs share an identifier.
import { connected, connection, expect, test } from './page.mjs';
import { Backend, Mosquitto } from './processes.mjs';

let backend;
test.beforeAll(async () => {
  backend = await Backend.start(['--fleet', '3', '--seed', '7']);
});
test.afterAll(async () => {
  await backend.end();
});

const dialog = (page) => page.getByRole('dialog', { name: 'Connections' });
const saved = (page) => dialog(page).getByRole('navigation', { name: 'Connections' });
const details = (page) => page.getByRole('group', { name: 'Connection details' });
const connectButton = (page) => dialog(page).getByRole('button', { name: /^Connect( again)?$/ });

async function edit(page) {
  await connection(page).click();
  await details(page).getByRole('button', { name: 'Edit connection' }).click();
  await expect(dialog(page)).toBeVisible();
}

/** Everything that a page can leave behind in its browser, and its address. */
const leftBehind = (page) =>
  page.evaluate(async () => {
    const bases = [];
    for (const { name, version } of await indexedDB.databases()) {
      const base = await new Promise((resolve) => {
        indexedDB.open(name, version).onsuccess = (event) => resolve(event.target.result);
      });
      for (const store of base.objectStoreNames) {
        const all = base.transaction(store).objectStore(store).getAll();
        bases.push(await new Promise((resolve) => (all.onsuccess = () => resolve(all.result))));
      }
    }
    const stores = [{ ...localStorage }, { ...sessionStorage }, bases, history.state, name];
    return JSON.stringify(stores) + location.href + document.cookie;
  });

test('a broker that is entered is kept, and found again after a reload', async ({ page }) => {
  await page.goto(backend.page);
  await connected(page);
  await edit(page);
  await saved(page).getByRole('button', { name: 'New connection' }).click();
  await dialog(page).getByLabel('Broker address').fill(backend.broker);
  await dialog(page).getByLabel('Client identifier').fill('desk');
  await dialog(page).getByText('More:').click();
  await dialog(page).getByLabel('Name').last().fill('Plant Kyoto');
  await dialog(page).getByLabel('Topic patterns of positions').fill('fleet/{thing}/location');
  await expect(dialog(page)).toContainText('Subscribe to 11 filters');
  await connectButton(page).click();
  // It closes by itself once the link stands and nothing is to be said.
  await expect(dialog(page)).toHaveCount(0);
  await connected(page);
  await page.reload();
  await connected(page);
  await connection(page).click();
  await expect(details(page)).toContainText('as desk');
  await expect(details(page)).toContainText('11 / 50');
  await page.keyboard.press('Escape');
  await edit(page);
  await expect(saved(page).getByRole('button', { name: /Plant Kyoto/ })).toHaveAttribute('aria-current', 'true');
});

test('a connection is renamed, deleted, and saved again while its form is open', async ({ page }) => {
  await page.goto(backend.page);
  await connected(page);
  await edit(page);
  await dialog(page).getByText('More:').click();
  await dialog(page).getByLabel('Name').last().fill('Kept');
  await dialog(page).getByRole('button', { name: 'Save without secrets' }).click();
  await expect(dialog(page).getByRole('button', { name: 'Saved' })).toBeDisabled();
  const kept = saved(page).getByRole('button', { name: /Kept/ });
  await expect(kept).toBeVisible();
  await dialog(page).getByRole('button', { name: 'Delete' }).click();
  await expect(kept).toHaveCount(0);
  expect(await leftBehind(page)).not.toContain('Kept');
  await dialog(page).getByRole('button', { name: 'Save without secrets' }).click();
  await expect(kept).toBeVisible();
  await connected(page);
});

test('the profile of an earlier version is taken over once', async ({ page }) => {
  await page.goto(backend.page);
  await connected(page);
  const lines = `${backend.broker}\nold-desk\n\n`;
  await page.evaluate((lines) => localStorage.setItem('gnomon.profile', lines), lines);
  await page.reload();
  await connected(page);
  await connection(page).click();
  await expect(details(page)).toContainText('as old-desk');
  const kept = await page.evaluate(() => ({ ...localStorage }));
  expect(kept['gnomon.profile']).toBeUndefined();
  expect(kept['gnomon.profiles']).toContain('old-desk');
});

test.describe('where nobody listens', () => {
  // The doctor asks why.
  test.use({ asked: [/^http:\/\/127\.0\.0\.1:9\//], provoked: [/Failed to load resource: net::/] });

  test('no secret of any way is left behind', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    const ways = {
      'Any broker': {
        'Broker address': 'ws://127.0.0.1:9/mqtt?token=hidden-query',
        'User name': 'plant-ops',
        Password: 'hidden-password',
      },
      'AWS keys': {
        Endpoint: 'ws://127.0.0.1:9/mqtt',
        Region: 'us-east-1',
        'Access key ID': 'AKIDEXAMPLE',
        'Secret access key': 'hidden-key',
        'Session token': 'hidden-session',
      },
      'AWS Cognito': {
        Endpoint: 'ws://127.0.0.1:9/mqtt',
        Region: 'us-east-1',
        'Identity pool ID': 'us-east-1:1-2-3',
        'Sign-in provider': 'accounts.example',
        'Sign-in token': 'hidden-login',
        'Cognito address': 'http://127.0.0.1:9/',
      },
      'Custom authorizer': {
        Endpoint: 'ws://127.0.0.1:9/mqtt',
        Region: 'us-east-1',
        'Authorizer name': 'mine',
        'Token key name': 'key',
        Token: 'hidden-token',
        'Token signature': 'hidden-signature',
        Password: 'hidden-word',
      },
    };
    await edit(page);
    for (const [way, fields] of Object.entries(ways)) {
      await saved(page).getByRole('button', { name: 'New connection' }).click();
      await dialog(page).getByRole('tab', { name: way }).click();
      for (const [name, text] of Object.entries(fields)) {
        await dialog(page).getByLabel(name, { exact: true }).fill(text);
      }
      await dialog(page).getByRole('button', { name: 'Save without secrets' }).click();
      await connectButton(page).click();
      await expect(connection(page)).toHaveText(/^(Disconnected|Failed)/);
      const left = await leftBehind(page);
      expect(left).toContain('gnomon.profiles');
      expect(left).not.toContain('hidden');
    }
    const left = await leftBehind(page);
    for (const word of ['plant-ops', 'AKIDEXAMPLE', 'us-east-1:1-2-3', 'accounts.example', 'mine']) {
      expect(left).toContain(word);
    }
    // A reload asks for what was not kept, and for nothing else.
    await page.reload();
    await expect(dialog(page)).toContainText('Gnomon never stores a secret.');
    await expect(dialog(page).getByLabel('Token', { exact: true })).toBeFocused();
    await expect(dialog(page).getByLabel('Token', { exact: true })).toHaveValue('');
    await expect(dialog(page).getByLabel('Authorizer name')).toHaveValue('mine');
  });
});

test('what is wrong stands at its field, and nothing is lost', async ({ page }) => {
  await page.goto(backend.page);
  await connected(page);
  await edit(page);
  await saved(page).getByRole('button', { name: 'New connection' }).click();
  const tab = dialog(page).getByRole('tab', { name: 'Any broker' });
  await tab.focus();
  await page.keyboard.press('ArrowRight');
  await expect(dialog(page).getByRole('tab', { name: 'AWS keys' })).toBeFocused();
  const endpoint = dialog(page).getByLabel('Endpoint');
  await endpoint.fill('a1b2-ats.iot.ap-northeast-1.amazonaws.com');
  await expect(endpoint).toHaveAccessibleDescription(/Region read from the endpoint: ap-northeast-1\./);
  await expect(dialog(page).getByLabel('Region')).toHaveCount(0);
  await endpoint.fill('iot.example.net');
  await dialog(page).getByLabel('Keep-alive').fill('5');
  await connectButton(page).click();
  for (const [name, says] of [
    ['Region', /names no region/],
    ['Access key ID', /Needed/],
    ['Secret access key', /Needed/],
    ['Keep-alive', /30 to 1200/],
  ]) {
    await expect(dialog(page).getByLabel(name)).toHaveAttribute('aria-invalid', 'true');
    await expect(dialog(page).getByLabel(name)).toHaveAccessibleDescription(says);
  }
  await expect(dialog(page).getByLabel('Region')).toBeFocused();
  await expect(endpoint).toHaveValue('iot.example.net');
  // The tab before still holds what it held, and so does this one.
  await tab.click();
  await dialog(page).getByRole('tab', { name: 'AWS keys' }).click();
  await expect(endpoint).toHaveValue('iot.example.net');
  await connected(page);
});

test.describe('with a clipboard', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('keys are pasted as they were printed', async ({ page }) => {
    await page.goto(backend.page);
    await connected(page);
    await edit(page);
    await dialog(page).getByRole('tab', { name: 'AWS keys' }).click();
    await page.evaluate(() =>
      navigator.clipboard.writeText(
        'export AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nexport AWS_SECRET_ACCESS_KEY=abc/def\nexport AWS_SESSION_TOKEN=t==\n',
      ),
    );
    await dialog(page).getByLabel('Access key ID').focus();
    await page.keyboard.press('Control+V');
    await expect(dialog(page).getByLabel('Access key ID')).toHaveValue('ASIAEXAMPLE');
    await expect(dialog(page).getByLabel('Secret access key')).toHaveValue('abc/def');
    await expect(dialog(page).getByLabel('Session token')).toHaveValue('t==');
  });
});

test('tabs with the same identifier connect under names of their own', async ({ page, context }) => {
  await page.goto(backend.page);
  await connected(page);
  await edit(page);
  await dialog(page).getByLabel('Client identifier').fill('shared');
  await connectButton(page).click();
  await expect(dialog(page)).toHaveCount(0);
  const second = await context.newPage();
  await second.goto(backend.page);
  for (const [tab, name] of [
    [page, 'as shared'],
    [second, 'as shared-2'],
  ]) {
    await connected(tab);
    await connection(tab).click();
    await expect(details(tab).getByText(name, { exact: true })).toBeVisible();
  }
  await page.close();
  await second.reload();
  await connected(second);
  await connection(second).click();
  await expect(details(second).getByText('as shared', { exact: true })).toBeVisible();
  await details(second).getByRole('button', { name: 'Edit connection' }).click();
  await expect(dialog(second).getByLabel('Client identifier')).toHaveValue('shared');
  await second.close();
});

test('the dialog keeps the focus, and gives it back', async ({ page }) => {
  await page.goto(backend.page);
  await connected(page);
  await edit(page);
  await expect(dialog(page).getByLabel('Broker address')).toBeFocused();
  // Past the last control comes the browser's own bar, which is the body to the page.
  const place = () =>
    page.evaluate(() => {
      const { activeElement } = document;
      return activeElement === document.body ? 'browser' : activeElement.closest('dialog') ? 'dialog' : 'behind';
    });
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab');
    expect(await place()).not.toBe('behind');
  }
  await dialog(page).getByLabel('Broker address').focus();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Connection details' })).toBeFocused();
});

test('the dialog shows the steps of what it tries, and stays while something is wrong', async ({ page }) => {
  const mosquitto = await Mosquitto.start({ password: 'right' });
  try {
    await page.goto(backend.page);
    await connected(page);
    await edit(page);
    await dialog(page).getByLabel('Broker address').fill(mosquitto.broker);
    await dialog(page).getByLabel('User name').fill('plant-ops');
    await dialog(page).getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    const doctor = dialog(page).getByRole('region', { name: 'Connection doctor' });
    await expect(doctor).toContainText('CONNECT not accepted');
    await expect(doctor.getByRole('group', { name: 'Finding' })).toContainText('refused the sign-in');
    await expect(dialog(page).getByLabel('Password')).toBeFocused();
    await dialog(page).getByLabel('Password').fill('right');
    await page.keyboard.press('Enter');
    await expect(dialog(page)).toHaveCount(0);
    await connected(page);
  } finally {
    await mosquitto.end();
  }
});
