"""A run directory after a crash at any moment is the run before or after, never between."""

import hashlib
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from zkpot.artifacts import durable
from zkpot.artifacts.journal import Record
from zkpot.artifacts.order import Order
from zkpot.artifacts.run_directory import RunDirectory, link_digest
from zkpot.errors import InputError, NotEnoughResources, RunLocked

ORDER = Order(program="p", first="f", shards=("s",), shard_rows=(3,), nonce="n")


def root(index: int) -> str:
    return hashlib.sha256(str(index).encode()).hexdigest()


def first_record() -> Record:
    return Record(kind="commit", steps=0, states=root(0), shards={"0": root(100)})


def next_record(run: RunDirectory, link: bytes) -> Record:
    index = len(run.journal.records)
    return Record(
        kind="training",
        steps=index,
        states=root(index),
        shards={"0": root(100 + index)},
        spent=(run.state.states, run.state.shards["0"]),
        link=link_digest(link),
        link_bytes=len(link),
        losses=(1.0 / index,),
    )


def store(run: RunDirectory, record: Record) -> None:
    for name in record.live:
        run.store(name, f"opening of {name}".encode())


def begin(run: RunDirectory) -> None:
    record = first_record()
    store(run, record)
    run.begin(b"the program", ORDER, record)


def append(run: RunDirectory) -> None:
    link = f"link {len(run.journal.records) - 1}".encode()
    record = next_record(run, link)
    store(run, record)
    run.append(link, record)


def advance(run: RunDirectory) -> None:
    append(run) if run.begun else begin(run)


def check_consistent(path: Path) -> None:
    """What must hold whenever nobody is writing."""
    run = RunDirectory(path)
    records = run.journal.records
    links = sorted((path / "public" / "links").iterdir())
    assert [link.read_bytes() for link in links] == [
        f"link {index}".encode() for index in range(max(0, len(records) - 1))
    ]
    assert not list((path / "secret" / "staged").iterdir())
    assert not list(path.rglob("*" + durable.UNFINISHED))
    live = set(run.state.live) if records else set()
    assert {opening.name for opening in (path / "secret" / "openings").iterdir()} == live
    spent = [name for record in records for name in record.spent]
    assert len(spent) == len(set(spent))


class Crash(BaseException):
    """The process dies here."""


@contextmanager
def crash_after(operations: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Every write, rename, removal and fsync after the first `operations` never happens."""
    count = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def operation(*args: object, **kwargs: object) -> object:
            nonlocal count
            count += 1
            if count > operations:
                raise Crash
            return real(*args, **kwargs)

        return operation

    with monkeypatch.context() as patch:
        for owner, name in [
            (os, "write"),
            (os, "fsync"),
            (Path, "replace"),
            (Path, "unlink"),
            (Path, "chmod"),
        ]:
            patch.setattr(owner, name, counted(getattr(owner, name)))
        yield lambda: count


def test_a_crash_at_every_operation_leaves_a_run_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Real flushing is slow and is not what this tests; calls of it are still counted.
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    crashes = 0
    for moment in range(200):
        path = tmp_path / str(moment)
        crashed = False
        with crash_after(moment, monkeypatch):
            try:
                run = RunDirectory(path)
                with run.locked():
                    for _ in range(3):
                        advance(run)
            except Crash:
                crashed = True
                crashes += 1
        # A new process finds the directory.
        recovered = RunDirectory(path)
        before = [record.link for record in recovered.journal.records]
        with recovered.locked():
            check_consistent(path)
            assert [record.link for record in recovered.journal.records] == before
            while len(recovered.journal.records) < 4:
                advance(recovered)
        check_consistent(path)
        assert recovered.state.steps == 3
        if not crashed:
            break
    assert not crashed
    assert crashes > 40


def test_no_byte_of_a_link_is_public_before_its_spent_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunDirectory(tmp_path / "run")
    with run.locked():
        begin(run)
        for moment in range(100):
            with crash_after(moment, monkeypatch):
                try:
                    append(run)
                except Crash:
                    finished = False
                else:
                    finished = True
            public = list((tmp_path / "run" / "public" / "links").iterdir())
            recorded = RunDirectory(tmp_path / "run").journal.records[1:]
            assert len(public) <= len(recorded)
            if finished or recorded:
                break
        assert moment > 5


def test_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        run = RunDirectory(tmp_path / "run")
        with run.locked():
            begin(run)
            append(run)
    finally:
        os.umask(old)
    secret = tmp_path / "run" / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o700
    files = [path for path in secret.rglob("*") if path.is_file()]
    assert len(files) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    public = [path for path in (tmp_path / "run" / "public").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in public} == {0o644}


def test_a_second_prover_is_refused(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    with run.locked():
        code = (
            "import sys; from pathlib import Path; from zkpot.errors import RunLocked\n"
            "from zkpot.artifacts.run_directory import RunDirectory\n"
            "try:\n  RunDirectory(Path(sys.argv[1])).locked().__enter__()\n"
            "except RunLocked as e:\n  print(e)"
        )
        other = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "run")],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "another process is proving" in other.stdout
        with pytest.raises(RunLocked), RunDirectory(tmp_path / "run").locked():
            pass
    with RunDirectory(tmp_path / "run").locked():
        pass


def test_spent_commitments_are_never_opened_again(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    with run.locked():
        begin(run)
        append(run)
        for spent, states, message in (
            (root(0), root(7), "opened before"),
            (root(9), root(7), "none of this run's"),
            (root(1), root(0), "cannot stand"),
        ):
            record = Record(
                kind="training", steps=2, states=states, shards={}, spent=(spent,), link="x"
            )
            with pytest.raises(InputError, match=message):
                run.append(b"x", record)
        with pytest.raises(InputError, match="not readable"):
            run.opening(root(0))
    check_consistent(tmp_path / "run")


def test_a_full_disk_leaves_the_last_link_standing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunDirectory(tmp_path / "run")
    with run.locked():
        begin(run)
        append(run)
        real = os.write

        def full(descriptor: int, content: memoryview) -> int:
            if len(content) > 12:
                raise OSError(28, "No space left on device")
            return real(descriptor, content)

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(NotEnoughResources, match="the disk is full; free some space"):
                append(run)
    with RunDirectory(tmp_path / "run").locked():
        check_consistent(tmp_path / "run")
    assert RunDirectory(tmp_path / "run").state.steps == 1


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("important")
    with pytest.raises(InputError, match="not empty and not a run directory"):
        with RunDirectory(tmp_path).locked():
            pass
    assert {path.name for path in tmp_path.iterdir()} == {"thesis.tex"}


def test_damage_is_named(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    with run.locked():
        begin(run)
        append(run)
    link = tmp_path / "run" / "public" / "links" / "000000.link"
    link.unlink()
    with pytest.raises(InputError, match=r"000000\.link: the link is lost"):
        with RunDirectory(tmp_path / "run").locked():
            pass
    (tmp_path / "run" / "secret" / "journal" / "000001.json").write_text("{")
    with pytest.raises(InputError, match=r"000001\.json: the run's journal is damaged"):
        RunDirectory(tmp_path / "run")


def test_the_public_part_alone_makes_a_bundle(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    with run.locked():
        begin(run)
        append(run)
        append(run)
    bundle = run.bundle()
    assert list(bundle.links) == [b"link 0", b"link 1"]
    assert bundle.program == b"the program"
    content = bundle.to_bytes()
    (tmp_path / "copy").mkdir()
    (tmp_path / "run" / "public").rename(tmp_path / "copy" / "public")
    assert RunDirectory(tmp_path / "copy").bundle().to_bytes() == content
    (tmp_path / "copy" / "public" / "links" / "000000.link").unlink()
    with pytest.raises(InputError, match=r"000000\.link: this link of the run is missing"):
        RunDirectory(tmp_path / "copy").bundle()


def test_no_run_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run here; begin one with"):
        RunDirectory.existing(tmp_path)
