"""What runs of a thousand links need: nothing grows with their number, and it is not too large."""

from __future__ import annotations

import json
import os
import struct
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_in import DATA, Native

from zkpot import _native, plan
from zkpot.artifacts.bundle import Bundle, LinksOnDisk
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native as backend
from zkpot.errors import InputError, InvalidProof
from zkpot.pipeline.proving import beginning
from zkpot.pipeline.run import Run
from zkpot.progress import Bars, Progress

# Of the newest format.
GOLDEN = max((Path(__file__).resolve().parents[1] / "golden").glob("*/clear.zkpot"))


def test_a_run_of_too_many_links_is_refused_before_it_begins(
    program: Program, native: Native, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = json.loads(program.native.security(2)) | {"max_links": 3}
    monkeypatch.setattr(type(program.native), "security", lambda *_: json.dumps(account))

    monkeypatch.setattr(beginning, "_ACCOUNTED", 2)

    def run(name: str, link_steps: int, **options: bool) -> Run:
        path = tmp_path / name
        return Run(
            program, DATA, path, link_steps=link_steps, seed=1, progress=Progress(), **options
        )

    message = "8 steps in links of 2 are 4 links, and 100 bits of soundness hold for 3: .* prove 6"
    with pytest.raises(InputError, match=message):
        run("run", 2).prove(8)
    assert not RunDirectory(tmp_path / "run").begun
    assert not list((tmp_path / "run" / "secret" / "openings").iterdir())
    assert run("run", 2).prove(6).steps == 6
    assert run("longer", 4).prove(8).steps == 8
    assert run("clear", 2, clear=True).prove(8).steps == 8


@given(
    rows=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    batch=st.integers(1, 5),
    done=st.integers(0, 40),
    left=st.integers(0, 60),
    seed=st.binary(min_size=32, max_size=32),
)
def test_shards_that_are_read_later(
    rows: list[int], batch: int, done: int, left: int, seed: bytes
) -> None:
    """Looking two epochs ahead finds all that looking to the end finds."""

    def read(first: int, steps: int) -> list[int]:
        found = _native.scheduled_rows(seed.hex(), rows, first, steps, batch)
        return sorted(set(found[::2].tolist()))

    ahead = min(left, plan.two_epochs(sum(rows), batch))
    assert read(done, ahead) == read(done, left)


def test_links_are_asked_for_one_at_a_time() -> None:
    whole = Bundle.read(GOLDEN)
    asked: list[int] = []

    def read(index: int) -> bytes:
        asked.append(index)
        return whole.links[index] if index == 0 else b"damaged"

    links = LinksOnDisk(len(whole.links), read)
    assert len(links) >= 3
    with pytest.raises(InvalidProof, match="link"):
        backend.verify(Bundle(whole.program, links, whole.order), {"allow_clear": True})
    assert asked == [0, 1]


def test_a_bundle_is_copied_link_by_link(tmp_path: Path) -> None:
    whole = Bundle.read(GOLDEN)
    copy = tmp_path / "copy.zkpot"
    assert whole.write(copy) == GOLDEN.stat().st_size
    assert copy.read_bytes() == GOLDEN.read_bytes() == whole.to_bytes()
    assert list(whole.links) == Bundle.from_bytes(GOLDEN.read_bytes()).links
    assert whole.links[1:] == [whole.links[index] for index in range(1, len(whole.links))]
    assert whole.links[-1] == whole.links[len(whole.links) - 1]
    with pytest.raises(IndexError):
        whole.links[len(whole.links)]


def test_a_bundle_comes_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(GOLDEN.read_bytes()))
    writer.start()
    assert list(Bundle.read(pipe).links) == list(Bundle.read(GOLDEN).links)
    writer.join()


def sparse(path: Path, links: int, link_bytes: int) -> Path:
    """A bundle whose links are holes in the file."""
    start = struct.pack("<8sII", b"zkpotrun", 1, 2 + links)
    with path.open("wb") as file:
        file.write(start)
        for name in ("order", "program", *(f"link/{index:06}" for index in range(links))):
            length = link_bytes if name.startswith("link") else 2
            file.write(struct.pack("<H", len(name)) + name.encode() + struct.pack("<Q", length))
            file.seek(length, os.SEEK_CUR)
        file.truncate()
    return path


def test_a_bundle_may_be_larger_than_memory(tmp_path: Path) -> None:
    """An hour of training is some gigabytes of proof; links are read one by one."""
    path = sparse(tmp_path / "long.zkpot", 200, 64 << 20)
    assert path.stat().st_size > 8 << 30
    assert len(Bundle.read(path).links) == 200


def test_a_section_that_is_larger_than_any_is_refused_unread(tmp_path: Path) -> None:
    path = sparse(tmp_path / "large.zkpot", 1, (256 << 20) + 1)
    with pytest.raises(InvalidProof, match="section 'link/000000' is larger than any"):
        Bundle.read(path)


def test_a_bundle_whose_link_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    def read(_: int) -> bytes:
        raise InputError("gone")

    bundle = Bundle(b"program", LinksOnDisk(1, read), b"{}")
    with pytest.raises(InputError, match="gone"):
        bundle.write(tmp_path / "copy.zkpot")
    assert not list(tmp_path.iterdir())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("rich.console.monotonic", lambda: now[0])
    return now


def test_the_time_left_is_known_where_links_take_minutes(clock: list[float]) -> None:
    bars = Bars()
    bars.steps(40, 100)
    for done in (50, 60, 70):
        clock[0] += 100
        bars.steps(done, 100)
    assert bars._bars.tasks[0].time_remaining == pytest.approx(300)
