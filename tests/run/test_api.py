"""The Python API, from a torch model to a receipt, with real proofs."""

from pathlib import Path

import numpy as np
import pytest
import torch

import zkpot
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.errors import InvalidProof
from zkpot.progress import Progress

Data = tuple[np.ndarray, np.ndarray]


def make_model() -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))


@pytest.fixture(scope="module")
def data() -> Data:
    x = np.random.default_rng(3).uniform(0, 1, (96, 6)).astype(np.float32)
    return x, x[:, :3].argmax(1)


@pytest.fixture(scope="module")
def step(data: Data) -> zkpot.Step:
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.25, momentum=0.5)
    batch = torch.from_numpy(data[0][:8]), torch.from_numpy(data[1][:8])
    return zkpot.export_step(model, torch.nn.functional.cross_entropy, optimizer, batch)


@pytest.fixture(scope="module")
def program(step: zkpot.Step, data: Data) -> zkpot.Program:
    return zkpot.compile(step, data)


def test_images_serve_a_step_that_reads_rows(step: zkpot.Step, data: Data) -> None:
    images = data[0].reshape(-1, 2, 3)
    assert zkpot.compile(step, (images, data[1])).digest == zkpot.compile(step, data).digest
    with pytest.raises(zkpot.InputError, match=r"rows of shape \[2, 2\]; the step wants \[6\]"):
        zkpot.compile(step, (images[:, :, :2], data[1]))


def test_from_model_to_receipt(program: zkpot.Program, data: Data, tmp_path: Path) -> None:
    run = zkpot.Run(program, data, tmp_path / "run", evaluation=data, progress=Progress())
    summary = run.prove(64)
    assert summary.steps == 64
    assert summary.loss_first is not None
    assert summary.loss_last is not None
    assert summary.seconds_proving > 0

    model = make_model()
    x, y = torch.from_numpy(data[0]), torch.from_numpy(data[1])
    # Of all rows: the order of the batches follows from commitments, which are random.
    assert summary.evaluations[-1].loss < torch.nn.functional.cross_entropy(model(x), y).item()
    model.load_state_dict(run.state_dict())
    with torch.no_grad():
        right = (model(torch.from_numpy(data[0])).argmax(1).numpy() == data[1]).mean()
    assert summary.evaluations[-1].accuracy == pytest.approx(right, abs=0.03)

    receipt = zkpot.verify(
        tmp_path / "run",
        program=program,
        first=summary.first_commitment,
        data_root=summary.data_root,
        nonce=summary.nonce,
        steps=64,
        context="",
    )
    assert receipt.unchecked == ("lr",)
    assert zkpot.verify(tmp_path / "run", lr=0.25).unchecked[-1] == "context"
    with pytest.raises(InvalidProof, match=r"a learning rate of 0\.5 makes it"):
        zkpot.verify(tmp_path / "run", lr=0.5)
    assert receipt.last_commitment == summary.last_commitment
    run.bundle(tmp_path / "run.zkpot")
    assert zkpot.verify((tmp_path / "run.zkpot").read_bytes()).head == receipt.head
    with pytest.raises(zkpot.InvalidProof, match="data root"):
        zkpot.verify(tmp_path / "run.zkpot", data_root="00" * 32)


def test_a_damaged_link_is_refused(program: zkpot.Program, data: Data, tmp_path: Path) -> None:
    zkpot.Run(program, data, tmp_path / "run", progress=Progress()).prove(2)
    link = tmp_path / "run" / "public" / "links" / "000001.link"
    content = bytearray(link.read_bytes())
    content[len(content) // 2] ^= 1
    link.write_bytes(content)
    with pytest.raises(zkpot.InvalidProof):
        zkpot.verify(tmp_path / "run")


def test_a_learning_rate_that_is_too_high_names_tensor_step_and_value(
    step: zkpot.Step, data: Data, tmp_path: Path
) -> None:
    tight = zkpot.compile(step, data, headroom=1)
    run = zkpot.Run(
        tight,
        data,
        tmp_path / "run",
        seed=1,
        lr=[0.25] * 4 + [3.9] * 60,
        link_steps=4,
        progress=Progress(),
    )
    with pytest.raises(zkpot.ValueOutOfRange, match=r"step \d+.*; the \d+ steps before"):
        run.prove(64)
    assert RunDirectory(tmp_path / "run").state.steps >= 4
    with pytest.raises(zkpot.IncompleteRun):
        zkpot.verify(tmp_path / "run")


def test_commitments_of_two_owners_name_a_run(
    program: zkpot.Program, data: Data, tmp_path: Path
) -> None:
    from safetensors.torch import save_file

    from zkpot.pipeline.compiling import dataset_of
    from zkpot.pipeline.ownership import commit

    weights = tmp_path / "w.safetensors"
    save_file(make_model().state_dict(), weights)
    made = commit(program, tmp_path / "owner", data=dataset_of(data), weights=weights)
    run = zkpot.Run(
        program, None, tmp_path / "run", commitments=tmp_path / "owner", progress=Progress()
    )
    run.prove(4)
    receipt = run.verify(first=made.first_commitment, data_root=made.data_root)
    assert receipt.steps == 4
