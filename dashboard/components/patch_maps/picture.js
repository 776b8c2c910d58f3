// The maps as they are seen, as a picture to take home.

const SIDE = 320, GAP = 12, TITLE = 30; // px
const MARK = "#D55E00";

const placed = (panels) => ({ width: GAP + panels.length * (SIDE + GAP), height: SIDE + TITLE + 2 * GAP,
  lefts: panels.map((_, i) => GAP + i * (SIDE + GAP)) });

function savePatchesPng(panels, { back, ink }) {
  const { width, height, lefts } = placed(panels);
  const whole = el("canvas", { width: 2 * width, height: 2 * height }), paint = whole.getContext("2d");
  paint.scale(2, 2);
  paint.fillStyle = back;
  paint.fillRect(0, 0, width, height);
  paint.font = "600 15px system-ui, sans-serif";
  panels.forEach(({ title, canvas, mark }, i) => {
    paint.imageSmoothingEnabled = canvas.width > 32; // a patch stays a square
    paint.drawImage(canvas, lefts[i], GAP, SIDE, SIDE);
    paint.fillStyle = ink;
    paint.fillText(title, lefts[i], GAP + SIDE + 20);
    if (!mark) return;
    paint.strokeStyle = MARK;
    paint.lineWidth = 3;
    paint.strokeRect(lefts[i] + mark.x * SIDE, GAP + mark.y * SIDE, mark.size * SIDE, mark.size * SIDE);
  });
  whole.toBlob((blob) => download("patches.png", blob));
}

function savePatchesSvg(panels, { back, ink }) {
  const { width, height, lefts } = placed(panels);
  const drawing = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
    svg("rect", { width: "100%", height: "100%", fill: back }));
  panels.forEach(({ title, canvas, mark }, i) => {
    drawing.append(svg("image", { href: canvas.toDataURL(), x: lefts[i], y: GAP, width: SIDE, height: SIDE,
      style: canvas.width > 32 ? null : "image-rendering: pixelated" }),
      svg("text", { x: lefts[i], y: GAP + SIDE + 20, fill: ink, "font-family": "system-ui, sans-serif", "font-size": 15, "font-weight": 600 }, title));
    if (mark) drawing.append(svg("rect", { x: lefts[i] + mark.x * SIDE, y: GAP + mark.y * SIDE, width: mark.size * SIDE,
      height: mark.size * SIDE, fill: "none", stroke: MARK, "stroke-width": 3 }));
  });
  download("patches.svg", new Blob([new XMLSerializer().serializeToString(drawing), "\n"], { type: "image/svg+xml" }));
}
