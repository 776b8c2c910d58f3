// When a frame is shown: in seconds ahead of the last frame that the models saw.

/** @import { PlayerData } from "./types.d.ts" */

/**
 * Seconds ahead of the last frame that the models saw: negative inside the context.
 * @param {PlayerData} data
 * @param {number} frame
 */
export function secondsAhead(data, frame) {
  return (frame - Math.max(data.context - 1, 0)) / data.fps;
}

/**
 * @param {PlayerData} data
 * @param {number} frame
 */
export function timeText(data, frame) {
  const digits = data.fps > 20 ? 2 : 1;
  return `${secondsAhead(data, frame).toFixed(digits).replace(/^-(0\.0+)$/, "$1").replace("-", "\u2212")} s`;
}

/**
 * The time for a screen reader.
 * @param {PlayerData} data
 * @param {number} frame
 */
export function spokenTime(data, frame) {
  if (frame < data.context) return `seen frame ${frame + 1} of ${data.context}`;
  return data.context ? `${timeText(data, frame)} ahead` : timeText(data, frame);
}

/**
 * Labels of the events at a frame.
 * @param {PlayerData} data
 * @param {number} frame
 */
export function eventsAt(data, frame) {
  return data.events.filter((event) => event.frame === frame).map((event) => event.label);
}

/**
 * @param {number} value
 * @returns {string}
 */
export function valueText(value) {
  if (value < 0) return `\u2212${valueText(-value)}`;
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  if (value >= 0.01 || value === 0) return value.toFixed(2);
  return String(Number(value.toPrecision(1)));
}
