"""What cannot be exported is refused in one sentence that names it."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from zkpot.errors import ExportError
from zkpot.step import export_step

SGD = torch.optim.SGD


@pytest.fixture
def refuse(network, batches):
    """refuse(pattern, model=..., ...): the export of a small step with these changes fails."""

    def run(pattern, *, model=None, loss=functional.cross_entropy, make=None, batch=None, **more):
        model = network(5, 4, 3) if model is None else model
        optimizer = SGD(model.parameters(), lr=0.1) if make is None else make(model)
        batch = batches(1, 6, 5, classes=3)[0] if batch is None else batch
        with pytest.raises(ExportError, match=pattern) as caught:
            export_step(model, loss, optimizer, batch, **more)
        message = str(caught.value)
        assert "\n" not in message
        assert message.endswith(".")
        assert len(message) < 400

    return run


def own(forward, **parameters):
    """A module with this forward function and, besides ``layer``, these parameters."""

    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(5, 3)
            for name, value in parameters.items():
                setattr(self, name, nn.Parameter(value))

    Own.forward = forward
    return Own()


def test_random_numbers_that_no_proof_draws_are_named(refuse):
    def noisy(change):
        return own(lambda self, x: self.layer(change(x)))

    refuse(
        r"\(randn_like\), and only zeros and ones", model=noisy(lambda x: x + torch.randn_like(x))
    )
    refuse(r"\(rand_like\), and does more", model=noisy(lambda x: x * torch.rand_like(x)))
    varying = noisy(lambda x: x * torch.bernoulli(x.detach().sigmoid()))
    refuse(r"\(bernoulli\), and its probabilities are not one number", model=varying)
    rare = noisy(lambda x: functional.dropout(x, 1e-6))
    refuse(r"\(bernoulli_\), and a probability of 0\.999999 is 0 or 1 in the 16", model=rare)


def test_dropout_that_is_not_nothing_on_average_is_refused(refuse):
    model = nn.Sequential(nn.Linear(5, 4), nn.AlphaDropout(0.5), nn.Linear(4, 3))
    refuse(r"predicts something else in eval mode.*alpha dropout", model=model)


def test_dropout_in_eval_mode_is_fine(batches):
    model = nn.Sequential(nn.Linear(5, 4), nn.Dropout(0.5), nn.Linear(4, 3)).eval()
    batch = batches(1, 6, 5, classes=3)[0]
    export_step(model, functional.cross_entropy, SGD(model.parameters(), lr=0.1), batch)


def test_optimizers(refuse, network):
    refuse(
        r"optimizer LBFGS is not supported: use one of SGD, Adam",
        make=lambda model: torch.optim.LBFGS(model.parameters()),
    )
    refuse(r"optimizer is a str: give a torch\.optim\.Optimizer", make=lambda model: "SGD")
    refuse(
        r"group 0 .* parameter of shape \(4, 5\) that is not the model's",
        make=lambda model: SGD(network(5, 4, 3).parameters(), lr=0.1),
    )
    refuse(
        r"SGD with dampening treats its first step differently",
        make=lambda model: SGD(model.parameters(), lr=0.1, momentum=0.9, dampening=0.5),
    )

    class Mine(SGD):
        pass

    refuse("optimizer Mine is not supported", make=lambda model: Mine(model.parameters(), lr=0.1))


def test_state_of_only_some_parameters(refuse, network):
    model = network(5, 4, 3)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    model[0].weight.grad = torch.ones(4, 5)
    optimizer.step()
    refuse(
        r"state for some parameters but not for 0\.bias \(momentum_buffer\)",
        model=model,
        make=lambda _: optimizer,
    )


def test_parameters_at_different_steps(refuse, network):
    model = network(5, 4, 3)
    optimizer = torch.optim.Adam(model.parameters())
    for count, parameters in ((1, [model[0].weight]), (1, list(model.parameters()))):
        for parameter in parameters:
            parameter.grad = torch.ones_like(parameter)
        for _ in range(count):
            optimizer.step()
    refuse(r"different steps \(1 and 2\)", model=model, make=lambda _: optimizer)


def test_models_that_cannot_be_traced(refuse):
    def branch(self, x):
        return self.layer(x if x.sum() > 0 else -x)

    refuse("cannot be traced .*without .item", model=own(branch))
    refuse("cannot be traced", model=own(lambda self, x: self.layer(x) * float(x.max())))
    refuse(
        r"fails on the example batch's x of shape \(6, 5\): .*mat1 and mat2",
        model=nn.Linear(4, 3),
    )
    refuse(r"parameter weight has no shape yet", model=nn.LazyLinear(3))
    refuse(r"the model is a function", model=lambda x: x, make=lambda model: None)
    refuse(r"returns a tuple: it must return one", model=own(lambda self, x: (self.layer(x), x)))
    refuse(r"the model was compiled", model=torch.compile(own(lambda self, x: self.layer(x))))


def test_operators_without_a_translation_are_named(refuse):
    refuse(r"operator aten\.cumprod", model=own(lambda self, x: torch.cumprod(self.layer(x), 1)))


def test_values_that_training_cannot_start_from(refuse, network, batches):
    model = network(5, 4, 3)
    with torch.no_grad():
        model[0].weight[1, 2] = float("nan")
    refuse(r"param\.0\.weight contains NaN", model=model)
    with torch.no_grad():
        model[0].weight[1, 2] = float("inf")
    refuse(r"param\.0\.weight contains an infinite value", model=model)
    x, y = batches(1, 6, 5, classes=3)[0]
    x[0, 0] = float("nan")
    refuse(r"x contains NaN", batch=(x, y))


def test_types_and_places(refuse, network, batches):
    refuse(r"parameter 0\.weight has the type torch\.float64: use model\.float\(\)",
           model=network(5, 4, 3).double())  # fmt: skip
    x, y = batches(1, 6, 5, classes=3)[0]
    refuse(r"x of the example batch has the type torch\.float64", batch=(x.double(), y))
    refuse(r"y of the example batch has the type torch\.int32", batch=(x, y.int()))
    refuse(r"on meta", model=network(5, 4, 3).to("meta"))
    refuse(r"pair of tensors \(x, y\)", batch=x)
    refuse(r"pair of tensors \(x, y\)", batch=(x, y, y))
    refuse(r"pair of tensors \(x, y\)", batch=(np.zeros((6, 5)), y))
    refuse(r"6 samples in x and 5 in y", batch=(x, y[:5]))
    refuse(r"y of the example batch has the shape \(\)", batch=(x, y[0]))


@pytest.mark.parametrize("label", [3, 7, -1])
def test_labels_out_of_range(refuse, batches, label):
    x, y = batches(1, 6, 5, classes=3)[0]
    y[2] = label
    pattern = rf"label {label}, but the model has 3 classes: labels must be in 0\.\.2"
    refuse(pattern, batch=(x, y))


def test_losses(refuse):
    refuse(
        r"loss is a tensor of shape \(6,\), not a scalar",
        loss=nn.CrossEntropyLoss(reduction="none"),
    )
    refuse(r"loss is a float, not a scalar", loss=lambda o, y: o.sum().item())
    refuse(r"loss is a int", loss=3)
    refuse(
        r"does not depend on any trainable parameter",
        loss=lambda o, y: functional.cross_entropy(o.detach(), y),
    )
    refuse(r"the loss fails on a prediction of shape \(6, 3\)", loss=lambda o, y: o + missing)  # noqa: F821


def test_parameters_that_do_not_take_part(refuse, network):
    unused = own(lambda self, x: self.layer(x), extra=torch.ones(2))
    refuse(r"does not depend on the parameter extra", model=unused)
    frozen = network(5, 4, 3).requires_grad_(False)
    frozen.extra = nn.Parameter(torch.ones(2))
    refuse(r"does not depend on any trainable parameter", model=frozen)
    part = network(5, 4, 3)
    part[0].weight.requires_grad_(False)
    refuse(
        r"the optimizer has no parameter that requires a gradient",
        model=part,
        make=lambda model: SGD([model[0].weight], lr=0.1),
    )


@pytest.mark.parametrize("norm", [0, -1.0, float("inf"), float("nan")])
def test_clipping(refuse, norm):
    refuse(r"clip_grad_norm is .*: give a positive finite number", clip_grad_norm=norm)
    refuse(r"clip_grad_value is .*: give a positive finite number", clip_grad_value=norm)
    refuse(r"both given", clip_grad_norm=1.0, clip_grad_value=1.0)


def test_results_of_an_earlier_pass(refuse):
    model = own(lambda self, x: self.layer(x))
    model.kept = model(torch.ones(1, 5))
    refuse(r"the model cannot be copied .*earlier forward pass", model=model)


def test_without_torch(repository):
    """Importing needs no torch; exporting says what to install."""
    code = """
import sys
sys.modules["torch"] = None
from zkpot.errors import MissingExtra
from zkpot.step import Step, export_step
try:
    export_step(None, None, None, None)
except MissingExtra as error:
    print(error)
"""
    path = os.pathsep.join([str(repository / "python"), *sys.path])
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "install zkpot[torch]" in run.stdout
