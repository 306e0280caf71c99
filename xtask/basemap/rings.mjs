// Rings and lines on the plane: unrolled across the antimeridian, closed around a pole, cut at +-180 degrees.
// Knows nothing of files, topologies or features.
//
// Sources stitch their rings across the antimeridian for drawing on a sphere. A plane renderer would draw such a
// step as a line across the whole map, so here each ring is first unrolled (longitudes may leave -180..180),
// then cut into strips of 360 degrees, and each strip is moved home.

export const MAX_LATITUDE = 85.0511;

/** The same points with longitudes that never step more than 180 degrees. */
export function unroll(points) {
  let turn = 0;
  return points.map(([lng, lat], index) => {
    if (index > 0) {
      const step = lng - points[index - 1][0];
      if (step > 180) turn -= 360;
      if (step < -180) turn += 360;
    }
    return [lng + turn, lat];
  });
}

/** True when an unrolled ring ends a whole turn from its start: it goes around a pole. */
export function aroundPole(ring) {
  return Math.abs(ring.at(-1)[0] - ring[0][0]) > 180;
}

/** Closes a ring around a pole along the edge of the square. */
export function closeAtPole(ring) {
  const edge = ring[0][1] < 0 ? -90 : 90;
  return [...ring, [ring.at(-1)[0], edge], [ring[0][0], edge], ring[0]];
}

/** The numbers of the strips that an unrolled ring reaches: strip 0 is -180..180. */
export function strips(ring) {
  const longitudes = ring.map(([lng]) => lng);
  const first = Math.floor((Math.min(...longitudes) + 180) / 360);
  const last = Math.ceil((Math.max(...longitudes) - 180) / 360);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function crossing(a, b, lng) {
  return [lng, a[1] + ((b[1] - a[1]) * (lng - a[0])) / (b[0] - a[0])];
}

function keepHalf(ring, lng, inside) {
  const kept = [];
  for (let index = 1; index < ring.length; index += 1) {
    const [a, b] = [ring[index - 1], ring[index]];
    if (inside(a[0]) !== inside(b[0])) kept.push(crossing(a, b, lng));
    if (inside(b[0])) kept.push(b);
  }
  if (kept.length > 0) kept.push(kept[0]);
  return kept;
}

/** The part of a closed unrolled ring in one strip, moved to -180..180 and closed; empty when there is none. */
export function ringInStrip(ring, strip) {
  const home = strip * 360;
  const east = keepHalf(ring, home - 180, (lng) => lng >= home - 180);
  const part = keepHalf(east, home + 180, (lng) => lng <= home + 180);
  return part.map(([lng, lat]) => [lng - home, lat]);
}

/** The antimeridian, in whatever strip, that lies nearest to the middle of a segment. */
const antimeridianNear = (a, b) => Math.round((a[0] + b[0]) / 720 - 0.5) * 360 + 180;

/** The pieces of an unrolled line, each moved to -180..180. What runs along the antimeridian is left out. */
export function cutLine(line) {
  const pieces = [];
  let home = null;
  const add = (a, b) => {
    const strip = Math.round((a[0] + b[0]) / 720) * 360;
    if (strip !== home) pieces.push([[a[0] - strip, a[1]]]);
    home = strip;
    pieces.at(-1).push([b[0] - strip, b[1]]);
  };
  for (let index = 1; index < line.length; index += 1) {
    const [a, b] = [line[index - 1], line[index]];
    const cut = antimeridianNear(a, b);
    if (a[0] === cut && b[0] === cut) {
      home = null;
    } else if ((a[0] - cut) * (b[0] - cut) < 0) {
      const middle = crossing(a, b, cut);
      add(a, middle);
      add(middle, b);
    } else {
      add(a, b);
    }
  }
  return pieces;
}

/** True when nothing of an unrolled ring crosses or follows the antimeridian. */
export function isUncut(ring) {
  const pieces = cutLine(ring);
  return pieces.length === 1 && pieces[0].length === ring.length && !aroundPole(ring);
}

/** Rounds, clamps the latitude to the Web Mercator square, and drops points that became equal. */
export function rounded(points, decimals) {
  const round = (degrees) => Number(degrees.toFixed(decimals));
  const clamped = points.map(([lng, lat]) => [
    round(lng),
    Math.abs(lat) < MAX_LATITUDE ? round(lat) : Math.sign(lat) * MAX_LATITUDE,
  ]);
  return clamped.filter(([lng, lat], index) => {
    const before = clamped[index - 1];
    return !before || lng !== before[0] || lat !== before[1];
  });
}
