"""Effects estimated from tables: regression, weighting, instruments, plug-in formulas, bounds and refuters."""
