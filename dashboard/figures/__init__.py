"""Figures as pure functions: data in, picture description out."""
