"""The journal of what an account has signed for a chain.

A transaction is written here before a node sees it. So whatever is killed when, the same bytes
can be sent again, and a chain takes one transaction of a nonce only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from zkpot.artifacts.durable import SECRET, UNFINISHED, move_file, unwritable, write_file
from zkpot.artifacts.json_text import parse
from zkpot.errors import AccountLocked, InputError
from zkpot.settle.transactions.fees import Fees
from zkpot.settle.transactions.intent import Intent

VERSION = 1

#: `sent`: it may be mined, or not. `mined`: it is final. The others had no effect, and are over.
Fate = Literal["sent", "mined", "failed", "displaced", "lapsed"]


@dataclass(frozen=True)
class Signed:
    """A signed transaction: one of those with an entry's nonce, of which one is mined at most.

    Attributes:
        hash: Its name, hexadecimal.
        raw: Its bytes, hexadecimal.
        most: Wei for a unit of gas at most.
        tip: Of that for the block's maker; None where there is no base fee.
    """

    hash: str
    raw: str = field(repr=False)
    most: int
    tip: int | None

    @property
    def fees(self) -> Fees:
        """What it offers."""
        return Fees(self.most, self.tip)


@dataclass(frozen=True)
class Entry:
    """A nonce, and what it is for.

    Attributes:
        intent: What it does.
        nonce: Of the account.
        gas: Units that it may take.
        versions: The transactions that were signed with this nonce, the cheapest first.
        fate: What became of it.
        mined: Hash of the version that is final.
    """

    intent: Intent
    nonce: int
    gas: int
    versions: tuple[Signed, ...]
    fate: Fate = "sent"
    mined: str = ""


class Outbox:
    """An account's entries on one chain: those that are open, and in `done/` those that are over.

    An entry is over when its effect is known to who asked for it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._done = folder / "done"

    @classmethod
    def of(cls, chain: str, account: str, root: Path | None = None) -> Outbox:
        """The account's, on the chain of this name."""
        return cls((root or default_root()) / chain / account)

    @contextmanager
    def locked(self, seconds: float) -> Iterator[None]:
        """Nobody else sends with the account on this machine while the body runs.

        Raises:
            AccountLocked: Somebody does, for longer than that.
        """
        try:
            self._done.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self._done, error) from error
        lock = FileLock(self.folder / ".lock", timeout=seconds)
        try:
            lock.acquire()
        except Timeout:
            raise AccountLocked(
                f"{self.folder}: another process sends with this account; wait for it"
            ) from None
        try:
            for path in self.folder.glob("*" + UNFINISHED):
                path.unlink()
            yield
        finally:
            lock.release()

    def open(self) -> list[Entry]:
        """Entries that are not over, by their nonces."""
        return [_read(path) for path in sorted(self.folder.glob("*.json"))]

    def done_since(self, nonce: int) -> list[Entry]:
        """Entries that were mined and are over, with this nonce or a later one."""
        paths = [path for path in sorted(self._done.glob("*.json")) if int(path.stem) >= nonce]
        return [entry for entry in map(_read, paths) if entry.fate == "mined"]

    def write(self, entry: Entry) -> Entry:
        """Makes an entry durable, in place of an earlier form of it; returns it."""
        content = json.dumps({"version": VERSION} | asdict(entry), indent=1).encode()
        write_file(self._path(entry), content, SECRET)
        return entry

    def close(self, entry: Entry) -> None:
        """Puts an entry with those that are over. What was over and is again is left as it is."""
        path = self._path(entry)
        if path.exists():
            move_file(path, self._done / path.name, SECRET)

    def _path(self, entry: Entry) -> Path:
        return self.folder / f"{entry.nonce:012}.json"


def default_root() -> Path:
    """Where entries stand unless it is said."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "zkpot" / "transactions"


@dataclass(frozen=True)
class _Header:
    version: int


def _read(path: Path) -> Entry:
    try:
        content = path.read_bytes()
        version = parse(content, _Header).version
        if version != VERSION:
            raise InputError(f"{path}: written by another zkpot (version {version})")
        return parse(content, Entry)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: the journal of transactions is damaged here ({error}); look up the account's "
            "last transactions before you move this file away"
        ) from error
