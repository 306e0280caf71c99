// Makes the first corpus of `received` from tests/vectors: what the scenarios publish and expect, in each of the
// forms that the target reads.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const vectors = join(import.meta.dirname, '../tests/vectors');
const corpus = join(import.meta.dirname, 'corpus/received');
mkdirSync(corpus, { recursive: true });

const [STREAM, TOPIC, LOCATION, SHADOW, RULE] = [0, 1, 2, 3, 4];

function seed(kind, ...parts) {
  const bytes = Buffer.concat([Buffer.from([kind]), ...parts.map((part) => Buffer.from(part))]);
  writeFileSync(join(corpus, createHash('sha1').update(bytes).digest('hex')), bytes);
}

/** Topics and payloads of a scenario, in their order. */
function messages({ steps = [] }) {
  const said = steps.flatMap((step) => [{ ...step, topic: step.publish }, ...(step.expect ?? [])]);
  return said
    .filter(({ topic }) => topic !== undefined)
    .map((step) => [step.topic, step.payload_raw ?? JSON.stringify(step.payload ?? '')]);
}

/** A PUBLISH at QoS 0. */
function packet([topic, payload]) {
  const name = Buffer.from(topic);
  const body = Buffer.concat([Buffer.from([name.length >> 8, name.length & 255]), name, Buffer.from(payload)]);
  const length = [];
  for (let rest = body.length; length.length === 0 || rest > 0; rest >>= 7) length.push(rest);
  const bytes = length.map((rest, at) => (rest & 127) | (at + 1 < length.length ? 128 : 0));
  return Buffer.concat([Buffer.from([0x30, ...bytes]), body]);
}

const CONTROL = [[0x20, 2, 0, 0], [0x90, 4, 0, 1, 1, 128], [0x40, 2, 0, 9], [0xd0, 0]];

for (const file of readdirSync(vectors).filter((name) => name.endsWith('.json'))) {
  const scenarios = JSON.parse(readFileSync(join(vectors, file), 'utf8'));
  for (const scenario of Array.isArray(scenarios) ? scenarios : []) {
    if (scenario.sql) seed(RULE, `${scenario.sql}\x00${scenario.payload?.$raw ?? JSON.stringify(scenario.payload)}`);
    const all = messages(scenario);
    seed(STREAM, [7], Buffer.from(CONTROL.flat()), ...all.map(packet));
    seed(SHADOW, all.map(([topic, payload]) => `${topic}\n${payload}`).join('\x00'));
    for (const [topic, payload] of all) {
      seed(TOPIC, `${topic.replace(/things\/[^/]+/, 'things/+')}\n${topic}`);
      seed(LOCATION, payload);
    }
  }
}
for (const pattern of ['fleet/{thing}/location', '#', '+/{car}/#']) seed(TOPIC, `${pattern}\nfleet/京都-1/location`);
