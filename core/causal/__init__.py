"""Causes: graphs, what can be identified from them, structural causal models and estimates. Knows no screen."""

from core.causal.graph import CausalGraph, GraphError
from core.causal.identify import Identification, identify
from core.causal.parsing import parse_graph

__all__ = ["CausalGraph", "GraphError", "Identification", "identify", "parse_graph"]
