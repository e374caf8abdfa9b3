"""The compiler's own choice of a window's length."""

from __future__ import annotations

import numpy as np
import pytest
from written_steps import mlp

from zkpot.errors import InputError
from zkpot.program import compile_step
from zkpot.program.compile import translate
from zkpot.program.read import read
from zkpot.program.window import best_window

ROWS = 16


def data_of(count, width=96, classes=10):
    rng = np.random.default_rng(2)
    x = rng.uniform(0, 1, (count, width)).astype(np.float32)
    return {"x": x, "y": (x @ rng.standard_normal((width, classes))).argmax(1)}


def test_the_window_that_commits_least_is_taken():
    model = mlp((96, 64, 10), ROWS)
    data = data_of(ROWS * 32)
    chosen = compile_step(model, data, window="auto")
    window = chosen.program_json["window"]
    committed = {
        w: compile_step(model, data, window=w).report.cost.committed / w
        for w in (1, 2, 4, 8, 12, 16)
    }
    assert min(committed, key=committed.get) == window
    assert committed[window] < 0.7 * committed[1]


def test_a_window_fits_the_memory_of_the_provers():
    graph = read(mlp((96, 64, 10), ROWS))
    program, _ = translate(graph)
    committed = 30_000
    lengths = [best_window(program, committed, memory) for memory in (0, 2**25, 2**40)]
    assert lengths[0] == 1 < lengths[1] < lengths[2]


def test_a_step_without_large_weights_stays_alone():
    compiled = compile_step(mlp((12, 9, 5), 32), data_of(256, 12, 5), window="auto")
    assert compiled.program_json["window"] == 1


def test_a_window_that_cannot_be_written_is_not_taken(monkeypatch):
    # As with Adam, whose updates are not linear in gradients although its gains look large.
    monkeypatch.setattr("zkpot.program.compile.best_window", lambda *_: 24)
    compiled = compile_step(mlp((12, 9, 5), 32), data_of(256, 12, 5), window="auto")
    assert compiled.program_json["window"] == 1


def test_another_word_is_refused():
    with pytest.raises(InputError, match="option 'window' is best; it must be 1 to 32"):
        compile_step(mlp((12, 9, 5), 32), data_of(256, 12, 5), window="best")
