// What the colours mean, and how many of each there are; a click on a category shows it alone.

import { el } from "../shared/dom.js";
import { short } from "../shared/numbers.js";
import { entriesOf, isCategory } from "./coloring.js";

/** @import { Column, Scene } from "./types.d.ts" */

/** @param {(code: number) => void} onToggle Called with the category that was clicked. */
export function makeLegend(onToggle) {
  const node = el("div", { class: "legend" });

  /**
   * @param {Scene} scene
   * @param {Column | undefined} column
   * @param {Set<number>} alone Categories that are shown alone.
   */
  function show({ palette, ramp, shown }, column, alone) {
    if (!column) return node.replaceChildren();
    if (!isCategory(column)) {
      const strip = el("span", { class: "ramp", style: `background: linear-gradient(90deg, ${ramp.join(", ")})` });
      const [low, high] = [column.low, column.high].map((value) => el("span", {}, short(value)));
      return node.replaceChildren(el("div", { class: "scale" }, low, strip, high));
    }
    node.replaceChildren(
      ...entriesOf(column, shown).map(({ name, count }, code) =>
        el(
          "button",
          {
            type: "button",
            class: code < column.listed ? "entry" : "entry others",
            "aria-pressed": alone.has(code),
            onclick: () => onToggle(code),
          },
          el("span", { class: "chip", style: `background: ${palette[code]}` }),
          el("span", { class: "name" }, name),
          el("span", { class: "count" }, count),
        )
      ),
    );
  }

  return { node, show };
}
