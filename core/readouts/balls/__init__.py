"""Positions of balls: a colour parser for frames and a probe for latents."""
