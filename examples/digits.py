"""The whole path on real data: an MLP on scikit-learn's digits.

Runs the commands that a user would type, prints them with their times, and ends with the test
accuracy of the proven weights in torch. Everything it makes is in out/digits.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from zkpot.step.source import load_source

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "digits"
ZKPOT = Path(sys.executable).with_name("zkpot")
STEPS = 256


def main() -> None:
    """Export, compile, prove, verify, and use the weights."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    write_data()
    started = time.monotonic()
    zkpot("export", f"{ROOT / 'models' / 'mlp.py'}:digits", "-o", "step.onnx")
    zkpot("compile", "step.onnx", "--calibrate", "train.npz", "-o", "digits.zkprog")
    zkpot(
        *("prove", "digits.zkprog", "--data", "train.npz", "--steps", str(STEPS)),
        *("--eval", "test.npz", "--seed", "1", "--out", "run"),
    )
    zkpot("status", "run")
    zkpot("bundle", "run", "-o", "run.zkpot")
    zkpot("verify", "run.zkpot", "--program", "digits.zkprog", "--steps", str(STEPS))
    zkpot("weights", "run", "-o", "trained.safetensors")
    print(f"\nall of it: {time.monotonic() - started:.1f} s")
    print(f"test accuracy of the proven weights, in torch: {accuracy():.1%}")


def write_data() -> None:
    """Pixels between 0 and 1, a fifth held out."""
    digits = load_digits()
    parts = train_test_split(
        (digits.data / 16).astype(np.float32), digits.target, test_size=0.2, random_state=0
    )
    np.savez(OUT / "train.npz", x=parts[0], y=parts[2])
    np.savez(OUT / "test.npz", x=parts[1], y=parts[3])


def zkpot(*arguments: str) -> None:
    """Runs a command in the output folder and prints how long it took."""
    shown = [str(Path(a).relative_to(ROOT)) if a.startswith(str(ROOT)) else a for a in arguments]
    print(f"\n$ zkpot {' '.join(shown)}", flush=True)
    started = time.monotonic()
    subprocess.run([ZKPOT, *arguments], cwd=OUT, check=True)
    print(f"  {time.monotonic() - started:.2f} s", flush=True)


def accuracy() -> float:
    """Of the torch model that was exported, with the weights that were proven."""
    model, *_ = load_source(f"{ROOT / 'models' / 'mlp.py'}:digits")
    model.load_state_dict(load_file(OUT / "trained.safetensors"))
    test = np.load(OUT / "test.npz")
    with torch.no_grad():
        predicted = model(torch.from_numpy(test["x"])).argmax(1).numpy()
    return float((predicted == test["y"]).mean())


if __name__ == "__main__":
    main()
