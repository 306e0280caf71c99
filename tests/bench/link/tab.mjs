// One page under load: what it counts, and what it costs.
import { readFile } from 'node:fs/promises';

const ADDRESSES = {
  gnomon: '/gnomon/?',
  'mqtt.js': '/peers/mqtt?',
  bare: '/peers/bare?',
  'bare-worker': '/peers/bare?worker&',
};

// What runs in the page.

/** How many messages it has counted. Gnomon tells it in the details of its link, which are opened. */
const COUNT = `(() => {
  const details = document.querySelector('#link-details');
  if (!details) document.querySelector('[aria-controls="link-details"]')?.click();
  return globalThis.received ?? Number(details?.dataset.received ?? 0);
})()`;

const watch = (expected) => `new Promise((done) => {
  const look = () => (${COUNT} >= ${expected} ? done() : requestAnimationFrame(look));
  look();
})`;

/** Chromium tells of tasks that took 50 ms or more. */
const NOTE_LONG_TASKS = `{
  globalThis.longTasks = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries()));
  observer.observe({ type: 'longtask' });
}`;

const longestSince = (start) => `longTasks
  .filter(({ startTime }) => startTime >= ${start})
  .reduce((longest, { duration }) => Math.max(longest, duration), 0)`;

const DROPPED = `[...document.querySelectorAll('#link-details dl div')]
  .filter((figure) => figure.querySelector('dt')?.textContent === 'dropped')
  .map((figure) => Number(figure.querySelector('dd').textContent.replace(/\\D/g, '')))[0]`;

export class Tab {
  static async open(chromium, site, name, sender) {
    const tab = Object.assign(new Tab(), { chromium, sender, name, expected: 0 });
    const { targetId } = await chromium.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await chromium.send('Target.attachToTarget', { targetId, flatten: true });
    Object.assign(tab, { targetId, sessionId });
    await tab.send('Performance.enable');
    const broker = encodeURIComponent(`ws://${sender}/mqtt`);
    await tab.send('Page.navigate', { url: `${site.origin}${ADDRESSES[name]}broker=${broker}` });
    // It may still be the blank page that answers, and a page that is left answers no more.
    while ((await tab.evaluate('location.href')) === 'about:blank');
    await tab.evaluate(`new Promise((done) => (document.readyState === 'complete' ? done() : addEventListener('load', done)))`);
    await tab.evaluate(NOTE_LONG_TASKS);
    return tab;
  }

  async close() {
    await this.chromium.send('Target.closeTarget', { targetId: this.targetId });
  }

  send(method, params) {
    return this.chromium.send(method, params, this.sessionId);
  }

  async evaluate(expression) {
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', asked);
    if (exceptionDetails) throw new Error(`${this.name}: ${exceptionDetails.exception?.description}`);
    return result.value;
  }

  /** Has messages sent, waits until the page has counted them all, and gives the figures of that time. */
  async receive(load) {
    this.expected += load.messages;
    const start = await this.evaluate('performance.now()');
    const droppedBefore = await this.evaluate(DROPPED);
    const before = await this.metrics();
    const began = performance.now();
    const sending = fetch(`http://${this.sender}/send?${new URLSearchParams(load)}`);
    await this.evaluate(watch(this.expected));
    const took = (performance.now() - began) / 1000;
    const after = await this.metrics();
    const sent = Number(await (await sending).text());
    const counted = await this.evaluate(COUNT);
    if (counted !== this.expected) {
      throw new Error(`${this.name} counted ${counted} messages, and ${this.expected} were sent`);
    }
    const dropped = await this.evaluate(DROPPED);
    return {
      devices: load.devices,
      ...(load.rate && { updates_per_s: load.rate }),
      packets_per_frame: load.packets,
      messages: load.messages,
      messages_per_s: Math.round(load.messages / took),
      main_busy: round((after.TaskDuration - before.TaskDuration) / (after.Timestamp - before.Timestamp)),
      // 0: none of 50 ms or more.
      longest_task_ms: Math.round(await this.evaluate(longestSince(start))),
      ...(load.rate && { behind_ms: Math.max(0, Math.round((took - load.messages / load.rate) * 1000)) }),
      ...(dropped !== undefined && { dropped: dropped - (droppedBefore ?? 0) }),
      ...(await this.memory()),
      sender_s: round(sent),
    };
  }

  async metrics() {
    const { metrics } = await this.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }

  /** After a collection. The renderer is the one that holds most. */
  async memory() {
    await this.chromium.withWorkers(this.sessionId, (session) =>
      this.chromium.send('HeapProfiler.collectGarbage', {}, session),
    );
    const { JSHeapUsedSize } = await this.metrics();
    const { processInfo } = await this.chromium.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    const status = await Promise.all(renderers.map(({ id }) => readFile(`/proc/${id}/status`, 'utf8')));
    const resident = status.map((text) => Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024);
    return { heap_mb: round(JSHeapUsedSize / 1e6), process_mb: round(Math.max(...resident) / 1e6) };
  }
}

function round(value) {
  return Number(value.toPrecision(3));
}
