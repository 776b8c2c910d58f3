// What the keys do while the map has the focus, and how that is told.

const KEYS = "Keys: Enter chooses the point in the middle, ← → step through its clip, ↑ ↓ go to another clip, Space plays, "
  + "L draws around points, + − 0 zoom, Esc lets go.";

// The shown row that is nearest to a place on the screen; -1 where none is shown.
function nearestTo(plot, place, [x, y]) {
  let found = -1, nearest = Infinity;
  for (let row = 0; row < plot.rows; row++) {
    if (plot.shown && !plot.shown[row]) continue;
    const [px, py] = place(row), distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < nearest) [nearest, found] = [distance, row];
  }
  return found;
}
