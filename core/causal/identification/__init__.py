"""Which effects a graph lets one know, by which formula, and why others cannot be known."""
