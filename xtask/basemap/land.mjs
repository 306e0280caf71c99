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

// Rounding may leave nothing of an islet.
function polygon(rings, decimals, line) {
  const [outer, ...holes] = rings.map((ring) => rounded(ring, decimals));
  return outer.length > 3 ? [feature('Polygon', [outer, ...holes.filter((hole) => hole.length > 3)], line)] : [];
}

function landFeatures(rings, decimals) {
  const unrolled = rings.map(unroll).filter((ring) => !beyondTheSquare(ring));
  if (unrolled.every(isUncut)) return polygon(unrolled, decimals, 'coast');
  const closed = unrolled.map((ring) => (aroundPole(ring) ? closeAtPole(ring) : ring));
  const polygons = strips(closed[0]).flatMap((strip) => {
    const parts = closed.map((ring) => ringInStrip(ring, strip));
    return polygon(parts, decimals);
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

const lies = (rings, [west, south, east, north]) =>
  rings[0].every(([lng, lat]) => lng > west && lng < east && lat > south && lat < north);

/** Every land of a topology as rings, outer ring first. */
function lands(topology, arcs) {
  const polygons = topology.objects.land.geometries.flatMap(({ arcs: indices }) => indices);
  return polygons.map((rings) => rings.map((ring) => ringFrom(ring, arcs)));
}

/**
 * A GeoJSON FeatureCollection in degrees with `decimals` decimals. Islands that lie wholly inside the box of
 * `finer` (west, south, east, north) are taken from its topology instead.
 */
export function landCollection(topology, decimals, finer) {
  const arcs = decodeArcs(topology);
  const own = lands(topology, arcs).filter((rings) => !finer || !lies(rings, finer.box));
  const others = finer ? lands(finer.topology, decodeArcs(finer.topology)) : [];
  const all = [...own, ...others.filter((rings) => lies(rings, finer.box))];
  const borders = borderLines(topology, arcs).map((line) => rounded(line, decimals));
  const features = all.flatMap((rings) => landFeatures(rings, decimals));
  return { type: 'FeatureCollection', features: [...features, feature('MultiLineString', borders, 'border')] };
}
