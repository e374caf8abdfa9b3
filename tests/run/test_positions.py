"""Models with several answers a row: logits and labels have positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import zkpot
from zkpot.errors import InvalidProof
from zkpot.pipeline.verification import read_bundle
from zkpot.reference.verifier import verify_run

Data = dict[str, np.ndarray]
# Of a logit: the fixed-point model has few binary places.
_ROUNDING = 0.02


@pytest.fixture(scope="module")
def made() -> tuple[zkpot.Program, Data]:
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3))

    def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())

    x = np.random.default_rng(1).uniform(0, 1, (24, 4, 6)).astype(np.float32)
    data = {"x": x, "y": x[..., :3].argmax(-1)}
    batch = tuple(torch.from_numpy(data[name][:4]) for name in ("x", "y"))
    step = zkpot.export_step(model, loss, torch.optim.SGD(model.parameters(), lr=0.5), batch)
    return zkpot.compile(step, data), data


@pytest.fixture(scope="module")
def run(made: tuple[zkpot.Program, Data], tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("positions") / "run"
    program, data = made
    summary = zkpot.Run(program, data, directory, seed=1, evaluation=data).prove(12)
    shown = summary.evaluations[-1]
    # Less than what knows nothing has, on all rows: a batch of four may have any loss.
    assert shown.loss < np.log(3)
    logits = _logits(directory, made)
    lowest, highest = _accuracies(logits, data["y"])
    assert lowest <= shown.accuracy <= highest
    assert shown.loss == pytest.approx(_loss(logits, data["y"]).mean(), rel=0.01)
    return directory


def _logits(directory: Path, made: tuple[zkpot.Program, Data]) -> np.ndarray:
    program, data = made
    weights = zkpot.Run(program, data, directory).weights()
    hidden = np.maximum(data["x"] @ weights["0.weight"].T + weights["0.bias"], 0)
    return np.asarray(hidden @ weights["2.weight"].T + weights["2.bias"])


def _accuracies(logits: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Least and greatest accuracy, since rounding decides between logits that are nearly equal."""
    own = np.take_along_axis(logits, labels[..., None], -1)
    others = np.where(np.arange(logits.shape[-1]) == labels[..., None], -np.inf, logits)
    lead = own[..., 0] - others.max(-1)
    return float((lead > _ROUNDING).mean()), float((lead > -_ROUNDING).mean())


def _loss(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    total = np.log(np.exp(logits).sum(-1))
    return np.asarray(total - np.take_along_axis(logits, labels[..., None], -1)[..., 0])


def test_positions_are_evaluated_and_proven(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    program, data = made
    test = {name: value[:11] for name, value in data.items()}
    summary = zkpot.prove_evaluation(run, test, tmp_path / "test")
    receipt = zkpot.verify(tmp_path / "test", program=program, after=run, loss=10.0)
    assert (receipt.rows, receipt.output_terms["correct"].summands) == (11, 44)
    logits = _logits(run, made)[:11]
    lowest, highest = _accuracies(logits, test["y"])
    assert lowest <= receipt.accuracy <= highest
    assert receipt.outputs["correct"] == receipt.accuracy * 44
    assert receipt.loss_error < 1e-4
    # Of the fixed-point model: its logits have few binary places.
    assert receipt.loss == pytest.approx(_loss(logits, test["y"]).mean(), rel=0.01)
    assert (summary.loss, summary.accuracy) == (receipt.loss, receipt.accuracy)
    with pytest.raises(InvalidProof, match=r"loss: at most 0\.01 was expected, the proof has"):
        zkpot.verify(tmp_path / "test", after=run, loss=0.01)
    # The loss's error counts against whoever claims it.
    with pytest.raises(InvalidProof, match="loss: at most"):
        zkpot.verify(tmp_path / "test", after=run, loss=receipt.loss)
    bundle = read_bundle(tmp_path / "test")
    earlier = bytes.fromhex(zkpot.verify(run).continuation)
    other = verify_run(bundle.program, bundle.order, bundle.links, previous=earlier)
    assert other.outputs == receipt.outputs
    assert other.output_terms == receipt.details["output_terms"]


def test_a_training_run_proves_no_loss(run: Path) -> None:
    with pytest.raises(InvalidProof, match="proves no loss"):
        zkpot.verify(run, loss=1.0)
