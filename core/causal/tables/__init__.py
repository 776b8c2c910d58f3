"""Tables: reading them, matching their columns to nodes, and the numbers in them."""
