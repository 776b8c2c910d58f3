"""Causal graphs, and the notations in which people write them."""
