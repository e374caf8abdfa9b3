"""How a run is conducted: links, imports, openings, resumption. The native module is a stand-in."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from stand_in import DATA, Native, description

from zkpot.artifacts.bundle import Bundle
from zkpot.artifacts.initial import InitialState
from zkpot.artifacts.program import Program, initial_path
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.errors import (
    IncompleteRun,
    InputError,
    InvalidProof,
    NotEnoughResources,
    ValueOutOfRange,
)
from zkpot.pipeline.compiling import dataset_of
from zkpot.pipeline.integers import float_weights
from zkpot.pipeline.ownership import commit
from zkpot.pipeline.proving.resources import Resources
from zkpot.pipeline.run import Run
from zkpot.pipeline.status import status
from zkpot.pipeline.training import train
from zkpot.pipeline.verification import verify
from zkpot.progress import Progress

NONCE = "ab" * 32


def make(program: Program, path: Path, **options: Any) -> Run:
    return Run(program, DATA, path, progress=Progress(), **options)


def kinds(path: Path) -> list[str]:
    return [record.kind for record in RunDirectory(path).journal.records]


def test_a_run_is_trained_sealed_and_verified(program: Program, tmp_path: Path) -> None:
    run = make(program, tmp_path / "run", link_steps=8, nonce=NONCE)
    summary = run.prove(20)
    assert kinds(tmp_path / "run") == [
        "commit",
        "training",
        "training",
        "training",
        "seal",
    ]
    assert (summary.steps, summary.links) == (20, 4)
    assert summary.seconds_proving > 0
    assert summary.loss_first == 1.0
    assert summary.loss_last == 1 / 20
    assert summary.nonce == NONCE
    receipt = run.verify(program=program, steps=20, nonce=NONCE)
    assert receipt.unchecked == ("first", "data_root", "context")
    np.testing.assert_allclose(run.weights()["w"], (np.arange(30).reshape(3, 10) + 20) / 256)


def test_proving_again_changes_nothing(program: Program, tmp_path: Path) -> None:
    first = make(program, tmp_path / "run").prove(8)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "run").rglob("*.link")}
    second = make(program, tmp_path / "run").prove(8)
    assert second.last_commitment == first.last_commitment
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "run").rglob("*.link")} == before


def test_shards_are_taken_when_first_read_and_closed_after_their_last(
    program: Program, tmp_path: Path
) -> None:
    make(program, tmp_path / "run", link_steps=2, shard_rows=8).prove(8)
    records = RunDirectory(tmp_path / "run").journal.records
    # 8 steps of 4 rows read shards 0 to 3 of 5, one in each link, from its owner.
    assert [record.kind for record in records] == ["commit", *["training"] * 4, "seal"]
    assert all(len(record.spent) == 2 for record in records[1:5])
    assert set(records[-1].shards) == {"4"}


def test_shards_are_imported_where_memory_does_not_hold_both(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Resources, "fits", lambda *_: False)
    make(program, tmp_path / "run", link_steps=2, shard_rows=8).prove(8)
    records = RunDirectory(tmp_path / "run").journal.records
    imports = [record for record in records if record.kind == "import"]
    assert len(imports) == 4
    assert len(imports[0].spent) == 2
    assert all(len(record.spent) == 1 for record in imports[1:])
    assert set(records[-1].shards) == {"4"}


def test_shards_that_are_read_again_are_copied(program: Program, tmp_path: Path) -> None:
    make(program, tmp_path / "run", link_steps=8, shard_rows=8).prove(30)
    assert RunDirectory(tmp_path / "run").state.kind == "seal"
    assert RunDirectory(tmp_path / "run").state.shards == {}


@pytest.mark.parametrize("stop", [0, 3, 8, 19])
def test_an_interrupted_run_goes_on_where_it_stopped(
    program: Program, native: Native, tmp_path: Path, stop: int
) -> None:
    native.interrupt_at = stop
    with pytest.raises(KeyboardInterrupt):
        make(program, tmp_path / "run", link_steps=4, nonce=NONCE).prove(20)
    native.interrupt_at = None
    with pytest.raises(IncompleteRun):
        verify(tmp_path / "run")
    found = status(tmp_path / "run")
    assert found.steps == stop // 4 * 4
    assert not found.sealed
    assert found.pending
    assert any("could not be continued" in lost for lost in found.lost_if_deleted)
    # Neither data nor options are needed to go on.
    summary = Run(program, None, tmp_path / "run", progress=Progress()).prove(20)
    assert summary.steps == 20
    assert status(tmp_path / "run").sealed


def test_a_value_out_of_range_leaves_what_was_proven(
    program: Program, native: Native, tmp_path: Path
) -> None:
    native.out_of_range_at = 9
    with pytest.raises(ValueOutOfRange, match=r"step 9 is 70000.*the 8 steps before .* lower --lr"):
        make(program, tmp_path / "run", link_steps=4).prove(16)
    assert status(tmp_path / "run").steps == 8
    native.out_of_range_at = None
    assert make(program, tmp_path / "run", lr=0.0625).prove(16).steps == 16


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nonce": "cd" * 32}, "another nonce"),
        ({"seed": 3}, "another nonce"),
        ({"context": "0102"}, "another context"),
    ],
)
def test_a_run_goes_on_only_with_what_it_was_begun_with(
    program: Program, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    make(program, tmp_path / "run", nonce=NONCE).prove(4)
    with pytest.raises(InputError, match=message):
        make(program, tmp_path / "run", **change).prove(4)


def test_other_data_and_other_programs_are_refused(program: Program, tmp_path: Path) -> None:
    make(program, tmp_path / "run").prove(4)
    other = {**DATA, "x": DATA["x"] + 1}
    with pytest.raises(InputError, match="begun with other data"):
        Run(program, other, tmp_path / "run", progress=Progress()).prove(4)
    with pytest.raises(InputError, match="about another program"):
        make(Program.from_description(description(batch=2)), tmp_path / "run").prove(4)


@pytest.mark.parametrize("steps", [3, 12])
def test_a_sealed_run_has_its_length(program: Program, tmp_path: Path, steps: int) -> None:
    make(program, tmp_path / "run").prove(8)
    with pytest.raises(InputError, match="has 8 steps and is sealed"):
        make(program, tmp_path / "run").prove(steps)


def test_a_run_begun_for_fewer_steps_says_so(
    program: Program, native: Native, tmp_path: Path
) -> None:
    native.interrupt_at = 6
    with pytest.raises(KeyboardInterrupt):
        make(program, tmp_path / "run", link_steps=2, shard_rows=8).prove(8)
    native.interrupt_at = None
    with pytest.raises(InputError, match="shard 0 was opened for the last time"):
        make(program, tmp_path / "run", link_steps=2).prove(20)


def test_learning_rates_are_checked_and_per_step(program: Program, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"step 0: 'lr.0' is 5, outside \[0, 1\]"):
        make(program, tmp_path / "a", lr=5.0).prove(4)
    with pytest.raises(InputError, match="given for 3 steps, and step 3 needs one"):
        make(program, tmp_path / "b", lr=[0.5, 0.25, 0.125]).prove(4)
    assert make(program, tmp_path / "c", lr=[0.5, 0.25, 0.125, 0.0]).prove(4).steps == 4


def test_memory_is_checked_before_anything_is_written(program: Program, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughResources, match="0 steps would fit"):
        make(program, tmp_path / "run", memory=10**6).prove(4)
    assert not RunDirectory(tmp_path / "run").begun
    with pytest.raises(InputError, match="links of up to 64 steps"):
        make(program, tmp_path / "run", link_steps=128).prove(256)


def test_links_are_shortened_where_memory_is_taken_meanwhile(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zkpot import machine
    from zkpot.pipeline import prediction

    def needed(steps: int) -> int:
        # What planning adds, and the share of free memory that it takes.
        return int(prediction.least_memory(program, [40], steps) * 1.15 / 0.8 * 1.01)

    # Choosing the length, checking the disk and the first link ask, for itself and for what it
    # takes from owners; then memory is gone.
    free = iter([needed(8)] * 4)
    monkeypatch.setattr(machine, "available_memory", lambda: next(free, needed(2)))
    monkeypatch.setattr(machine, "resident_memory", lambda: 0)
    run = make(program, tmp_path / "run")
    run.prove(16)
    records = run.directory.journal.records
    lengths = [len(record.losses) for record in records if record.losses]
    assert lengths == [8, 2, 2, 2, 2]


def test_no_link_is_begun_that_memory_does_not_hold(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zkpot import machine

    free = iter([10**10, 10**10])
    monkeypatch.setattr(machine, "available_memory", lambda: next(free, 10**6))
    monkeypatch.setattr(machine, "resident_memory", lambda: 0)
    run = make(program, tmp_path / "run", memory=10**10)
    with pytest.raises(NotEnoughResources, match="0 steps would fit"):
        run.prove(4)
    # Nothing is opened: the run goes on once there is memory.
    monkeypatch.setattr(machine, "available_memory", lambda: 10**10)
    assert make(program, tmp_path / "run", memory=10**10).prove(4).steps == 4


def test_phases_are_told(program: Program, tmp_path: Path) -> None:
    summary = make(program, tmp_path / "run").prove(4)
    assert summary.phases == {"open witness": 0.75, "witness": 0.25, "commit outputs": 0.125}


def test_disk_is_checked_before_the_first_link(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zkpot import machine

    monkeypatch.setattr(machine, "free_disk", lambda _path: 12 << 20)
    with pytest.raises(NotEnoughResources, match=r"64 steps need about .*: 8 steps would fit"):
        make(program, tmp_path / "run", link_steps=4).prove(64)
    assert not RunDirectory(tmp_path / "run").begun


def test_weights_replace_the_initial_ones(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file({"w": np.full((3, 10), 0.5, np.float32)}, path)
    run = make(program, tmp_path / "run", weights=path)
    run.prove(4)
    np.testing.assert_allclose(run.weights()["w"], 0.5 + 4 / 256)


def test_initial_integers_serve_as_weights(program: Program, tmp_path: Path) -> None:
    program.write(tmp_path / "digits.zkprog")
    initial = initial_path(tmp_path / "digits.zkprog")
    without = Program.from_bytes(program.native.to_bytes())
    run = make(without, tmp_path / "run", weights=initial, lr=0.125)
    run.prove(4)
    np.testing.assert_allclose(run.weights()["w"], (np.arange(30).reshape(3, 10) + 4) / 256)
    other = Program.from_description(description(batch=2))
    with pytest.raises(InputError, match="initial weights of another program"):
        make(other, tmp_path / "other", weights=initial, lr=0.125).prove(4)
    InitialState({"param.w": np.zeros((2, 2), np.int64)}, {}).write(initial, program.digest)
    with pytest.raises(InputError, match=r"initial\.safetensors: .*shape \(2, 2\), not \(3, 10\)"):
        make(without, tmp_path / "third", weights=initial, lr=0.125).prove(4)
    with pytest.raises(InputError, match="integers of a compiled program; give the model's own"):
        float_weights(initial)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"v": np.zeros((3, 10))}, "no tensor 'w'"),
        ({"w": np.zeros((10, 3))}, r"'w' has shape \(10, 3\)"),
        ({"w": np.full((3, 10), np.nan)}, "'w' holds NaN or infinity"),
        ({"w": np.full((3, 10), 1e6)}, "param.w' at element .* outside"),
    ],
)
def test_unusable_weights(
    program: Program, tmp_path: Path, weights: dict[str, np.ndarray], message: str
) -> None:
    path = tmp_path / "w.safetensors"
    save_file(weights, path)
    with pytest.raises(InputError, match=rf"w\.safetensors: .*{message}"):
        make(program, tmp_path / "run", weights=path).prove(4)


def test_no_weights_at_all(native: Native, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="comes without initial weights: give --weights"):
        make(Program.from_description(description()), tmp_path / "run", lr=0.1).prove(4)


def test_held_out_data_is_evaluated_after_every_link(program: Program, tmp_path: Path) -> None:
    summary = make(program, tmp_path / "run", link_steps=4, evaluation=DATA).prove(8)
    assert [e.steps for e in summary.evaluations] == [4, 8]


def test_commitments_made_before_name_the_run(program: Program, tmp_path: Path) -> None:
    weights = tmp_path / "w.safetensors"
    save_file({"w": np.full((3, 10), 0.25, np.float32)}, weights)
    made = commit(program, tmp_path / "owner", data=dataset_of(DATA), weights=weights)
    run = Run(program, None, tmp_path / "run", commitments=tmp_path / "owner", progress=Progress())
    run.prove(4)
    run.verify(first=made.first_commitment, data_root=made.data_root)
    with pytest.raises(InputError, match="belong to another run already"):
        Run(
            program, None, tmp_path / "two", commitments=tmp_path / "owner", progress=Progress()
        ).prove(4)


def test_verify_says_what_was_expected(program: Program, tmp_path: Path) -> None:
    run = make(program, tmp_path / "run", context="0x0a0b")
    run.prove(4)
    run.bundle(tmp_path / "run.zkpot")
    bundle = (tmp_path / "run.zkpot").read_bytes()
    assert verify(bundle).steps == 4
    assert verify(tmp_path / "run.zkpot", context="0a0b", steps=4).complete
    with pytest.raises(InvalidProof, match="steps is 4, and 5 was expected"):
        verify(bundle, steps=5)
    with pytest.raises(InvalidProof, match="program is"):
        verify(bundle, program="00" * 32)
    with pytest.raises(InputError, match="64 hexadecimal digits"):
        verify(bundle, first="0123")
    with pytest.raises(InputError, match="not hexadecimal"):
        verify(bundle, nonce="no hex")
    opened = Bundle.from_bytes(bundle)
    without_seal = Bundle(opened.program, opened.links[:-1], opened.order)
    with pytest.raises(IncompleteRun) as caught:
        verify(without_seal.to_bytes())
    assert caught.value.pending


def test_the_program_file_keeps_weights_apart(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "digits.zkprog"
    program.write(path)
    beside = tmp_path / "digits.initial.safetensors"
    assert beside.stat().st_mode & 0o777 == 0o600
    again = Program.read(str(path))
    assert again.digest == program.digest
    assert again.initial is not None
    np.testing.assert_array_equal(again.initial.states["param.w"], np.arange(30).reshape(3, 10))
    assert again.initial.rates == {"lr.0": 0.125}
    Program.from_description(description(batch=2)).write(path)
    with pytest.raises(InputError, match="initial weights of another program"):
        Program.read(path)
    beside.unlink()
    assert Program.read(path).initial is None


def test_training_alone(program: Program, tmp_path: Path) -> None:
    data = dataset_of(DATA)
    trained = train(program, data, 6, seed=1, evaluation=data)
    assert len(trained.losses) == 6
    trained.write_weights(tmp_path / "t.safetensors")
    np.testing.assert_allclose(
        load_file(tmp_path / "t.safetensors")["w"], (np.arange(30).reshape(3, 10) + 6) / 256
    )
    assert json.dumps(trained.to_value())


def test_a_seed_makes_a_nonce() -> None:
    from zkpot.pipeline.nonce import choose_nonce

    assert choose_nonce(None, 1) == choose_nonce(None, 1) != choose_nonce(None, 2)
    assert choose_nonce(None, None) != choose_nonce(None, None)
    assert choose_nonce("0x" + NONCE.upper(), None) == NONCE
    with pytest.raises(InputError, match="not both"):
        choose_nonce(NONCE, 1)
