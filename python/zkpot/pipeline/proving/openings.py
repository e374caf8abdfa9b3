"""The openings of the commitments that stand, on disk and in memory."""

from __future__ import annotations

from collections.abc import Iterable

from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native


class Openings:
    """Reads and stores openings; keeps those in memory that the next link uses."""

    def __init__(self, directory: RunDirectory) -> None:
        self._directory = directory
        # What this process made itself and need not read back.
        self._held: dict[str, native.Held] = {}

    def __getitem__(self, root: str) -> native.Held:
        if root not in self._held:
            self._held[root] = native.read_held(self._directory.opening(root))
        return self._held[root]

    def store(self, held: native.Held) -> str:
        """Writes an opening; returns its commitment."""
        self._directory.store(held.root, held.to_bytes())
        return held.root

    def keep(self, held: Iterable[native.Held]) -> None:
        """Keeps these in memory and forgets all others; they are read back where needed."""
        self._held = {opening.root: opening for opening in held}
