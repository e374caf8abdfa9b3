"""Proofs of neural-network training."""
