"""Progress for people: bars on a terminal or in a notebook, silence elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import TaskID


class Progress:
    """What long work reports to. This one says nothing.

    Calls come from any thread.
    """

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def note(self, message: str) -> None:
        """One line that is worth reading."""

    def steps(self, done: float, total: int) -> None:
        """How many steps of the whole undertaking are done."""

    def phase(self, name: str, done: int, total: int) -> None:
        """What is being done now, and how much of it is done."""


class Bars(Progress):
    """Bars with the time left, on stderr or in a notebook."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._bars = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            # The upper bar moves once a link, which may take minutes.
            speed_estimate_period=3600,
        )
        self._tasks: dict[str, TaskID] = {}
        self._phase = ""

    def __enter__(self) -> Progress:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def note(self, message: str) -> None:
        """Prints the line above the bars."""
        self._bars.console.print(message, highlight=False, markup=False)

    def steps(self, done: float, total: int) -> None:
        """Moves the upper bar."""
        self._set("run", "steps", done, total, f"{int(done)}/{total}")

    def phase(self, name: str, done: int, total: int) -> None:
        """Moves the lower bar, and starts it anew when the phase changes."""
        if name != self._phase and "phase" in self._tasks:
            self._bars.reset(self._tasks["phase"])
        self._phase = name
        self._set("phase", name, done, total, "")

    def _set(self, key: str, text: str, done: float, total: int, count: str) -> None:
        if key not in self._tasks:
            self._tasks[key] = self._bars.add_task(text, total=total, count=count)
        self._bars.update(
            self._tasks[key], completed=done, total=total, description=text, count=count
        )


class Lines(Progress):
    """Notes on stderr, without bars."""

    def note(self, message: str) -> None:
        """Prints the line."""
        print(message, file=sys.stderr)


def default_progress() -> Progress:
    """Bars where somebody watches: a terminal or a notebook."""
    return Bars() if sys.stderr.isatty() or _in_notebook() else Progress()


def _in_notebook() -> bool:
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"
