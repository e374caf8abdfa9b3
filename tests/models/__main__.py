"""``python -m tests.models``: write down what becomes of each model at its small size."""

from __future__ import annotations

from models.catalogue import MODELS
from tests.models import small


def main() -> None:
    """Write expected.json and print it."""
    outcomes = {}
    for model in MODELS:
        outcomes[model.name] = small.outcome(model)
        print(f"{model.name}: {'; '.join(outcomes[model.name])}", flush=True)
    small.write(outcomes)


if __name__ == "__main__":
    main()
