"""Which effects a graph identifies, by which formula, and why others are not identifiable."""
