"""Components drawn in the browser: the film player and the clip gallery."""
