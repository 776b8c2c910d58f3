// All points, on a canvas of their own: it is drawn anew only where they or the view change, so that hovering, a path
// and a clip that plays cost no more with 100,000 points than with ten.

import { contextOf, el } from "../shared/dom.js";

/** @import { Scene, View } from "./types.d.ts" */

const OPACITY = 0.8; // of a disc
const ROUND = 4; // px from which a point is a disc; smaller ones are set pixel by pixel, which is ten times as fast

export function makeCloud() {
  const canvas = el("canvas");
  const context = contextOf(canvas);

  /**
   * @param {Scene} scene
   * @param {View} view
   * @param {number} width In px.
   * @param {number} height
   * @param {number} ratio Pixels of the screen to a px.
   */
  function draw(scene, view, width, height, ratio) {
    [canvas.width, canvas.height] = [width, height].map((length) => Math.round(length * ratio)); // this clears it
    const { rows } = scene.plot;
    const size = rows > 20000 ? 2 : rows > 4000 ? 3.2 : 5;
    if (size < ROUND) return drawSquares(scene, view, ratio, Math.max(1, Math.round(size * ratio)));
    drawDiscs(scene, view, width, height, ratio, size);
  }

  /**
   * @param {Scene} scene
   * @param {View} view
   * @param {number} width
   * @param {number} height
   * @param {number} ratio
   * @param {number} size Diameter in px.
   */
  function drawDiscs({ plot, shown, palette, colors }, view, width, height, ratio, size) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.globalAlpha = OPACITY;
    for (let row = 0; row < plot.rows; row++) {
      if (shown && !shown[row]) continue;
      const x = plot.points[2 * row] * view.scale + view.x, y = view.y - plot.points[2 * row + 1] * view.scale;
      if (x < -size || y < -size || x > width + size || y > height + size) continue;
      context.fillStyle = palette[colors[row]];
      context.beginPath();
      context.arc(x, y, size / 2, 0, 2 * Math.PI);
      context.fill();
    }
  }

  /**
   * @param {Scene} scene
   * @param {View} view
   * @param {number} ratio
   * @param {number} side In pixels of the screen.
   */
  function drawSquares({ plot, shown, palette, colors }, view, ratio, side) {
    const { width, height } = canvas, inks = palette.map(pixelOf);
    const image = context.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
    const [scale, x, y] = [view.scale * ratio, view.x * ratio - side / 2, view.y * ratio - side / 2];
    for (let row = 0; row < plot.rows; row++) {
      if (shown && !shown[row]) continue;
      const left = Math.round(plot.points[2 * row] * scale + x), top = Math.round(y - plot.points[2 * row + 1] * scale);
      const right = Math.min(left + side, width), bottom = Math.min(top + side, height), ink = inks[colors[row]];
      for (let j = Math.max(top, 0); j < bottom; j++) {
        for (let i = Math.max(left, 0); i < right; i++) pixels[j * width + i] = ink;
      }
    }
    context.putImageData(image, 0, 0);
  }

  return { canvas, draw };
}

/**
 * A colour as the four bytes of a pixel; solid, since pixels are set and do not add up.
 * @param {string} color
 */
const pixelOf = (color) => new Uint32Array(bytesOf(color).buffer)[0];

/**
 * A colour of CSS as red, green, blue and alpha.
 * @param {string} color
 */
export function bytesOf(color) {
  const context = contextOf(el("canvas", { width: 1, height: 1 }), { willReadFrequently: true });
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}
