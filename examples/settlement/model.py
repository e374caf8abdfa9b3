"""The model that is ordered: an MLP for scikit-learn's digits, and how good it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from examples.settlement.town import Town
from zkpot.step.source import load_source

SOURCE = f"{Path(__file__).resolve().parents[2] / 'models' / 'mlp.py'}:digits"


def bring_model(town: Town) -> None:
    """The consumer has data, makes a program of the step, and commits to both.

    The program is public: the operator makes a front for it.
    """
    me = town.consumer
    digits = load_digits()
    parts = train_test_split(
        (digits.data / 16).astype(np.float32), digits.target, test_size=0.2, random_state=0
    )
    np.savez(me.folder / "train.npz", x=parts[0], y=parts[2])
    np.savez(me.folder / "test.npz", x=parts[1], y=parts[3])
    model, *_ = load_source(SOURCE)
    save_file(model.state_dict(), me.folder / "weights.safetensors")
    me.zkpot("export", SOURCE, "-o", "step.onnx")
    me.zkpot("compile", "step.onnx", "--calibrate", "train.npz", "-o", "digits.zkprog")
    me.zkpot(
        *("commit", "digits.zkprog", "--data", "train.npz"),
        *("--weights", "weights.safetensors", "--wrapped"),
    )
    # Its weights are drawn from the step's seed; the consumer's are its own.
    me.gives(town.operator, "digits.zkprog", "digits.initial.safetensors")
    _bring_noise(town.operator.folder, parts[0].shape)


def _bring_noise(folder: Path, shape: tuple[int, ...]) -> None:
    """Data of the same shape."""
    noise = np.random.default_rng(0)
    pixels = noise.random(shape, np.float32)
    np.savez(folder / "noise.npz", x=pixels, y=noise.integers(0, 10, shape[0]))


def accuracy(folder: Path, weights: str) -> float:
    """Of weights on what was held out, in torch."""
    model, *_ = load_source(SOURCE)
    model.load_state_dict(load_file(folder / weights))
    test = np.load(folder / "test.npz")
    with torch.no_grad():
        predicted = model(torch.from_numpy(test["x"])).argmax(1).numpy()
    return float((predicted == test["y"]).mean())
