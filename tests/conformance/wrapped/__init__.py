"""Cases of wrapped proofs that every binding answers alike."""
