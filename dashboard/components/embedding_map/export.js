// The map as it is seen, saved as a picture, with what its axes and colours mean beside it.

import { contextOf, download, el } from "../shared/dom.js";
import { colorKey } from "./coloring.js";

/** @import { Scatter } from "./scatter.js" */
/** @import { Column, Point, Scene } from "./types.d.ts" */

/**
 * A line of text; `end` puts its end at x, and a colour puts a chip before it.
 * @typedef {object} Note
 * @property {number} x
 * @property {number} y
 * @property {string} text
 * @property {string} [color]
 * @property {boolean} [end]
 * @property {boolean} [upright]
 */

const LEGEND = 260; // px beside the map
const LETTERS = 32; // that find room beside the map
const FONT = { size: 13, family: "sans-serif" };

/**
 * @param {Scene} scene
 * @param {Column | undefined} column
 * @param {Point} size
 * @returns {Note[]}
 */
function notesOf(scene, column, [width, height]) {
  const { solid, axes: names } = scene.plot;
  const axes = (solid ? [names.join(", ")] : names).filter(Boolean).map((text, i) =>
    i ? { x: 16, y: 10, text, end: true, upright: true } : { x: width - 10, y: height - 10, text, end: true }
  );
  if (!column) return axes;
  const title = { x: width + 16, y: 26, text: `coloured by ${cut(column.name)}` };
  const entries = colorKey(scene, column).map(({ name, count, color }, i) => {
    return { x: width + 34, y: 48 + 22 * i, text: count ? `${cut(name)} (${count})` : name, color };
  });
  return [...axes, title, ...entries];
}

/** @param {string} text */
const cut = (text) => text.length > LETTERS ? `${text.slice(0, LETTERS - 1)}…` : text;

/**
 * @param {Scatter} scatter
 * @param {Scene} scene
 * @param {Column | undefined} column
 * @param {string} ground
 */
export function savePng(scatter, scene, column, ground) {
  const { canvas } = scatter, size = scatter.size(), ratio = canvas.width / size[0];
  const whole = el("canvas", { width: canvas.width + LEGEND * ratio, height: canvas.height });
  const context = contextOf(whole);
  context.fillStyle = ground;
  context.fillRect(0, 0, whole.width, whole.height);
  context.drawImage(canvas, 0, 0);
  context.font = `${FONT.size}px ${FONT.family}`;
  for (const { x, y, text, color, end, upright } of notesOf(scene, column, size)) {
    context.setTransform(ratio, 0, 0, ratio, x * ratio, y * ratio);
    if (upright) context.rotate(-Math.PI / 2);
    if (color) drawChip(context, color);
    context.fillStyle = scene.ink;
    context.textAlign = end ? "end" : "start";
    context.fillText(text, 0, 0);
  }
  whole.toBlob((blob) => download("map.png", blob));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} color
 */
function drawChip(context, color) {
  context.fillStyle = color;
  context.beginPath();
  context.arc(-12, -4.5, 5, 0, 2 * Math.PI);
  context.fill();
}

/**
 * @param {Scatter} scatter
 * @param {Scene} scene
 * @param {Column | undefined} column
 * @param {string} ground
 */
export function saveSvg(scatter, scene, column, ground) {
  const [width, height] = scatter.size(), whole = width + LEGEND;
  const notes = notesOf(scene, column, [width, height]).map(noteMarkup).join("");
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${height}" viewBox="0 0 ${whole} ${height}">` +
    `<rect width="100%" height="100%" fill="${ground}"/>${pointsMarkup(scatter, scene)}${pathMarkup(scatter, scene)}` +
    `<g font-family="${FONT.family}" font-size="${FONT.size}" fill="${scene.ink}">${notes}</g></svg>\n`;
  download("map.svg", new Blob([text], { type: "image/svg+xml" }));
}

/**
 * @param {Scatter} scatter
 * @param {number} row
 */
const placeText = (scatter, row) => scatter.place(row).map((value) => value.toFixed(1));

/**
 * @param {Scatter} scatter
 * @param {Scene} scene
 */
function pointsMarkup(scatter, { plot, shown, palette, colors }) {
  const [width, height] = scatter.size();
  const layers = palette.map((color) => ({ color, dots: /** @type {string[]} */ ([]) }));
  for (let row = 0; row < plot.rows; row++) {
    if (shown && !shown[row]) continue;
    const [x, y] = placeText(scatter, row);
    const isInside = Number(x) > 0 && Number(y) > 0 && Number(x) < width && Number(y) < height;
    if (isInside) layers[colors[row]].dots.push(`<circle cx="${x}" cy="${y}" r="2.5"/>`);
  }
  return layers.filter(({ dots }) => dots.length)
    .map(({ color, dots }) => `<g fill="${color}" fill-opacity="0.8">${dots.join("")}</g>`).join("");
}

/**
 * @param {Scatter} scatter
 * @param {Scene} scene
 */
function pathMarkup(scatter, { path, ink }) {
  if (!path.length) return "";
  const points = path.map((row) => placeText(scatter, row).join(",")).join(" ");
  return `<polyline fill="none" stroke="${ink}" stroke-width="1.5" points="${points}"/>`;
}

/** @param {Note} note */
function noteMarkup({ x, y, text, color, end, upright }) {
  const chip = color ? `<ellipse cx="${x - 12}" cy="${y - 4.5}" rx="5" ry="5" fill="${color}"/>` : "";
  const place = `translate(${x} ${y})${upright ? " rotate(-90)" : ""}`;
  return `${chip}<text transform="${place}" text-anchor="${end ? "end" : "start"}">${escaped(text)}</text>`;
}

/** @param {string} text Names come from files. */
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
