"""The smallest training step that has everything: two layers, biases, momentum, cross entropy."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def write_small_step(path: Path, dropout: float = 0.0) -> dict[str, np.ndarray]:
    """Writes the step as ONNX and returns data that it learns from."""
    import torch

    from zkpot.step import export_step

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3))
        if dropout:
            model.insert(2, torch.nn.Dropout(dropout))
    generator = np.random.default_rng(1)
    x = generator.uniform(0, 1, (24, 6)).astype(np.float32)
    y = x[:, :3].argmax(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.125, momentum=0.5)
    batch = (torch.from_numpy(x[:4]), torch.from_numpy(y[:4]))
    export_step(model, torch.nn.functional.cross_entropy, optimizer, batch).save(path)
    return {"x": x, "y": y}
