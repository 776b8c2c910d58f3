"""A graph, a table and a question, answered: the analysis, its verdict in words, and refutation."""
