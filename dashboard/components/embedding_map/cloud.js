// All points, on a picture of their own: it is painted anew only where they or the view change, so that hovering, a path
// and a clip that plays cost no more with 100,000 points than with ten.

const CLEAR = 0.8; // how solid a disc is
const ROUND = 4; // px from which a point is a disc; smaller ones are set pixel by pixel, which is ten times as fast

function makeCloud() {
  const canvas = el("canvas");
  const context = canvas.getContext("2d");

  // Width and height in px, each of `ratio` pixels of the screen.
  function paint(plot, view, width, height, ratio) {
    [canvas.width, canvas.height] = [width, height].map((length) => Math.round(length * ratio)); // this clears it
    const size = plot.rows > 20000 ? 2 : plot.rows > 4000 ? 3.2 : 5;
    if (size < ROUND) return paintSquares(plot, view, ratio, Math.max(1, Math.round(size * ratio)));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.globalAlpha = CLEAR;
    for (let row = 0; row < plot.rows; row++) {
      if (plot.shown && !plot.shown[row]) continue;
      const x = plot.points[2 * row] * view.scale + view.x, y = view.y - plot.points[2 * row + 1] * view.scale;
      if (x < -size || y < -size || x > width + size || y > height + size) continue;
      context.fillStyle = plot.palette[plot.colors[row]];
      context.beginPath();
      context.arc(x, y, size / 2, 0, 2 * Math.PI);
      context.fill();
    }
  }

  function paintSquares(plot, view, ratio, side) {
    const { width, height } = canvas, inks = plot.palette.map(inkOf);
    const image = context.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
    const [scale, x, y] = [view.scale * ratio, view.x * ratio - side / 2, view.y * ratio - side / 2];
    for (let row = 0; row < plot.rows; row++) {
      if (plot.shown && !plot.shown[row]) continue;
      const left = Math.round(plot.points[2 * row] * scale + x), top = Math.round(y - plot.points[2 * row + 1] * scale);
      const right = Math.min(left + side, width), bottom = Math.min(top + side, height), ink = inks[plot.colors[row]];
      for (let j = Math.max(top, 0); j < bottom; j++)
        for (let i = Math.max(left, 0); i < right; i++) pixels[j * width + i] = ink;
    }
    context.putImageData(image, 0, 0);
  }

  return { canvas, paint };
}

// A colour as the four bytes of a pixel; solid, since pixels are set and do not add up.
const inkOf = (color) => new Uint32Array(bytesOf(color).buffer)[0];

function bytesOf(color) {
  const context = el("canvas", { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}
