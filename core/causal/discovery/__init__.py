"""What can be read off rows alone: independence tests, equivalence classes, and checks of a given graph."""
