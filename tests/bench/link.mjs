// What a page in Chromium receives: Gnomon's own page, MQTT.js doing the same job, and pages that only count.
// Started by `cargo xtask bench link` (backend/benches/link.rs), which is the sender. Never fails because of slowness;
// fails when a page counts another number of messages than was sent.
//
// --json FILE      figures for programs
// --messages N     for each line at 64 packets a frame; a fifth of it at one (1,000,000)
// --memory N       after how many messages memory is looked at, beside a fifth of it (5,000,000)
// --seconds N      of the paced lines (30); 0 leaves them out
// --rate N         of the paced lines, messages a second (50,000)
// --devices N      that the messages are about (1,000)
// --rounds N       of which the median counts (3); 0 leaves those lines out
// --packets A,B    in a frame (1,64)
// --pages A,B      only these
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Chromium } from './link/chromium.mjs';
import { Site } from './link/site.mjs';
import { Tab } from './link/tab.mjs';
import { print } from './link/table.mjs';

/** Milliseconds. */
const REST = 3_000;

const PAGES = ['bare', 'bare-worker', 'mqtt.js', 'gnomon'];
const text = (value) => ({ type: 'string', default: value });
const { values: given } = parseArgs({
  options: {
    json: { type: 'string' },
    messages: text('1000000'),
    memory: text('5000000'),
    seconds: text('30'),
    rate: text('50000'),
    devices: text('1000'),
    rounds: text('3'),
    packets: text('1,64'),
    pages: text(PAGES.join(',')),
  },
});
const [messages, memory, seconds, rate, devices, rounds] = [
  ...[given.messages, given.memory, given.seconds, given.rate, given.devices, given.rounds],
].map(Number);
const pages = given.pages.split(',');
const sizes = given.packets.split(',').map(Number);

const chromium = await Chromium.start();
const site = await Site.start();

/** A page of its own for each line: none inherits another's memory. */
async function onTab(name, use) {
  const tab = await Tab.open(chromium, site, name, process.env.GNOMON_SENDER);
  try {
    return { page: name, ...(await use(tab)) };
  } finally {
    await tab.close();
  }
}

/** The browser compiles what is used much, and a page that was just opened has its map to draw. */
async function warm(tab, packets) {
  await tab.receive({ messages: 50_000, packets, devices });
  await new Promise((rested) => setTimeout(rested, REST));
}

/** As fast as the page takes it. */
async function flood(name, packets, count) {
  return onTab(name, async (tab) => {
    await warm(tab, packets);
    return tab.receive({ messages: count, packets, devices });
  });
}

function median(runs) {
  runs.sort((a, b) => a.messages_per_s - b.messages_per_s);
  return runs[Math.floor(runs.length / 2)];
}

const all = [];
async function table(title, runs) {
  print(title, runs);
  all.push(...runs);
}

try {
  for (const packets of rounds > 0 ? sizes : []) {
    const count = packets === 1 ? Math.ceil(messages / 5) : messages;
    const runs = new Map(pages.map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const name of pages) runs.get(name).push(await flood(name, packets, count));
    }
    const title = `As fast as it goes, ${packets} a frame, ${count} messages, ${devices} devices`;
    await table(title, [...runs.values()].map(median));
  }
  for (const packets of seconds > 0 ? sizes : []) {
    const runs = [];
    for (const name of pages) {
      const load = { messages: rate * seconds, packets, devices, rate };
      runs.push(
        await onTab(name, async (tab) => {
          await warm(tab, packets);
          return tab.receive(load);
        }),
      );
    }
    await table(`${rate} messages a second for ${seconds} s, ${packets} a frame`, runs);
  }
  if (memory > 0) {
    const runs = [];
    for (const name of pages) {
      await onTab(name, async (tab) => {
        await warm(tab, 64);
        for (const count of [memory / 5, (memory / 5) * 4]) {
          runs.push({ page: name, ...(await tab.receive({ messages: count, packets: 64, devices })) });
        }
      });
    }
    await table(`Memory after ${memory / 5} and after ${memory} messages, 64 a frame`, runs);
  }
} finally {
  await chromium.end();
  site.end();
}
if (given.json) await writeFile(given.json, JSON.stringify({ runs: all }, null, 2) + '\n');
