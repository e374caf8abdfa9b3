"""Fixed point beside float on a small step, and precision that people choose."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_step import write_small_step

import zkpot
from zkpot.data import Dataset
from zkpot.errors import InputError
from zkpot.pipeline.overrides import Overrides, overrides
from zkpot.pipeline.plotting import plot_precision
from zkpot.pipeline.precision import precision

# The hidden layer's input, as the exporter numbers it.
HIDDEN = "v2"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, np.ndarray]]:
    path = tmp_path_factory.mktemp("step") / "small.onnx"
    return path, write_small_step(path)


def measure(data, **options):
    path, rows = data
    program = zkpot.compile(path, rows, **options)
    report = precision(program, path, Dataset("rows", rows), 8)
    return program, {t.name: t for t in report.tensors}, report


def test_sixteen_bits_are_close_to_float_and_eight_are_further(data) -> None:
    _, fine, _ = measure(data)
    _, coarse, _ = measure(data, bits=9)
    for name in (HIDDEN, "prediction", "new.param.2.weight"):
        assert fine[name].decibels > coarse[name].decibels + 20
    assert fine["prediction"].decibels > 50
    assert {"new.param.0.weight", "new.state.momentum_buffer.0.weight"} <= set(fine)
    assert fine["y"].decibels is None


def test_a_figure_is_what_its_definition_says(data) -> None:
    """The prediction of the first step, by hand."""
    path, rows = data
    program, _, _ = measure(data)
    report = precision(program, path, Dataset("rows", rows), 1)
    found = next(t for t in report.tensors if t.name == "prediction")
    assert found.shape == (4, 3)
    tensor = next(t for t in program.description["tensors"] if t["name"] == "prediction")
    # Half a unit of rounding, and what the rounded hidden layer adds.
    unit = 2.0 ** -tensor["scale"]["fraction_bits"]
    assert unit / 8 < found.largest_error < 2 * unit


def test_a_coarse_scale_shows_up_where_it_was_asked_for(data) -> None:
    _, usual, _ = measure(data)
    program, found, _ = measure(data, scales={HIDDEN: 2})
    tensor = next(t for t in program.description["tensors"] if t["name"] == HIDDEN)
    assert tensor["scale"]["fraction_bits"] == 2
    assert found[HIDDEN].decibels < usual[HIDDEN].decibels - 20


def test_a_range_ends_where_it_was_asked_to(data) -> None:
    program, found, _ = measure(data, ranges={HIDDEN: 64.0})
    tensor = next(t for t in program.description["tensors"] if t["name"] == HIDDEN)
    end = 2 ** (tensor["range"]["bits"] - 1) * 2.0 ** -tensor["scale"]["fraction_bits"]
    assert end == 64
    _, usual, _ = measure(data)
    assert found[HIDDEN].spare_bits > usual[HIDDEN].spare_bits


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ranges": {HIDDEN: 0.01}}, "its values reach .* in the float run, more than 0.01"),
        ({"ranges": {"nobody": 1.0}}, "range of 'nobody': the step has no such tensor"),
        ({"ranges": {HIDDEN: -1.0}}, "the range of 'v2' is -1.0; give a positive number"),
        ({"scales": {"nobody": 3}}, "'nobody' has no precision of its own"),
        ({"scales": {"v3": 3}}, "'v3' has no precision of its own"),
    ],
)
def test_precision_that_cannot_be_had_is_refused(data, options, message) -> None:
    path, rows = data
    with pytest.raises(InputError, match=message):
        zkpot.compile(path, rows, **options)


def test_arguments_come_on_top_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tensors.json"
    path.write_text('{"scales": {"a": 3, "b": 4}, "ranges": {"c": 2.5}}')
    assert overrides(path, ["b=7", "a=b=1"], ["d=1e2"]) == Overrides(
        {"a": 3, "b": 7, "a=b": 1}, {"c": 2.5, "d": 100.0}
    )


@pytest.mark.parametrize(
    ("text", "scales", "ranges", "message"),
    [
        ("{}", ["a"], [], "'a' is no precision of a tensor: write NAME=NUMBER"),
        ("{}", ["a=1.5"], [], "the scale of 'a' is '1.5': give a whole number"),
        ("{}", [], ["a=wide"], "the range of 'a' is 'wide'"),
        ('{"scales": 3}', [], [], r"tensors\.json: expected"),
        ("[", [], [], r"tensors\.json: expected"),
    ],
)
def test_what_is_no_precision(text, scales, ranges, message, tmp_path: Path) -> None:
    path = tmp_path / "tensors.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        overrides(path, scales, ranges)


def test_a_program_of_another_step_is_refused(data, tmp_path: Path) -> None:
    _, rows = data
    program, _, _ = measure(data)
    other = tmp_path / "other.onnx"
    import torch

    model = torch.nn.Linear(6, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    batch = tuple(torch.from_numpy(rows[name][:4]) for name in ("x", "y"))
    zkpot.export_step(model, torch.nn.functional.cross_entropy, optimizer, batch).save(other)
    with pytest.raises(InputError, match=r"other\.onnx: has no 'param\.0\.weight'"):
        precision(program, other, Dataset("rows", rows), 1)


def test_the_picture_names_every_noisy_tensor(data, tmp_path: Path) -> None:
    _, found, report = measure(data)
    plot_precision(report, tmp_path / "precision.svg")
    picture = (tmp_path / "precision.svg").read_text()
    for name, figures in found.items():
        assert (f"<!-- {name} -->" in picture) == (figures.decibels is not None)
    with pytest.raises(InputError, match=r"precision\.txt: the picture cannot be written"):
        plot_precision(report, tmp_path / "precision.txt")


def test_on_the_command_line(data, tmp_path: Path) -> None:
    path, rows = data
    np.savez(tmp_path / "rows.npz", **rows)

    def zkpot_command(*arguments: object) -> dict:
        command = [sys.executable, "-m", "zkpot", *map(str, arguments), "--json"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    zkpot_command(
        *("compile", path, "--calibrate", "rows.npz", "-o", "a.zkprog"),
        *("--scale", f"{HIDDEN}=2", "--range", "prediction=64"),
    )
    found = zkpot_command(
        *("precision", "a.zkprog", path, "--data", "rows.npz", "--steps", 4),
        *("--plot", "precision.png"),
    )
    assert found["steps"] == 4
    assert found["tensors"][0]["decibels"] == min(
        t["decibels"] for t in found["tensors"] if t["decibels"] is not None
    )
    assert (tmp_path / "precision.png").read_bytes().startswith(b"\x89PNG")


def test_an_optimizer_that_counts_steps_is_followed() -> None:
    """Adam's bias corrections are formulas of the rate and of a counter that float carries."""
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(5, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3))
    random = np.random.default_rng(1)
    rows = {
        "x": random.normal(size=(32, 5)).astype(np.float32),
        "y": random.integers(3, size=32),
    }
    batch = tuple(torch.from_numpy(rows[name][:4]) for name in ("x", "y"))
    loss = torch.nn.functional.cross_entropy
    step = zkpot.export_step(model, loss, torch.optim.Adam(model.parameters(), lr=2**-6), batch)
    report = precision(zkpot.compile(step, rows), step, Dataset("rows", rows), 8)
    found = {tensor.name: tensor for tensor in report.tensors}
    for name in ("prediction", "new.param.0.weight", "new.state.exp_avg.0.weight"):
        assert found[name].decibels > 40
