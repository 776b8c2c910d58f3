// The keys of the map.

import { runShortcut } from "../shared/shortcuts.js";
import { ZOOM } from "./layout.js";

/**
 * @typedef {object} KeyActions
 * @property {(row: number) => void} choose
 * @property {() => void} chooseMiddle
 * @property {(by: 1 | -1) => void} chooseBeside
 * @property {(by: number) => void} step
 * @property {() => void} toggle
 * @property {() => void} clearSelection
 * @property {() => void} switchLasso
 * @property {(factor: number) => void} zoom
 * @property {() => void} reset
 */

/**
 * @param {HTMLElement} stage
 * @param {KeyActions} actions
 */
export function listenToKeys(stage, actions) {
  const shortcuts = {
    Enter: actions.chooseMiddle,
    " ": actions.toggle,
    Escape: () => {
      actions.choose(-1);
      actions.clearSelection();
    },
    l: actions.switchLasso,
    ArrowLeft: () => actions.step(-1),
    ArrowRight: () => actions.step(1),
    ArrowUp: () => actions.chooseBeside(-1),
    ArrowDown: () => actions.chooseBeside(1),
    "+": () => actions.zoom(ZOOM),
    "-": () => actions.zoom(1 / ZOOM),
    0: actions.reset,
  };
  stage.onkeydown = (event) => {
    if (event.target === stage) runShortcut(event, shortcuts);
  };
}
