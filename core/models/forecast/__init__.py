"""Networks that predict the next frames: the pixel model and the JEPA on one trunk."""
