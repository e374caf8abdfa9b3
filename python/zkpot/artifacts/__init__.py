"""Formats of everything that zkpot writes and reads, each self-describing and versioned."""
