"""Training: clips from seeds, one loop, and a recipe for each model."""
