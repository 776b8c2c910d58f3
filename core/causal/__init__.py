"""Causes: graphs, what can be identified from them, structural causal models and estimates. Knows no screen."""

from core.causal.analysis.analyse import Analysis, analyse
from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.graphs.parsing import parse_graph
from core.causal.identification.identify import Identification, identify

__all__ = ["Analysis", "CausalGraph", "GraphError", "Identification", "analyse", "identify", "parse_graph"]
