"""Contracts, and how they are compiled."""
