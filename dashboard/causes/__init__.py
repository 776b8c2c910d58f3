"""The Causes page: stories whose truth is known, and one's own problem."""
