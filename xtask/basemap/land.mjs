// Turns a world-atlas topology into a GeoJSON collection that a flat map draws without seams:
// land as polygons, coasts and borders as lines. The edges that cutting made are on no line.
//
// The property `line` says what a feature's outline is: "coast", "border", or absent on a polygon that was cut
// and brings its coast as separate lines.

import {
  MAX_LATITUDE,
  aroundPole,
  closeAtPole,
  cutLine,
  isUncut,
  ringInStrip,
  rounded,
  strips,
  unroll,
} from './rings.mjs';

function decodeArcs({ arcs, transform }) {
  const [scaleX, scaleY] = transform.scale;
  const [originX, originY] = transform.translate;
  return arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([stepX, stepY]) => {
      x += stepX;
      y += stepY;
      return [originX + x * scaleX, originY + y * scaleY];
    });
  });
}

// A negative index means the arc of its complement, backwards.
function ringFrom(indices, arcs) {
  return indices.flatMap((index, position) => {
    const arc = index < 0 ? arcs[~index].toReversed() : arcs[index];
    return position === 0 ? arc : arc.slice(1);
  });
}

const feature = (type, coordinates, line) => ({
  type: 'Feature',
  properties: line ? { line } : null,
  geometry: { type, coordinates },
});

const beyondTheSquare = (points) => points.every(([, lat]) => Math.abs(lat) >= MAX_LATITUDE);

function landFeatures(rings, decimals) {
  const unrolled = rings.map(unroll).filter((ring) => !beyondTheSquare(ring));
  if (unrolled.every(isUncut)) {
    return [feature('Polygon', unrolled.map((ring) => rounded(ring, decimals)), 'coast')];
  }
  const closed = unrolled.map((ring) => (aroundPole(ring) ? closeAtPole(ring) : ring));
  const polygons = strips(closed[0]).map((strip) => {
    const parts = closed.map((ring) => rounded(ringInStrip(ring, strip), decimals));
    return feature('Polygon', parts.filter((ring) => ring.length > 3));
  });
  const coasts = unrolled.flatMap(cutLine).map((line) => feature('LineString', rounded(line, decimals), 'coast'));
  return [...polygons, ...coasts];
}

function arcsOf(geometry) {
  const polygons = geometry.type === 'Polygon' ? [geometry.arcs] : (geometry.arcs ?? []);
  return new Set(polygons.flat(2).map((index) => (index < 0 ? ~index : index)));
}

// A border is an arc that two countries share; an arc of one country alone is a coast.
function borderLines({ objects }, arcs) {
  const owners = new Map();
  for (const country of objects.countries.geometries) {
    for (const index of arcsOf(country)) owners.set(index, (owners.get(index) ?? 0) + 1);
  }
  return [...owners].filter(([, count]) => count > 1).flatMap(([index]) => cutLine(unroll(arcs[index])));
}

/** A GeoJSON FeatureCollection in degrees with `decimals` decimals. */
export function landCollection(topology, decimals) {
  const arcs = decodeArcs(topology);
  const polygons = topology.objects.land.geometries.flatMap(({ arcs: indices }) => indices);
  const land = polygons.flatMap((rings) => landFeatures(rings.map((ring) => ringFrom(ring, arcs)), decimals));
  const borders = borderLines(topology, arcs).map((line) => rounded(line, decimals));
  return { type: 'FeatureCollection', features: [...land, feature('MultiLineString', borders, 'border')] };
}
