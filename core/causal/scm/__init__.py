"""Structural causal models and Pearl's ladder: association, intervention, counterfactual."""
