"""Proofs of training on Solana."""
