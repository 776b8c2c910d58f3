// The clip behind the chosen point: its picture, a scrubber and a play button on one clock.

import { contextOf, el } from "../shared/dom.js";
import { reducedMotion } from "../shared/theme.js";

/** @param {(frame: number) => void} onFrame Called for each frame that is shown. */
export function makeClip(onFrame) {
  const canvas = el("canvas", { class: "picture", width: 64, height: 64, "aria-hidden": "true" });
  const context = contextOf(canvas);
  const description = el("p", { class: "description" });
  const toggle = el("button", { class: "toggle", type: "button", "aria-label": "Play" }, "▶");
  const scrubber = el("input", { type: "range", min: 0, value: 0, step: 1, "aria-label": "Frame of the clip" });
  const bar = el("div", { class: "bar", hidden: "" }, toggle, scrubber);
  const card = el("div", { class: "clip" }, canvas, bar, description);
  /** @type {{ pictures: ImageBitmap[], fps: number } | null} */
  let clip = null;
  let playing = false, frame = 0, clock = 0, before = 0;
  let wanted = 0; // number of the newest clip
  toggle.onclick = () => play(!playing);
  scrubber.oninput = () => {
    play(false);
    seek(Number(scrubber.value));
  };

  /**
   * @param {Promise<ImageBitmap[]>} decoding
   * @param {number} fps
   * @param {number} start Frame that is shown first.
   */
  async function show(decoding, fps, start) {
    const mine = ++wanted;
    const pictures = await decoding;
    if (mine !== wanted) return pictures.forEach((picture) => picture.close());
    close();
    clip = { pictures, fps };
    [canvas.width, canvas.height] = [pictures[0].width, pictures[0].height];
    scrubber.max = String(pictures.length - 1);
    bar.hidden = pictures.length < 2;
    canvas.dataset.ready = "1";
    seek(start);
    play(pictures.length > 1 && !reducedMotion());
  }

  /** @param {number} to */
  function seek(to) {
    if (!clip) return;
    frame = (to + clip.pictures.length) % clip.pictures.length;
    context.drawImage(clip.pictures[frame], 0, 0);
    scrubber.value = String(frame);
    canvas.dataset.frame = String(frame);
    onFrame(frame);
  }

  /** @param {boolean} on */
  function play(on) {
    playing = on && clip !== null;
    toggle.textContent = playing ? "❚❚" : "▶";
    toggle.setAttribute("aria-label", playing ? "Pause" : "Play");
    cancelAnimationFrame(clock);
    before = 0;
    if (playing) clock = requestAnimationFrame(tick);
  }

  /** @param {number} now */
  function tick(now) {
    if (!before || !clip || now - before >= 1000 / clip.fps) {
      if (before) seek(frame + 1);
      before = now;
    }
    clock = requestAnimationFrame(tick);
  }

  function close() {
    clip?.pictures.forEach((picture) => picture.close());
    clip = null;
  }

  /** @param {string} text */
  function describe(text) {
    description.textContent = text;
  }

  /** @param {string} text Shown instead of a clip. */
  function clear(text) {
    wanted += 1;
    play(false);
    close();
    bar.hidden = true;
    delete canvas.dataset.ready;
    context.clearRect(0, 0, canvas.width, canvas.height);
    describe(text);
  }

  /** @param {number} by */
  function step(by) {
    play(false);
    seek(frame + by);
  }

  return { card, show, clear, describe, step, toggle: () => play(!playing), dispose: () => clear("") };
}
