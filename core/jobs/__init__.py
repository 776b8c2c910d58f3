"""Anything long: a queue on disk and a worker process that works through it."""
