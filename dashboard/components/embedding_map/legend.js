// What the colours mean, and how many of each there are; a click on a kind shows it alone.

function makeLegend(solo) {
  const node = el("div", { class: "legend" });

  function show(plot, column, chosen) {
    if (!column) return node.replaceChildren();
    if (!column.names) {
      const ramp = el("span", { class: "ramp", style: `background: linear-gradient(90deg, ${plot.ramp.join(", ")})` });
      return node.replaceChildren(el("div", { class: "scale" }, el("span", {}, short(column.low)), ramp, el("span", {}, short(column.high))));
    }
    node.replaceChildren(...entriesOf(plot, column).map(([name, count], code) => {
      const chip = el("span", { class: "chip", style: `background: ${plot.palette[code]}` });
      return el("button", { type: "button", class: code < column.listed ? "entry" : "entry others", "aria-pressed": chosen.has(code), onclick: () => solo(code) },
        chip, el("span", { class: "name" }, name), el("span", { class: "count" }, count));
    }));
  }

  return { node, show };
}

// The kinds of a column that have a colour: their names, and how many there are; where some are hidden, how many are not.
function entriesOf(plot, column) {
  const rest = column.counts.slice(column.listed).reduce((sum, count) => sum + count, 0);
  const names = column.names.slice(0, column.listed), shown = plot.shown && countsOf(column, plot.shown);
  if (rest) names.push(column.names.length === column.listed + 1 ? "1 other" : `${column.names.length - column.listed} others`);
  return names.map((name, code) => {
    const all = code < column.listed ? column.counts[code] : rest;
    return [name, shown ? `${shown[code]} / ${all}` : `${all}`];
  });
}

// How many rows of each kind are shown.
function countsOf(column, shown) {
  const counts = new Uint32Array(column.listed + 1);
  column.data.forEach((code, row) => { if (shown[row]) counts[Math.min(code, column.listed)] += 1; });
  return counts;
}

// A colour for each row, as a place in a palette.
function paintBy(column, plot) {
  if (!column) return { palette: [plot.rest], colors: new Uint16Array(plot.rows) };
  if (column.names) {
    const palette = [...plot.categories.slice(0, column.listed), plot.rest];
    return { palette, colors: Uint16Array.from(column.data, (code) => Math.min(code, column.listed)) };
  }
  const steps = 64;
  const palette = Array.from({ length: steps }, (_, i) => mix(plot.ramp, i / (steps - 1)));
  palette.push(plot.rest); // unknown
  const span = column.high - column.low || 1;
  const colors = Uint16Array.from(column.data, (value) =>
    Number.isFinite(value) ? Math.round(clamp((value - column.low) / span, 0, 1) * (steps - 1)) : steps);
  return { palette, colors };
}

function mix(ramp, share) {
  const at = share * (ramp.length - 1), low = Math.min(Math.floor(at), ramp.length - 2), part = at - low;
  const [a, b] = [ramp[low], ramp[low + 1]].map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return `rgb(${a.map((value, i) => Math.round(value + (b[i] - value) * part)).join(" ")})`;
}

const short = (value) => Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "unknown";
