"""Rows of people's own: reading, matching columns to nodes, choosing rows."""
