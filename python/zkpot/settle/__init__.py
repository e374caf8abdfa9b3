"""Orders, bids, stake and escrow on a chain: docs/guide/getting-paid.md. Needs zkpot[chain]."""
