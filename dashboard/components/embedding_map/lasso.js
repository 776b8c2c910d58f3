// Points taken together: those inside a line drawn by hand, told of and taken home as a table.

// Which rows lie inside a polygon, by the even-odd rule: Uint8Array, or null where the polygon is no area.
function rowsInside(polygon, rows, place, shown) {
  if (polygon.length < 3) return null;
  const inside = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    if (shown && !shown[row]) continue;
    const [x, y] = place(row);
    let odd = false;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
      const [[ax, ay], [bx, by]] = [polygon[i], polygon[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
    inside[row] = odd ? 1 : 0;
  }
  return inside;
}

const countOf = (mask) => mask.reduce((sum, one) => sum + one, 0);

// The chosen rows as CSV: their number in the file they are from (else on the map), in that order, and what is known.
function csvOf(plot, mask) {
  const quoted = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const number = (row) => (plot.fileRow ? plot.fileRow[row] : row);
  const taken = [...mask.keys()].filter((row) => mask[row]).sort((a, b) => number(a) - number(b));
  const lines = [["row", ...plot.columns.map((column) => column.name)]];
  for (const row of taken)
    lines.push([number(row), ...plot.columns.map((column) => (column.names ? column.names[column.data[row]] : column.data[row]))]);
  return lines.map((cells) => cells.map((cell) => quoted(String(cell))).join(",")).join("\n") + "\n";
}

// What was drawn around, in words, with what one can do with it.
function makeTaken(letGo) {
  const node = el("div", { class: "taken", hidden: "" });
  return {
    node,
    show(plot, mask) {
      node.hidden = !mask;
      if (!mask) return;
      node.replaceChildren(el("span", {}, `${countOf(mask)} of ${plot.rows} drawn around`),
        el("button", { type: "button", onclick: () => download("points.csv", new Blob([csvOf(plot, mask)], { type: "text/csv" })) }, "save as CSV"),
        el("button", { type: "button", onclick: letGo }, "let go"));
    },
  };
}
