"""Causal inference: graphs, identification, structural causal models, estimation and discovery.

The parts import one another in one direction only: ``graphs`` < ``identification``, ``scm``, ``tables`` <
``estimation`` < ``discovery`` < ``stories`` < ``analysis``.
"""

from core.causal.analysis.analyse import analyse
from core.causal.analysis.result import Analysis
from core.causal.graphs.graph import CausalGraph, GraphError
from core.causal.graphs.parsing import parse_graph
from core.causal.identification.identify import Identification, identify

__all__ = ["Analysis", "CausalGraph", "GraphError", "Identification", "analyse", "identify", "parse_graph"]
