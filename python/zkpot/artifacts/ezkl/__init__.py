"""Formats of the EZKL backend on disk: circuits, runs, receipts; `docs/ezkl.md` describes them."""
