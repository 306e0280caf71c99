// One page under load: what it counts, and what it costs.
import { readFile } from 'node:fs/promises';

/** Long enough for any machine. */
const PATIENCE = 300_000;

const ADDRESSES = {
  gnomon: '/gnomon/?',
  'mqtt.js': '/peers/mqtt?',
  bare: '/peers/bare?',
  'bare-worker': '/peers/bare?worker&',
};

/** In the page: how many messages it has counted. Gnomon tells it in the details of its link. */
const count = () =>
  globalThis.received ?? Number(document.querySelector('#link-details')?.dataset.received ?? 0);

export class Tab {
  static async open(browser, site, name, sender) {
    const tab = new Tab();
    tab.browser = browser;
    tab.sender = sender;
    tab.name = name;
    tab.expected = 0;
    tab.page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    tab.cdp = await tab.page.context().newCDPSession(tab.page);
    await tab.cdp.send('Performance.enable');
    const broker = encodeURIComponent(`ws://${sender}/mqtt`);
    await tab.page.goto(`${site.origin}${ADDRESSES[name]}broker=${broker}`);
    if (name === 'gnomon') {
      await tab.page.getByRole('status', { name: 'Connection' }).getByText('Connected').waitFor();
      await tab.page.getByRole('button', { name: 'Connection details' }).press('Enter');
    }
    await tab.page.evaluate(() => {
      globalThis.longest = 0;
      const longer = (entries) => entries.getEntries().map(({ duration }) => duration);
      const observer = new PerformanceObserver((entries) => {
        globalThis.longest = Math.max(globalThis.longest, ...longer(entries));
      });
      observer.observe({ type: 'longtask' });
    });
    return tab;
  }

  close() {
    return this.page.close();
  }

  /** Has messages sent, waits until the page has counted them all, and gives the figures of that time. */
  async receive(load) {
    this.expected += load.messages;
    await this.page.evaluate(() => (globalThis.longest = 0));
    const before = await this.metrics();
    const began = performance.now();
    const sending = fetch(`http://${this.sender}/send?${new URLSearchParams(load)}`);
    const options = { polling: 'raf', timeout: PATIENCE };
    await this.page.waitForFunction(`(${count})() >= ${this.expected}`, undefined, options);
    const took = (performance.now() - began) / 1000;
    const after = await this.metrics();
    const sent = Number(await (await sending).text());
    const counted = await this.page.evaluate(count);
    if (counted !== this.expected) {
      throw new Error(`${this.name} counted ${counted} messages, and ${this.expected} were sent`);
    }
    const longest = await this.page.evaluate(() => globalThis.longest);
    const dropped = await this.dropped();
    return {
      devices: load.devices,
      ...(load.rate && { updates_per_s: load.rate }),
      packets_per_frame: load.packets,
      messages: load.messages,
      messages_per_s: Math.round(load.messages / took),
      main_busy: round((after.TaskDuration - before.TaskDuration) / (after.Timestamp - before.Timestamp)),
      // 0: none of 50 ms or more.
      longest_task_ms: Math.round(longest),
      ...(load.rate && { behind_ms: Math.max(0, Math.round((took - load.messages / load.rate) * 1000)) }),
      ...(dropped !== undefined && { dropped }),
      ...(await this.memory()),
      sender_s: round(sent),
    };
  }

  async metrics() {
    const { metrics } = await this.cdp.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }

  async dropped() {
    if (this.name !== 'gnomon') return undefined;
    const figure = this.page.locator('#link-details .details-figures div', { hasText: /dropped/i });
    return Number((await figure.locator('dd').textContent()).replace(/\D/g, ''));
  }

  /** After a collection. The renderer is the one that has worked most since it began. */
  async memory() {
    await this.cdp.send('HeapProfiler.collectGarbage');
    const { JSHeapUsedSize } = await this.metrics();
    const session = await this.browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    const status = await Promise.all(renderers.map(({ id }) => readFile(`/proc/${id}/status`, 'utf8')));
    const resident = status.map((text) => Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024);
    return { heap_mb: round(JSHeapUsedSize / 1e6), process_mb: round(Math.max(...resident) / 1e6) };
  }
}

function round(value) {
  return Number(value.toPrecision(3));
}
