// Draws a causal graph: nodes as pills, arrows that bend around what stands in their way.

const COLUMN = 188, ROW = 100, WIDE = 140, TALL = 62, NARROW = 480; // of the drawing, in its own units

// Centres by node; columns become rows where the page is narrow.
function placesOf(nodes, narrow) {
  const places = new Map();
  for (const node of nodes) {
    const [across, down] = narrow ? [node.y * (WIDE + 10), node.x * (ROW + 6)] : [node.x * COLUMN, node.y * ROW];
    places.set(node.id, { x: across + WIDE / 2 + 10, y: down + TALL / 2 + 10 });
  }
  return places;
}

// What a node is in the question stands inside it, where no arrow runs over it; what else it says moves down a little.
const badgeOf = (words, at) => svg("text", { class: "badge", x: at.x, y: at.y - TALL / 2 + 14 }, words);
const below = (badge) => (badge ? 6 : 0);

// Where a line from a centre towards a point leaves the pill.
function rim(from, towards, gap) {
  const [dx, dy] = [towards.x - from.x, towards.y - from.y];
  const share = Math.min((WIDE / 2 + gap) / Math.max(Math.abs(dx), 1e-6), (TALL / 2 + gap) / Math.max(Math.abs(dy), 1e-6));
  return { x: from.x + dx * Math.min(share, 1), y: from.y + dy * Math.min(share, 1) };
}

// Points of a curve from start to end that turns at a third.
const along = (start, turn, end) => Array.from({ length: 21 }, (_, i) => {
  const t = i / 20, [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
  return { x: a * start.x + b * turn.x + c * end.x, y: a * start.y + b * turn.y + c * end.y };
});

const BENDS = [0, 0.7, -0.7, 1.1, -1.1, 1.6, -1.6, 2.2, -2.2]; // of the height of a row

// The path of an arrow, its middle, and how far it reaches: the straightest that runs over no other node.
function arrowOf(from, to, places) {
  const [dx, dy] = [to.x - from.x, to.y - from.y], length = Math.hypot(dx, dy) || 1;
  const others = [...places.values()].filter((place) => place !== from && place !== to);
  let best = null;
  for (const bend of BENDS) {
    const away = 2 * bend * ROW;
    const turn = { x: (from.x + to.x) / 2 + (away * dy) / length, y: (from.y + to.y) / 2 - (away * dx) / length };
    const [start, end] = [rim(from, turn, 2), rim(to, turn, 7)];
    const points = along(start, turn, end);
    const hits = points.filter((p) => others.some((o) => Math.abs(o.x - p.x) < WIDE / 2 + 5 && Math.abs(o.y - p.y) < TALL / 2 + 14)).length;
    if (best === null || hits < best.hits) best = { hits, start, turn, end, points };
    if (!hits) break;
  }
  const { start, turn, end, points } = best;
  return { path: `M${start.x},${start.y} Q${turn.x},${turn.y} ${end.x},${end.y}`, middle: points[10], points };
}

// The part of the plane that holds all nodes and arrows.
function boxOf(places, edges) {
  const reach = edges.flatMap(([from, to]) => arrowOf(places.get(from), places.get(to), places).points);
  const nodes = [...places.values()];
  const xs = [...nodes.flatMap((p) => [p.x - WIDE / 2, p.x + WIDE / 2]), ...reach.map((p) => p.x)];
  const ys = [...nodes.flatMap((p) => [p.y - TALL / 2, p.y + TALL / 2]), ...reach.map((p) => p.y)];
  const [left, top] = [Math.min(...xs) - 8, Math.min(...ys) - 4];
  return { left, top, width: Math.max(...xs) + 8 - left, height: Math.max(...ys) + 8 - top };
}

// A name in at most two lines.
function linesOf(label) {
  if (label.length <= 16) return [label];
  const words = label.split(" ");
  for (let i = words.length - 1; i > 0; i--) {
    const [first, second] = [words.slice(0, i).join(" "), words.slice(i).join(" ")];
    if (first.length <= 17) return [first, second.length > 17 ? `${second.slice(0, 16)}…` : second];
  }
  return [`${label.slice(0, 15)}…`];
}
