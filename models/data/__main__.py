"""Write a model's data as train.npz and test.npz: ``python -m models.data NAME FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from models.catalogue import MODELS


def main() -> None:
    """Write both files."""
    known = {f"{m.name}{end}": s for m in MODELS for end, s in (("", m.full), ("-small", m.small))}
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", choices=sorted(known), metavar="NAME")
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    train, test = known[arguments.name].data()
    np.savez(arguments.folder / "train.npz", **train)
    np.savez(arguments.folder / "test.npz", **test)


if __name__ == "__main__":
    main()
