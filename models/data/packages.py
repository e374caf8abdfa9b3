"""Folders of data that `make data` fetches with npm."""

from __future__ import annotations

from pathlib import Path

MODULES = Path(__file__).resolve().parents[2] / "node_modules"


class MissingData(Exception):
    """Data that has to be fetched first."""


def package(name: str) -> Path:
    """Return the folder `data` of an npm package.

    Raises:
        MissingData: it was not fetched.

    """
    folder = MODULES / name / "data"
    if not folder.is_dir():
        raise MissingData(
            f"{folder} is missing: 'make data' fetches it, for which npm and a network are needed"
        )
    return folder
