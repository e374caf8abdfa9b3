"""Runs on the wrapped channel: links that a circuit can verify."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from small_step import write_small_step

import zkpot
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.errors import InputError, InvalidProof
from zkpot.pipeline.status import status
from zkpot.pipeline.verification import read_bundle
from zkpot.reference.verifier import verify_run
from zkpot.reference.verifier.refusal import Refusal

Data = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[zkpot.Program, Data]:
    folder = tmp_path_factory.mktemp("step")
    data = write_small_step(folder / "step.onnx")
    return zkpot.compile(folder / "step.onnx", data), data


@pytest.fixture(scope="module")
def run(made: tuple[zkpot.Program, Data], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two links of two steps."""
    program, data = made
    path = tmp_path_factory.mktemp("wrapped") / "run"
    summary = zkpot.Run(program, data, path, seed=1, wrapped=True, link_steps=2).prove(4)
    assert (summary.links, summary.zero_knowledge) == (2, False)
    return path


def test_a_run_has_training_links_alone(run: Path) -> None:
    records = RunDirectory.existing(run).journal.records
    assert [record.kind for record in records] == ["commit", "training", "training"]
    # The data are opened by every link, the weights by one.
    assert records[0].shards == records[2].shards
    assert records[2].spent == (records[1].states,)
    assert status(run).sealed


def test_it_verifies_where_it_may_hide_nothing(made: tuple[zkpot.Program, Data], run: Path) -> None:
    program, data = made
    receipt = zkpot.verify(run, program=program, steps=4, allow_clear=True)
    assert receipt.complete
    assert receipt.security_bits is not None
    assert receipt.security_bits >= 100
    assert receipt.last_commitment == receipt.head
    with pytest.raises(InvalidProof, match="wrapped channel, which hides nothing"):
        zkpot.verify(run)
    weights = zkpot.Run(program, data, run).weights()
    assert all(np.isfinite(value).all() for value in weights.values())


def test_it_goes_on_after_it_was_closed(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    program, data = made
    longer = Path(shutil.copytree(run, tmp_path / "run"))
    assert zkpot.Run(program, data, longer).prove(4).links == 2
    assert zkpot.Run(program, data, longer).prove(5).links == 3
    assert zkpot.verify(longer, steps=5, allow_clear=True).steps == 5


def test_a_changed_link_is_refused(run: Path) -> None:
    bundle = read_bundle(run)
    first, second = bundle.links
    damaged = bytearray(second)
    damaged[-100] ^= 1
    for links in ([first, bytes(damaged)], [second], [first, first]):
        changed = type(bundle)(bundle.program, links, bundle.order)
        with pytest.raises(InvalidProof):
            zkpot.verify(changed.to_bytes(), allow_clear=True)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"clear": True}, "--clear and --wrapped: a run is on one channel"),
        ({"init_seed": "ab" * 32}, "--init-seed: a wrapped run does not prove it"),
        ({"shard_rows": 8}, "--shard-rows: a wrapped run reads its dataset as one shard"),
    ],
)
def test_what_a_circuit_cannot_follow_is_refused(
    made: tuple[zkpot.Program, Data], tmp_path: Path, options: dict[str, object], reason: str
) -> None:
    program, data = made
    with pytest.raises(InputError, match=reason):
        zkpot.Run(program, data, tmp_path / "run", wrapped=True, **options).prove(2)  # type: ignore[arg-type]


def test_nothing_continues_a_wrapped_run(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    program, data = made
    with pytest.raises(InputError, match="nothing continues a wrapped run"):
        zkpot.Run(program, None, tmp_path / "later", after=run).prove(1)
    zkpot.Run(program, data, tmp_path / "hiding").prove(1)
    later = zkpot.Run(program, data, tmp_path / "later", after=tmp_path / "hiding", wrapped=True)
    with pytest.raises(InputError, match="a wrapped run continues no other"):
        later.prove(1)


def test_the_reference_says_that_it_does_not_read_it(run: Path) -> None:
    bundle = read_bundle(run)
    with pytest.raises(Refusal, match="channel: wrapped"):
        verify_run(bundle.program, bundle.order, bundle.links, allow_clear=True)
