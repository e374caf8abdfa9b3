"""Whole paths on real data, as users walk them."""
