// Small arithmetic and how numbers are written.

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** @param {string} hex Such as "#0072B2". */
export const rgbOf = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/**
 * The colour `share` of the way along a ramp of hex colours, as red, green and blue from 0 to 255.
 * @param {string[]} ramp
 * @param {number} share 0 to 1.
 */
export function mix(ramp, share) {
  const at = share * (ramp.length - 1), low = Math.min(Math.floor(at), ramp.length - 2);
  const [a, b] = [rgbOf(ramp[low]), rgbOf(ramp[low + 1])];
  return a.map((value, i) => Math.round(value + (b[i] - value) * (at - low)));
}

/** @param {number} value To three significant digits. */
export const short = (value) => Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "unknown";
