// Reads the container that dashboard/components/packing.py writes: a JSON header and what it refers to, in one run of bytes.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * Where a run of pictures or an array lies in the payload.
 * @typedef {object} Entry
 * @property {string} type Media type.
 * @property {number} start
 * @property {number[]} sizes Bytes of each part.
 */

/**
 * @template Header
 * @param {Bytes} bytes
 * @returns {{ header: Header, payload: Bytes }}
 */
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, payload: bytes.subarray(4 + length) };
}

/**
 * One ImageBitmap for each picture of an entry.
 * @param {Bytes} payload
 * @param {Entry} entry
 */
export function decodeFrames(payload, { type, start, sizes }) {
  let at = start;
  return Promise.all(sizes.map((size) => {
    const blob = new Blob([payload.subarray(at, at + size)], { type });
    at += size;
    return createImageBitmap(blob);
  }));
}

/**
 * A copy of the bytes of an array, aligned for any kind of typed array.
 * @param {Bytes} payload
 * @param {Entry} entry
 */
export function arrayBuffer(payload, { start, sizes }) {
  return payload.slice(start, start + sizes[0]).buffer;
}
