// Where nodes and arrows of a causal graph are: nodes are pills, arrows bend around what stands in their way.

/** @import { Edge, NodeData, Place } from "./types.d.ts" */
/** @typedef {{ path: string, middle: Place, points: Place[] }} Arrow */

// Of the drawing, in its own units.
export const COLUMN = 188, ROW = 100, WIDE = 140, TALL = 62, NARROW = 480;
const BENDS = [0, 0.7, -0.7, 1.1, -1.1, 1.6, -1.6, 2.2, -2.2]; // of the height of a row
const CLEARANCE = { x: WIDE / 2 + 5, y: TALL / 2 + 14 }; // between an arrow and the centre of a node

/**
 * Centres by node; columns become rows where the page is narrow.
 * @param {NodeData[]} nodes
 * @param {boolean} isNarrow
 */
export function placesOf(nodes, isNarrow) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const node of nodes) {
    const [across, down] = isNarrow ? [node.y * (WIDE + 10), node.x * (ROW + 6)] : [node.x * COLUMN, node.y * ROW];
    places.set(node.id, { x: across + WIDE / 2 + 10, y: down + TALL / 2 + 10 });
  }
  return places;
}

/**
 * Where a line from a centre towards a point leaves the pill.
 * @param {Place} from
 * @param {Place} towards
 * @param {number} gap
 */
function rim(from, towards, gap) {
  const [dx, dy] = [towards.x - from.x, towards.y - from.y];
  const across = (WIDE / 2 + gap) / Math.max(Math.abs(dx), 1e-6);
  const down = (TALL / 2 + gap) / Math.max(Math.abs(dy), 1e-6);
  const share = Math.min(across, down, 1);
  return { x: from.x + dx * share, y: from.y + dy * share };
}

/**
 * Points of a quadratic curve.
 * @param {Place} start
 * @param {Place} turn Its control point.
 * @param {Place} end
 */
function curvePoints(start, turn, end) {
  return Array.from({ length: 21 }, (_, i) => {
    const t = i / 20, [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return { x: a * start.x + b * turn.x + c * end.x, y: a * start.y + b * turn.y + c * end.y };
  });
}

/**
 * The arrow from one node to another: the straightest that runs over the fewest other nodes.
 * @param {string} from
 * @param {string} to
 * @param {Map<string, Place>} places
 * @returns {Arrow}
 */
export function arrowOf(from, to, places) {
  const [tail, head] = [places.get(from), places.get(to)];
  if (!tail || !head) throw new Error(`There is no place for the arrow from ${from} to ${to}.`);
  const others = [...places.values()].filter((place) => place !== tail && place !== head);
  let best = bentArrow(tail, head, BENDS[0]), least = hitsOf(best, others);
  for (const bend of BENDS.slice(1)) {
    if (least === 0) break;
    const arrow = bentArrow(tail, head, bend), hits = hitsOf(arrow, others);
    if (hits < least) [best, least] = [arrow, hits];
  }
  return best;
}

/**
 * @param {Place} from
 * @param {Place} to
 * @param {number} bend
 * @returns {Arrow}
 */
function bentArrow(from, to, bend) {
  const [dx, dy] = [to.x - from.x, to.y - from.y], length = Math.hypot(dx, dy) || 1;
  const away = 2 * bend * ROW;
  const turn = { x: (from.x + to.x) / 2 + (away * dy) / length, y: (from.y + to.y) / 2 - (away * dx) / length };
  const [start, end] = [rim(from, turn, 2), rim(to, turn, 7)];
  const points = curvePoints(start, turn, end);
  const path = `M${start.x},${start.y} Q${turn.x},${turn.y} ${end.x},${end.y}`;
  return { path, middle: points[10], points };
}

/**
 * How many points of an arrow lie over other nodes.
 * @param {Arrow} arrow
 * @param {Place[]} others
 */
function hitsOf({ points }, others) {
  /** @param {Place} point */
  const isOver = (point) =>
    others.some(({ x, y }) => Math.abs(x - point.x) < CLEARANCE.x && Math.abs(y - point.y) < CLEARANCE.y);
  return points.filter(isOver).length;
}

/**
 * The part of the plane that holds all nodes and arrows.
 * @param {Map<string, Place>} places
 * @param {Edge[]} edges
 */
export function boxOf(places, edges) {
  const reach = edges.flatMap(([from, to]) => arrowOf(from, to, places).points);
  const nodes = [...places.values()];
  const xs = [...nodes.flatMap((p) => [p.x - WIDE / 2, p.x + WIDE / 2]), ...reach.map((p) => p.x)];
  const ys = [...nodes.flatMap((p) => [p.y - TALL / 2, p.y + TALL / 2]), ...reach.map((p) => p.y)];
  const [left, top] = [Math.min(...xs) - 8, Math.min(...ys) - 4];
  return { left, top, width: Math.max(...xs) + 8 - left, height: Math.max(...ys) + 8 - top };
}

/**
 * A name in at most two lines.
 * @param {string} label
 */
export function linesOf(label) {
  if (label.length <= 16) return [label];
  const words = label.split(" ");
  for (let i = words.length - 1; i > 0; i--) {
    const [first, second] = [words.slice(0, i).join(" "), words.slice(i).join(" ")];
    if (first.length <= 17) return [first, second.length > 17 ? `${second.slice(0, 16)}…` : second];
  }
  return [`${label.slice(0, 15)}…`];
}
