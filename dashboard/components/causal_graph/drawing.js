// Draws a causal graph: nodes as pills, arrows that bend around what stands in their way.

const COLUMN = 188, ROW = 92, WIDE = 140, TALL = 52, NARROW = 480; // of the drawing, in its own units

// Centres by node; columns become rows where the page is narrow.
function placesOf(nodes, narrow) {
  const places = new Map();
  for (const node of nodes) {
    const [across, down] = narrow ? [node.y * (WIDE + 10), node.x * (ROW + 6)] : [node.x * COLUMN, node.y * ROW];
    places.set(node.id, { x: across + WIDE / 2 + 10, y: down + TALL / 2 + 10 });
  }
  return places;
}

function sizeOf(places) {
  const all = [...places.values()];
  return [Math.max(...all.map((p) => p.x)) + WIDE / 2 + 10, Math.max(...all.map((p) => p.y)) + TALL / 2 + 10];
}

// Where a line from a centre towards a point leaves the pill.
function rim(from, towards, gap) {
  const [dx, dy] = [towards.x - from.x, towards.y - from.y];
  const share = Math.min((WIDE / 2 + gap) / Math.max(Math.abs(dx), 1e-6), (TALL / 2 + gap) / Math.max(Math.abs(dy), 1e-6));
  return { x: from.x + dx * Math.min(share, 1), y: from.y + dy * Math.min(share, 1) };
}

const inTheWay = (a, b, places) => [...places.values()].some((p) => {
  if (p === a || p === b) return false;
  const [dx, dy] = [b.x - a.x, b.y - a.y], length = Math.hypot(dx, dy);
  const along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / length;
  const aside = Math.abs((p.x - a.x) * dy - (p.y - a.y) * dx) / length;
  return along > 0 && along < length && aside < TALL * 0.75;
});

// The path of an arrow, and its middle.
function arrowOf(from, to, places) {
  const [dx, dy] = [to.x - from.x, to.y - from.y], length = Math.hypot(dx, dy);
  const bend = inTheWay(from, to, places) ? Math.max(ROW * 0.95, length * 0.22) : 0;
  const turn = { x: (from.x + to.x) / 2 + (bend * dy) / length, y: (from.y + to.y) / 2 - (bend * dx) / length };
  const [start, end] = [rim(from, turn, 2), rim(to, turn, 7)];
  return {
    path: `M${start.x},${start.y} Q${turn.x},${turn.y} ${end.x},${end.y}`,
    middle: { x: (start.x + 2 * turn.x + end.x) / 4, y: (start.y + 2 * turn.y + end.y) / 4 },
  };
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
