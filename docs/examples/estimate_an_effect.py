"""Estimate an effect from a graph and a table, and try to refute it.

    python docs/examples/estimate_an_effect.py

The table holds 700 real patients with kidney stones (Charig et al. 1986): the treatment looks harmful until one adjusts
for the size of the stone.
"""

import numpy as np

from core.causal import analyse, identify, parse_graph
from core.causal.analysis.refutation import refutations
from core.causal.stories.shipped import kidney_stones
from core.causal.tables.rows import table_of

GRAPH = "dag { small_stone -> treatment_A; small_stone -> success; treatment_A -> success }"
EXPOSURE, OUTCOME = "treatment_A", "success"


def main() -> None:
    """Print what identifies the effect, the estimates and the refutations."""
    graph, table = parse_graph(GRAPH), table_of(kidney_stones())
    sets = identify(graph, EXPOSURE, OUTCOME).sets
    print("Adjust for", " or ".join(", ".join(sorted(one)) for one in sets))
    analysis = analyse(graph, table, EXPOSURE, OUTCOME)
    for estimate in (analysis.unadjusted, *analysis.estimates):
        print(f"{estimate.method:<28}{estimate.value:8.3f}  ({estimate.low:.3f} to {estimate.high:.3f})")
    for refutation in refutations(analysis, table, np.random.default_rng(0)):
        print(f"{'passed' if refutation.passed else 'FAILED'}: {refutation.name}")


if __name__ == "__main__":
    main()
