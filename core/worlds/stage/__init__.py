"""Worlds of balls on a lit stage: physics, drawing and the events that happen."""
