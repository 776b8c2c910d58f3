"""Cached access by subject: models, worlds, films and results. Every cache is bounded; what it returns is shared by all
sessions and never changed."""
