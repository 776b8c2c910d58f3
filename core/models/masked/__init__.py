"""Networks that predict what a mask hides: V-JEPA, I-JEPA and their pixel twin."""
