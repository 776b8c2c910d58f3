// A colour for each row, and what the colours stand for.

import { clamp, mix, short } from "../shared/numbers.js";

/** @import { CategoryColumn, Column, Coloring, Plot, Scene } from "./types.d.ts" */

const SHADES = 64; // of a ramp
const SCALE_VALUES = 5; // values of a ramp that an exported picture names

/**
 * @param {Column} column
 * @returns {column is CategoryColumn}
 */
export const isCategory = (column) => "names" in column;

/**
 * @param {Column | undefined} column
 * @param {Plot} plot
 * @param {string[]} ramp
 * @param {string} rest Colour of the rows without a colour of their own.
 * @returns {Coloring}
 */
export function colorBy(column, plot, ramp, rest) {
  if (!column) return { palette: [rest], colors: new Uint16Array(plot.rows) };
  if (isCategory(column)) {
    const palette = [...plot.categories.slice(0, column.listed), rest];
    return { palette, colors: Uint16Array.from(column.data, (code) => Math.min(code, column.listed)) };
  }
  const palette = Array.from({ length: SHADES }, (_, i) => shade(ramp, i / (SHADES - 1)));
  palette.push(rest); // unknown
  const span = column.high - column.low || 1;
  /** @param {number} value */
  const place = (value) => Math.round(clamp((value - column.low) / span, 0, 1) * (SHADES - 1));
  const colors = Uint16Array.from(column.data, (value) => Number.isFinite(value) ? place(value) : SHADES);
  return { palette, colors };
}

/**
 * @param {string[]} ramp
 * @param {number} share
 */
const shade = (ramp, share) => `rgb(${mix(ramp, share).join(" ")})`;

/**
 * The categories that have a colour, each with its count; if some rows are hidden, with the count of the shown ones.
 * @param {CategoryColumn} column
 * @param {Uint8Array | null} shown
 */
export function entriesOf(column, shown) {
  const rest = column.counts.slice(column.listed).reduce((sum, count) => sum + count, 0);
  const names = column.names.slice(0, column.listed), others = column.names.length - column.listed;
  if (rest) names.push(others === 1 ? "1 other" : `${others} others`);
  const counts = shown && countsOf(column, shown);
  return names.map((name, code) => {
    const all = code < column.listed ? column.counts[code] : rest;
    return { name, count: counts ? `${counts[code]} / ${all}` : `${all}` };
  });
}

/**
 * @param {CategoryColumn} column
 * @param {Uint8Array} shown
 */
function countsOf(column, shown) {
  const counts = new Uint32Array(column.listed + 1);
  column.data.forEach((code, row) => {
    if (shown[row]) counts[Math.min(code, column.listed)] += 1;
  });
  return counts;
}

/**
 * What each colour stands for; of a ramp, some of its values.
 * @param {Scene} scene
 * @param {Column} column
 */
export function colorKey({ palette, shown, ramp }, column) {
  if (isCategory(column)) {
    return entriesOf(column, shown).map(({ name, count }, code) => ({ name, count, color: palette[code] }));
  }
  return Array.from({ length: SCALE_VALUES }, (_, i) => {
    const share = i / (SCALE_VALUES - 1);
    return { name: short(column.low + share * (column.high - column.low)), count: "", color: shade(ramp, share) };
  });
}

/**
 * The rows that are shown, 1 for each: those of the categories that are shown alone, inside the selection; null for all.
 * @param {Column | undefined} column
 * @param {Set<number>} alone
 * @param {Uint8Array | null} selection
 */
export function shownRows(column, alone, selection) {
  if (!alone.size || !column || !isCategory(column)) return selection;
  /** @param {number} code */
  const isAlone = (code) => alone.has(Math.min(code, column.listed));
  return Uint8Array.from(column.data, (code, row) => (!selection || selection[row]) && isAlone(code) ? 1 : 0);
}
