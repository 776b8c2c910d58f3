// The map as it is seen, as a picture to take home.

function savePng(scatter, paper) {
  const { canvas } = scatter;
  const whole = el("canvas", { width: canvas.width, height: canvas.height });
  const paint = whole.getContext("2d");
  paint.fillStyle = paper;
  paint.fillRect(0, 0, whole.width, whole.height);
  paint.drawImage(canvas, 0, 0);
  whole.toBlob((blob) => download("map.png", blob));
}

function saveSvg(scatter, plot, paper) {
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
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="${paper}"/>${layers.join("")}${path}</svg>\n`;
  download("map.svg", new Blob([text], { type: "image/svg+xml" }));
}
