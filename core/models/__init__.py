"""Networks behind one small protocol; objectives beside them; loading and saving."""
