// The map as it is seen, as a picture to take home: with what its axes and colours mean beside it.

const LEGEND = 260; // px beside the map
const STEPS = 5; // values of a scale that are told
const LETTERS = 32; // that find room beside the map

// What is written: { x, y, text, color of the chip before it or none, end: whether it ends at x, upright }.
function notesOf(plot, column, [width, height]) {
  const axes = plot.solid ? [plot.axes.join(", ")] : plot.axes;
  const notes = axes.filter(Boolean).map((text, i) => (i ? { x: 16, y: 10, text, end: true, upright: true } : { x: width - 10, y: height - 10, text, end: true }));
  if (!column) return notes;
  return [...notes, ...[[`coloured by ${cut(column.name)}`], ...kindsOf(plot, column)]
    .map(([text, color], i) => ({ x: width + (color ? 34 : 16), y: 26 + 22 * i, text, color }))];
}

// What each colour stands for: [words, colour]; of a scale, some of its values.
function kindsOf(plot, column) {
  if (column.names) return entriesOf(plot, column).map(([name, count], code) => [`${cut(name)} (${count})`, plot.palette[code]]);
  return Array.from({ length: STEPS }, (_, i) => i / (STEPS - 1)).map((share) => [short(column.low + share * (column.high - column.low)), mix(plot.ramp, share)]);
}

const cut = (text) => (text.length > LETTERS ? `${text.slice(0, LETTERS - 1)}…` : text);

function savePng(scatter, plot, column, paper) {
  const { canvas } = scatter, [width, height] = scatter.size(), ratio = canvas.width / width;
  const whole = el("canvas", { width: canvas.width + LEGEND * ratio, height: canvas.height });
  const paint = whole.getContext("2d");
  paint.fillStyle = paper;
  paint.fillRect(0, 0, whole.width, whole.height);
  paint.drawImage(canvas, 0, 0);
  paint.font = "13px sans-serif";
  for (const { x, y, text, color, end, upright } of notesOf(plot, column, [width, height])) {
    paint.setTransform(ratio, 0, 0, ratio, x * ratio, y * ratio);
    if (upright) paint.rotate(-Math.PI / 2);
    if (color) disc(paint, color);
    paint.fillStyle = plot.ink;
    paint.textAlign = end ? "end" : "start";
    paint.fillText(text, 0, 0);
  }
  whole.toBlob((blob) => download("map.png", blob));

  function disc(paint, color) {
    paint.fillStyle = color;
    paint.beginPath();
    paint.arc(-12, -4.5, 5, 0, 2 * Math.PI);
    paint.fill();
  }
}

function saveSvg(scatter, plot, column, paper) {
  const [width, height] = scatter.size();
  const at = (row) => scatter.place(row).map((value) => value.toFixed(1));
  const dots = plot.palette.map((color) => ({ color, dots: [] }));
  for (let row = 0; row < plot.rows; row++) {
    if (plot.shown && !plot.shown[row]) continue;
    const [x, y] = at(row);
    if (x > 0 && y > 0 && x < width && y < height) dots[plot.colors[row]].dots.push(`<circle cx="${x}" cy="${y}" r="2.5"/>`);
  }
  const layers = dots.filter((layer) => layer.dots.length).map((layer) => `<g fill="${layer.color}" fill-opacity="0.8">${layer.dots.join("")}</g>`);
  const path = plot.path.length ? `<polyline fill="none" stroke="${plot.ink}" stroke-width="1.5" points="${plot.path.map((row) => at(row).join(",")).join(" ")}"/>` : "";
  const plain = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
  const notes = notesOf(plot, column, [width, height]).map(({ x, y, text, color, end, upright }) =>
    (color ? `<ellipse cx="${x - 12}" cy="${y - 4.5}" rx="5" ry="5" fill="${color}"/>` : "")
    + `<text transform="translate(${x} ${y})${upright ? " rotate(-90)" : ""}" text-anchor="${end ? "end" : "start"}">${plain(text)}</text>`);
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width + LEGEND}" height="${height}" viewBox="0 0 ${width + LEGEND} ${height}"><rect width="100%" height="100%" fill="${paper}"/>${layers.join("")}${path}<g font-family="sans-serif" font-size="13" fill="${plot.ink}">${notes.join("")}</g></svg>\n`;
  download("map.svg", new Blob([text], { type: "image/svg+xml" }));
}
