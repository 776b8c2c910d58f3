"""Effects estimated from rows: regression, weighting, instruments, plug-in formulas, bounds and refuters."""
