"""Meta's V-JEPA 2: checkpoints on disk behind the encoder protocol."""
