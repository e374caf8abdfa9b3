"""The directory of a run.

    lock                        held by the one process that proves
    public/program.zkprog       what `bundle` packs into one file
    public/order.json
    public/links/000000.link
    public/envelopes/000000.envelope    the states after a link, encrypted, where it delivers them
    secret/journal/000000.json  what happened, see `journal`
    secret/openings/<root>      secret openings of the commitments that stand (mode 0600)
    secret/staged/000000.link   a link on its way out
    secret/keys/000000.key      of the link's envelope (mode 0600)
    secret/used-by              the run that continues this one, if any

A link and the mark that its commitments are spent become durable together, before a byte of
the link stands outside `secret`. Whatever happens, at any moment, the newest record says what
stands; opening the directory finishes or removes the rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from zkpot.artifacts.bundle import Bundle, LinksOnDisk, link_section
from zkpot.artifacts.durable import PUBLIC, SECRET, UNFINISHED, move_file, unwritable, write_file
from zkpot.artifacts.envelope import Envelope
from zkpot.artifacts.handover import hand_over
from zkpot.artifacts.journal import Journal, Record
from zkpot.artifacts.order import Order
from zkpot.errors import InputError, RunLocked

_OWN = {"lock", "public", "secret"}


class RunDirectory:
    """A run on disk. Reading needs no lock; everything that changes it does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._links = path / "public" / "links"
        self._program = path / "public" / "program.zkprog"
        self._order = path / "public" / "order.json"
        self._openings = path / "secret" / "openings"
        self._staged = path / "secret" / "staged"
        self._envelopes = path / "public" / "envelopes"
        self._keys = path / "secret" / "keys"
        self._journal_folder = path / "secret" / "journal"
        self.journal = Journal(self._journal_folder)

    @classmethod
    def existing(cls, path: Path) -> RunDirectory:
        """The run in `path`.

        Raises:
            InputError: There is none.
        """
        run = cls(path)
        if not run.begun:
            raise InputError(f"{path}: no run here; begin one with 'zkpot prove ... --out {path}'")
        return run

    @property
    def begun(self) -> bool:
        """Whether a run was begun here."""
        return self.journal.last is not None

    @property
    def state(self) -> Record:
        """The newest record."""
        last = self.journal.last
        if last is None:
            raise InputError(f"{self.path}: no run here")
        return last

    @property
    def closed(self) -> bool:
        """Whether nothing is pending, so that the run verifies."""
        standing = self.journal.settings.channel == "wrapped"
        return self.state.kind == ("training" if standing else "seal")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the run for this process, after putting right what a crash left behind.

        Raises:
            RunLocked: Another process has it.
            InputError: The folder holds something else, or cannot be written.
        """
        self._create_folders()
        lock = FileLock(self.path / "lock", timeout=0, mode=SECRET)
        try:
            lock.acquire()
        except Timeout:
            raise RunLocked(
                f"{self.path}: another process is proving in this directory; wait for it or stop it"
            ) from None
        try:
            # Another process may have written records since this object was made.
            self.journal = Journal(self._journal_folder)
            self._recover()
            yield
        finally:
            lock.release()

    def store(self, root: str, opening: bytes) -> None:
        """Keeps the opening of a commitment that the next record will name."""
        write_file(self._openings / root, opening, SECRET)

    def begin(self, program: bytes, order: Order, record: Record) -> None:
        """Begins a run: program and order. The openings of its commitments are stored already."""
        self.journal.check(record)
        self._check_openings(record)
        write_file(self._program, program)
        write_file(self._order, json.dumps(asdict(order), indent=1).encode())
        self.journal.append(record)

    def append(self, link: bytes, record: Record, envelope: Envelope | None = None) -> None:
        """Adds a link. The openings of the record's commitments are stored already."""
        self.journal.check(record)
        self._check_openings(record)
        index = len(self.journal.records) - 1
        name = self._link_name(index)
        staged = self._staged / name
        write_file(staged, link, SECRET)
        if envelope is not None:
            self._keys.mkdir(exist_ok=True)
            write_file(self._key(index), envelope.key.hex().encode(), SECRET)
            write_file(self._staged / self._envelope(index).name, envelope.ciphertext, SECRET)
        self.journal.append(record)
        # From here on the link exists, and its commitments are spent.
        move_file(staged, self._links / name, PUBLIC)
        if envelope is not None:
            self._publish_envelope(index)
        self._erase_openings_except(record.live)

    def opening(self, root: str) -> bytes:
        """The secret opening of a commitment that stands."""
        return _read(self._openings / root)

    @property
    def program(self) -> bytes:
        """The program file."""
        return _read(self._program)

    @property
    def order(self) -> Order:
        """What the run set out to do."""
        try:
            return Order.from_json(_read(self._order))
        except ValueError as error:
            raise InputError(f"{self._order}: damaged ({error})") from error

    @property
    def last_link(self) -> bytes:
        """The newest link; empty before the first."""
        if len(self.journal.records) < 2:
            return b""
        return _read(self._links / self._link_name(len(self.journal.records) - 2))

    def envelope(self, index: int) -> Envelope:
        """The states after a link, encrypted, and their key.

        Raises:
            InputError: They are not there.
        """
        path = self._key(index)
        try:
            key = bytes.fromhex(_read(path).decode())
        except ValueError:
            raise InputError(f"{path}: damaged, so its envelope cannot be opened") from None
        return Envelope(_read(self._envelope(index)), key)

    def hand_over(self, run: str) -> None:
        """Marks what the sealed run left as taken by another run, which continues it.

        Raises:
            InputError: A third run has taken it.
        """
        advice = "begin from the weights that 'zkpot weights' gives, or continue that run"
        hand_over(self.path / "secret", run, advice)

    def bundle(self) -> Bundle:
        """The public part. Works on a directory whose secret part was taken away, too."""
        if not self._program.exists():
            raise InputError(f"{self.path}: no run here (no {self._program})")
        links = sorted(self._links.glob("*.link"))
        expected = [self._links / self._link_name(index) for index in range(len(links))]
        if links != expected:
            missing = next(path for path in expected if path not in links)
            raise InputError(f"{missing}: this link of the run is missing")
        on_disk = LinksOnDisk(len(links), lambda index: _read(links[index]))
        return Bundle(program=self.program, links=on_disk, order=_read(self._order))

    def _create_folders(self) -> None:
        try:
            if self.path.exists() and not self.begun:
                foreign = {entry.name for entry in self.path.iterdir()} - _OWN
                if foreign:
                    raise InputError(
                        f"{self.path}: not empty and not a run directory "
                        f"(holds '{min(foreign)}'); choose another --out"
                    )
            self._links.mkdir(parents=True, exist_ok=True)
            (self.path / "secret").mkdir(mode=0o700, exist_ok=True)
            (self.path / "secret").chmod(0o700)
            for folder in (self._openings, self._staged, self._journal_folder):
                folder.mkdir(exist_ok=True)
        except OSError as error:
            raise unwritable(self.path, error) from error

    def _recover(self) -> None:
        """Finishes publication of the newest link and removes what no record names."""
        for unfinished in self.path.rglob("*" + UNFINISHED):
            unfinished.unlink()
        for index, record in enumerate(self.journal.records[1:]):
            name = self._link_name(index)
            staged, public = self._staged / name, self._links / name
            if not public.exists():
                if not staged.exists():
                    raise InputError(f"{public}: the link is lost, so the run cannot be continued")
                if hashlib.sha256(staged.read_bytes()).hexdigest() != record.link:
                    raise InputError(f"{staged}: the link is damaged, so the run cannot go on")
                move_file(staged, public, PUBLIC)
            if self._key(index).exists() and not self._envelope(index).exists():
                self._publish_envelope(index)
        kept = {self._key(index) for index in range(len(self.journal.records) - 1)}
        for key in self._keys.glob("*"):
            if key not in kept:
                key.unlink()
        for leftover in self._staged.iterdir():
            leftover.unlink()
        self._erase_openings_except(self.state.live if self.begun else ())

    def _publish_envelope(self, index: int) -> None:
        public = self._envelope(index)
        staged = self._staged / public.name
        if not staged.exists():
            raise InputError(f"{public}: the envelope is lost, so the run cannot be continued")
        self._envelopes.mkdir(exist_ok=True)
        move_file(staged, public, PUBLIC)

    def _envelope(self, index: int) -> Path:
        return self._envelopes / f"{index:06}.envelope"

    def _key(self, index: int) -> Path:
        return self._keys / f"{index:06}.key"

    def _check_openings(self, record: Record) -> None:
        for root in record.live:
            if not (self._openings / root).exists():
                raise InputError(f"{self.path}: the opening of commitment {root} is missing")

    def _erase_openings_except(self, roots: tuple[str, ...]) -> None:
        for opening in self._openings.iterdir():
            if opening.name not in roots:
                opening.unlink()

    def _link_name(self, index: int) -> str:
        return link_section(index).removeprefix("link/") + ".link"


def link_digest(link: bytes) -> str:
    """What a record calls its link."""
    return hashlib.sha256(link).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: not readable ({error.strerror or error})") from error
