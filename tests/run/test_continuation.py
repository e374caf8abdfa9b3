"""Runs that continue others, and proofs of evaluation, on the real prover."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from small_step import write_small_step

import zkpot
from zkpot.errors import InputError, InvalidProof

Data = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[zkpot.Program, Data]:
    folder = tmp_path_factory.mktemp("step")
    data = write_small_step(folder / "step.onnx")
    return zkpot.compile(folder / "step.onnx", data), data


@pytest.fixture(scope="module")
def sealed(made: tuple[zkpot.Program, Data], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed run that kept its data; tests take copies of it."""
    program, data = made
    path = tmp_path_factory.mktemp("sealed") / "run"
    run = zkpot.Run(program, data, path, seed=1, keep_data=True)
    assert run.prove(6).zero_knowledge
    return path


@pytest.fixture
def run(sealed: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(sealed, tmp_path / "run"))


def test_a_run_continues_with_weights_and_data(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    program, data = made
    before = zkpot.verify(run)
    later = zkpot.Run(program, None, tmp_path / "later", lr=0.125, seed=2, after=run)
    later.prove(4)
    receipt = zkpot.verify(tmp_path / "later", after=run)
    assert receipt.first_commitment == before.head
    assert receipt.origin == f"run {before.details['statement']}"
    assert receipt.data_root != before.data_root
    assert receipt.data_lineage == before.data_root
    # The same training in one go reaches other weights: the batches are others. It has as many.
    assert later.weights().keys() == zkpot.Run(program, data, run).weights().keys()
    with pytest.raises(InvalidProof, match="was not given that run"):
        zkpot.verify(tmp_path / "later")
    with pytest.raises(InputError, match="opened once; begin from the weights"):
        zkpot.Run(program, None, tmp_path / "third", lr=0.125, after=run).prove(1)


def test_without_kept_data_they_are_given_again(
    made: tuple[zkpot.Program, Data], tmp_path: Path
) -> None:
    program, data = made
    zkpot.Run(program, data, tmp_path / "first").prove(2)
    later = tmp_path / "later"
    with pytest.raises(InputError, match=r"did not keep data shard 0.*give --data"):
        zkpot.Run(program, None, later, lr=0.125, after=tmp_path / "first").prove(1)
    zkpot.Run(program, data, later, lr=0.125, after=tmp_path / "first").prove(1)
    receipt = zkpot.verify(later, after=zkpot.verify(tmp_path / "first"))
    assert receipt.data_lineage == receipt.data_root


def test_an_open_run_cannot_be_continued(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    program, data = made
    newest = max((run / "secret" / "journal").iterdir())
    newest.write_text(newest.read_text().replace('"seal"', '"training"'))
    with pytest.raises(InputError, match="not sealed"):
        zkpot.Run(program, data, tmp_path / "later", after=run).prove(1)


def test_an_evaluation_is_proven_and_continued(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    program, data = made
    # 23 rows: the last batch of four is filled up, and what fills it up does not count.
    test = {name: value[:23] for name, value in data.items()}
    summary = zkpot.prove_evaluation(run, test, tmp_path / "test", public_data=True)
    shown = zkpot.Run(program, data, run)
    from zkpot.pipeline.compiling import dataset_of
    from zkpot.pipeline.evaluation import evaluate

    float_accuracy = evaluate(program, shown._states(), dataset_of(test), 6).accuracy
    assert summary.accuracy == float_accuracy
    receipt = zkpot.verify(
        tmp_path / "test", program=program, after=run, public_data=dataset_of(test), accuracy=0.1
    )
    assert receipt.rows == 23
    assert receipt.outputs["correct"] == round(23 * receipt.accuracy)
    assert receipt.zero_knowledge
    with pytest.raises(InvalidProof, match=r"at least 1\.0 was expected, the proof has 0\."):
        zkpot.verify(tmp_path / "test", after=run, accuracy=1.0)
    other = {**test, "y": (test["y"] + 1) % 3}
    with pytest.raises(InvalidProof, match="data root"):
        zkpot.verify(tmp_path / "test", after=run, public_data=dataset_of(other))
    fewer = {name: value[:22] for name, value in test.items()}
    with pytest.raises(InvalidProof, match="22 rows, and the run's dataset has 23"):
        zkpot.verify(tmp_path / "test", after=run, public_data=dataset_of(fewer))
    # The evaluation left a new head.
    zkpot.Run(program, data, tmp_path / "later", lr=0.125, after=tmp_path / "test").prove(1)
    assert zkpot.verify(tmp_path / "later", after=receipt).first_commitment == receipt.head


def test_private_data_need_an_opening(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    _, data = made
    zkpot.prove_evaluation(run, data, tmp_path / "test")
    from zkpot.pipeline.compiling import dataset_of

    # Hidden data cannot be recognised, even by whoever has them.
    with pytest.raises(InvalidProof, match="data root"):
        zkpot.verify(tmp_path / "test", after=run, public_data=dataset_of(data))


def test_training_proves_no_accuracy(run: Path) -> None:
    with pytest.raises(InvalidProof, match="proves no accuracy"):
        zkpot.verify(run, accuracy=0.5)


def test_a_receipt_in_a_file_serves_as_well(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    program, data = made
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(dict(zkpot.verify(run).details)))
    zkpot.Run(program, data, tmp_path / "later", lr=0.125, after=run).prove(1)
    assert zkpot.verify(tmp_path / "later", after=receipt).steps == 1
    receipt.write_text("{}")
    with pytest.raises(InputError, match="not a receipt"):
        zkpot.verify(tmp_path / "later", after=receipt)


def test_weights_from_a_public_seed(made: tuple[zkpot.Program, Data], tmp_path: Path) -> None:
    program, data = made
    seed = "5a" * 32
    run = zkpot.Run(program, data, tmp_path / "run", init_seed=seed)
    run.prove(1)
    receipt = zkpot.verify(tmp_path / "run", init_seed=seed)
    assert receipt.origin == f"seed {seed}"
    assert "init-seed" not in receipt.unchecked
    with pytest.raises(InvalidProof, match="origin: expected seed 11"):
        zkpot.verify(tmp_path / "run", init_seed="11" * 32)
    # The network learns from there as well: what was drawn is as wide as torch's own start.
    largest = {name: abs(value).max() for name, value in run.weights().items()}
    assert all(0.1 < value < 1 for value in largest.values())
    with pytest.raises(InputError, match="draws the first weights: drop --weights"):
        zkpot.Run(
            program, data, tmp_path / "b", init_seed=seed, weights=tmp_path / "w.safetensors"
        ).prove(1)


def test_more_bits_of_security(made: tuple[zkpot.Program, Data], tmp_path: Path) -> None:
    program, data = made
    summary = zkpot.Run(program, data, tmp_path / "run", security=128).prove(1)
    assert summary.security_bits is not None
    assert summary.security_bits >= 128
    zkpot.verify(tmp_path / "run", security=128)
    with pytest.raises(InputError, match=r"128 bits of security.*give --security 128"):
        zkpot.Run(program, data, tmp_path / "later", lr=0.125, after=tmp_path / "run").prove(1)
    plain = zkpot.Run(program, data, tmp_path / "plain").prove(1)
    assert plain.security_bits is not None
    assert 100 <= plain.security_bits < 128
    with pytest.raises(InvalidProof, match="128"):
        zkpot.verify(tmp_path / "plain", security=128)


def test_the_clear_channel_is_for_debugging(
    made: tuple[zkpot.Program, Data], tmp_path: Path
) -> None:
    program, data = made
    summary = zkpot.Run(program, data, tmp_path / "run", clear=True).prove(1)
    assert not summary.zero_knowledge
    with pytest.raises(InvalidProof, match="clear channel, which hides nothing"):
        zkpot.verify(tmp_path / "run")
    assert not zkpot.verify(tmp_path / "run", allow_clear=True).zero_knowledge


def test_a_run_and_what_continues_it_are_on_one_channel(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    program, data = made
    with pytest.raises(InputError, match="this run hides, and so does what continues it; drop --c"):
        zkpot.Run(program, data, tmp_path / "a", lr=0.125, after=run, clear=True).prove(1)
    zkpot.Run(program, data, tmp_path / "clear", clear=True, keep_data=True).prove(1)
    first = zkpot.verify(tmp_path / "clear", allow_clear=True)
    with pytest.raises(InputError, match="on the clear channel, and so is what continues it; give"):
        zkpot.Run(program, None, tmp_path / "b", lr=0.125, after=tmp_path / "clear").prove(1)
    # Whoever was refused took nothing.
    later = zkpot.Run(program, None, tmp_path / "c", lr=0.125, after=tmp_path / "clear", clear=True)
    later.prove(1)
    receipt = zkpot.verify(tmp_path / "c", after=tmp_path / "clear", allow_clear=True)
    assert not receipt.zero_knowledge
    assert receipt.data_lineage == first.data_root


def test_public_data_are_recognised_on_the_clear_channel(
    made: tuple[zkpot.Program, Data], tmp_path: Path
) -> None:
    from zkpot.pipeline.compiling import dataset_of

    program, data = made
    public = dataset_of(data)
    for name, clear in (("clear", True), ("hiding", False)):
        zkpot.Run(program, data, tmp_path / name, clear=clear, public_data=True).prove(1)
        zkpot.verify(tmp_path / name, public_data=public, allow_clear=clear)
    roots = {zkpot.verify(tmp_path / n, allow_clear=True).data_root for n in ("clear", "hiding")}
    assert len(roots) == 2


def test_owners_commitments_hide(made: tuple[zkpot.Program, Data], tmp_path: Path) -> None:
    from zkpot.artifacts.owner_directory import OwnerDirectory
    from zkpot.pipeline.compiling import dataset_of
    from zkpot.pipeline.ownership import commit

    program, data = made
    commit(program, tmp_path / "owner", data=dataset_of(data))
    owner = tmp_path / "owner"
    with pytest.raises(InputError, match="can only use commitments made for a clear run"):
        zkpot.Run(program, None, tmp_path / "clear", commitments=owner, clear=True).prove(1)
    # They are still there for a run that hides.
    assert OwnerDirectory(owner).public().program == program.digest
    assert zkpot.Run(program, None, tmp_path / "run", commitments=owner).prove(1).zero_knowledge
