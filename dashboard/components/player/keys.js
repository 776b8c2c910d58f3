// The keys of the player.

import { clamp } from "../shared/numbers.js";
import { runShortcut } from "../shared/shortcuts.js";
import { SPEEDS } from "./controls.js";

/** @import { Actions, PlayerState } from "./types.d.ts" */

/**
 * @param {KeyboardEvent} event
 * @param {PlayerState} state
 * @param {Actions} actions
 */
export function handleKey(event, state, actions) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const tag = event.target instanceof Element ? event.target.tagName : "";
  if (tag === "SELECT") return event.stopPropagation(); // its own keys, but not the app's shortcuts
  if (tag === "BUTTON" && event.key === " ") return event.stopPropagation();
  const { step } = actions;
  const back = () => step(-1), forward = () => step(1);
  const faster = () => actions.setSpeed(speedBeside(state.speed, 1));
  const slower = () => actions.setSpeed(speedBeside(state.speed, -1));
  runShortcut(event, {
    " ": actions.toggle,
    k: actions.toggle,
    m: actions.toggleMarks,
    ArrowLeft: back,
    ",": back,
    ArrowRight: forward,
    ".": forward,
    Home: () => actions.scrub(0),
    End: () => actions.scrub(state.data.frames - 1),
    "+": faster,
    "=": faster,
    "-": slower,
  });
}

/**
 * The next faster or slower speed.
 * @param {number} speed
 * @param {1 | -1} by
 */
function speedBeside(speed, by) {
  return SPEEDS[clamp(SPEEDS.indexOf(speed) + by, 0, SPEEDS.length - 1)];
}
