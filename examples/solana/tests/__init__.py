"""Tests of the program on a chain; `make test-solana` builds and runs them."""
