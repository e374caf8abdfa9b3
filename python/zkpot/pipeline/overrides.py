"""Precision of single tensors, as people give it: on the command line or in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zkpot.artifacts.json_text import parse
from zkpot.errors import InputError


@dataclass(frozen=True)
class Overrides:
    """Fraction bits (`scales`) and limits of magnitude (`ranges`) of tensors, by name."""

    scales: dict[str, int] = field(default_factory=dict)
    ranges: dict[str, float] = field(default_factory=dict)


def overrides(path: Path | None, scales: Sequence[str], ranges: Sequence[str]) -> Overrides:
    """What the file says, and on top of it what `TENSOR=BITS` and `TENSOR=LIMIT` say.

    Raises:
        InputError: the file cannot be read, or something is no number.
    """
    given = _read(path) if path is not None else Overrides()
    bits = {**given.scales, **{name: _bits(name, text) for name, text in map(_pair, scales)}}
    limits = {**given.ranges, **{name: _limit(name, text) for name, text in map(_pair, ranges)}}
    return Overrides(bits, limits)


def _read(path: Path) -> Overrides:
    try:
        return parse(path.read_bytes(), Overrides)
    except OSError as error:
        raise InputError(f"{path}: not readable ({error.strerror or error})") from error
    except ValueError as error:
        raise InputError(
            f'{path}: expected {{"scales": {{"tensor": bits}}, "ranges": {{"tensor": limit}}}} '
            f"({error})"
        ) from error


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.rpartition("=")
    if not equals or not name:
        raise InputError(f"'{text}' is no precision of a tensor: write NAME=NUMBER")
    return name, value


def _bits(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InputError(
            f"the scale of '{name}' is '{text}': give a whole number of fraction bits"
        ) from None


def _limit(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"the range of '{name}' is '{text}': give the largest magnitude of its values"
        ) from None
