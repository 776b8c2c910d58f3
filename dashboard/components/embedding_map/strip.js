// The neighbours of the chosen point.

import { defineComponent } from "../shared/component.js";
import { fillStrip } from "./neighbours.js";

/** @import { Mount } from "../shared/component.js" */
/** @import { Neighbours } from "./neighbours.js" */

export default defineComponent(
  ".strip",
  (root) => ({ root, dispose: () => root.replaceChildren() }),
  (strip, /** @type {Mount<Neighbours>} */ { data }) => fillStrip(strip.root, data),
);
