"""The data that the models train on, as halves for training and for testing."""

from models.data.halves import Fields, Halves

__all__ = ["Fields", "Halves"]
