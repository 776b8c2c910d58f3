"""Causal discovery: PC and NOTEARS on rows, and falsification of a given graph."""
