"""A graph, a table and a question, answered: estimates, refutation and a report."""
