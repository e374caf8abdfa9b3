"""How far a measurement is: bars on a terminal, a line for each case elsewhere."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress:
    """Hears of sections, of their cases and of rounds."""

    def __init__(self, sections: int) -> None:
        console = Console(stderr=True)
        self._live = console.is_terminal
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not self._live,
        )
        self._all = self._bars.add_task("sections", total=sections)
        self._one = self._bars.add_task("rounds", total=None)
        self._section = ""

    def __enter__(self) -> Progress:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def begin(self, section: str, rounds: int) -> None:
        """A section begins."""
        self._section = section
        self._bars.reset(self._one, total=rounds, description=section)

    def case(self, name: str, done: int) -> None:
        """A case begins, of which some rounds were measured before."""
        self._bars.update(self._one, description=f"{self._section}: {name}", advance=done)
        if not self._live:
            self.note(f"{self._section}: {name}")

    def advance(self) -> None:
        """A round is complete."""
        self._bars.advance(self._one)

    def end(self) -> None:
        """A section has ended."""
        self._bars.advance(self._all)

    def note(self, message: str) -> None:
        """One line that is worth reading."""
        self._bars.console.print(message, highlight=False, markup=False)
