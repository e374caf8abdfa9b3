"""What is printed between commands, and what must be true there."""

from __future__ import annotations


def chapter(title: str) -> None:
    """A headline."""
    print(f"\n\n== {title} ==", flush=True)


def say(text: str) -> None:
    """A line."""
    print(f"\n        {text}", flush=True)


def expect(what: str, have: object, want: object) -> None:
    """Says what is so.

    Raises:
        RuntimeError: It is not.
    """
    if have != want:
        raise RuntimeError(f"{what}: {have}, and {want} was expected")
    say(f"{what}: {have}")
