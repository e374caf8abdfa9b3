"""A node of a chain, whose answers are read with care, and what can be looked up there."""
