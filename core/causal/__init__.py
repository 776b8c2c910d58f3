"""Causes: graphs, what can be identified from them, structural causal models and estimates. Knows no screen."""

from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.graphs.parsing import parse_graph
from core.causal.identification.identify import Identification, identify

__all__ = ["CausalGraph", "GraphError", "Identification", "identify", "parse_graph"]
