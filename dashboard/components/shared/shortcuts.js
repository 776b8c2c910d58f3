// Keys of a component.

/**
 * Runs the action of a key; a letter means the same with and without Shift. The page has shortcuts of its own, so it
 * does not hear of a key that had an action here.
 *
 * @param {KeyboardEvent} event
 * @param {Record<string, (event: KeyboardEvent) => void>} actions By `event.key`, letters in lower case.
 */
export function runShortcut(event, actions) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  action(event);
}
