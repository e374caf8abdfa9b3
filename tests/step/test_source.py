"""Steps named on the command line."""

from __future__ import annotations

import sys

import pytest
import torch

from zkpot.errors import ExportError, MissingExtra
from zkpot.step import export_step
from zkpot.step.source import load_source


@pytest.fixture
def write(tmp_path):
    def make(text, name="step.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return make


@pytest.mark.parametrize(
    ("name", "batch", "optimizer"),
    [("digits", 32, 0.9), ("mnist", 64, 0), ("bench_64_16_10", 8, 0), ("bench_128_64_10", 16, 0)],
)
def test_the_models_of_the_repository(repository, name, batch, optimizer):
    model, loss, made, (x, y) = load_source(f"{repository / 'models' / 'mlp.py'}:{name}")
    assert x.shape[0] == y.shape[0] == batch
    assert made.param_groups[0]["momentum"] == optimizer
    export_step(model, loss, made, (x, y))


def test_the_models_leave_torchs_generator_alone(repository):
    before = torch.get_rng_state()
    load_source(f"{repository / 'models' / 'mlp.py'}:digits")
    assert torch.equal(before, torch.get_rng_state())


def test_a_file_may_import_its_neighbours(write):
    write("VALUE = 7", "neighbour_of_the_step.py")
    path = write("from neighbour_of_the_step import VALUE\ndef f(): return 1, 2, VALUE, 4")
    entries = list(sys.path)
    assert load_source(f"{path}:f") == (1, 2, 7, 4)
    assert sys.path == entries


def test_a_file_may_import_the_package_that_it_belongs_to(tmp_path):
    inner = tmp_path / "package_of_the_step" / "inner"
    inner.mkdir(parents=True)
    for folder in (inner, inner.parent):
        (folder / "__init__.py").touch()
    (inner.parent / "numbers.py").write_text("VALUE = 8")
    (inner / "step.py").write_text(
        "from package_of_the_step.numbers import VALUE\ndef f(): return 1, 2, VALUE, 4"
    )
    entries = list(sys.path)
    assert load_source(f"{inner / 'step.py'}:f") == (1, 2, 8, 4)
    assert sys.path == entries


def test_a_file_may_be_called_like_a_module(write):
    path = write("def f(): return 1, 2, 3, 4", "torch.py")
    assert load_source(f"{path}:f") == (1, 2, 3, 4)
    assert sys.modules["torch"] is torch


@pytest.mark.parametrize(
    ("text", "function", "message"),
    [
        ("def g(): pass\nclass Net: pass", "f", r"has no function f: it defines Net, g\."),
        ("import os", "f", r"has no function f: it defines none\."),
        ("f = 3", "f", r"f in .* is a int, not a function"),
        ("def f(): pass", "f", r"f\(\) in .* returns None: return \(model, loss function"),
        ("def f(): return 1, 2, 3", "f", r"returns 3 values: return \(model"),
        ("def f(): return 'four'", "f", r"returns a str: return \(model"),
        ("def f(): raise KeyError('w')", "f", r"f\(\) in .* fails with KeyError: 'w': make it"),
        ("def f(): raise ValueError", "f", r"fails with ValueError: make it"),
        ("def f(x): pass", "f", r"fails with TypeError: f\(\) missing 1 required"),
        ("1 / 0", "f", r"fails on import with ZeroDivisionError: division by zero: make it"),
        ("def f(:", "f", r"fails on import with SyntaxError"),
        ("import no_such_module", "f", r"imports 'no_such_module', which is not there: install"),
    ],
)
def test_what_the_file_gets_wrong(write, text, function, message):
    path = write(text)
    with pytest.raises(ExportError, match=message) as caught:
        load_source(f"{path}:{function}")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_needs_torch_where_there_is_none(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    path = write("import torch")
    with pytest.raises(MissingExtra, match=r"needs torch: install zkpot\[torch\]"):
        load_source(f"{path}:f")


def test_what_the_command_line_gets_wrong(write):
    path = write("")
    for source in (str(path), f"{path}:", ":f", f"{path}:not a name"):
        with pytest.raises(ExportError, match=r"write path/to/file\.py:function"):
            load_source(source)
    with pytest.raises(ExportError, match=r"none\.py does not exist"):
        load_source(f"{path.with_name('none.py')}:f")
    with pytest.raises(ExportError, match=r"step\.txt is not a \.py file"):
        load_source(f"{write('', 'step.txt')}:f")
