"""Training steps: each file is one architecture, at full size and at a size for tests."""
