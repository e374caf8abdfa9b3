"""Sections of docs/benchmarks.md: what each measures, and what its page says of it."""
