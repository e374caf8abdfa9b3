"""Models of torch, from export to integers: layers that move, slide and split."""

import numpy as np
import pytest
from integer_machine import step as integer_step

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from zkpot import reference  # noqa: E402
from zkpot.program.compile import compile_step  # noqa: E402
from zkpot.program.quantise import quantise_data, state_values  # noqa: E402
from zkpot.step import export_step  # noqa: E402


class Attention(nn.Module):
    """One block of causal-free attention on tokens: embedding, heads, merged back, dense."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(5, 8)
        self.inside, self.outside = nn.Linear(8, 24), nn.Linear(8, 8)
        self.last = nn.Linear(8, 5)

    def forward(self, x):
        h = self.table(x)
        batch, length, width = h.shape
        parts = self.inside(h).split(width, dim=-1)
        q, k, v = (p.view(batch, length, 2, width // 2).transpose(1, 2) for p in parts)
        weights = torch.softmax(q @ k.transpose(-2, -1) * 0.5, dim=-1)
        joined = (weights @ v).transpose(1, 2).reshape(batch, length, width)
        return self.last(h + self.outside(joined))


class Recurrent(nn.Module):
    """A recurrent network with ReLU, unrolled over an image's rows, its states joined."""

    def __init__(self):
        super().__init__()
        self.inside, self.last = nn.Linear(8 + 6, 6), nn.Linear(8 * 6, 5)

    def forward(self, x):
        state = torch.zeros(x.shape[0], 6)
        states = []
        for row in range(8):
            state = torch.relu(self.inside(torch.cat([x[:, row], state], 1)))
            states.append(state)
        return self.last(torch.stack(states, 1).flatten(1))


def image(*layers, after):
    return lambda: nn.Sequential(*(make() for make in layers), nn.Flatten(), nn.Linear(after, 5))


def conv(*args, **kwargs):
    return lambda: nn.Conv2d(*args, **kwargs)


MODELS = {
    "lenet": (
        image(
            *(conv(1, 4, 3, padding=1), nn.ReLU, lambda: nn.AvgPool2d(2)),
            *(conv(4, 6, 3), nn.ReLU, lambda: nn.AvgPool2d(2)),
            after=6,
        ),
        (1, 8, 8),
    ),
    "maxima": (
        image(
            *(conv(1, 4, 3, padding=1), nn.ReLU, lambda: nn.MaxPool2d(2)),
            *(conv(4, 4, 3), lambda: nn.MaxPool2d(2, 1, 1)),
            after=36,
        ),
        (1, 8, 8),
    ),
    "overlapping maxima": (
        image(conv(1, 2, 1), lambda: nn.MaxPool2d(3, 2, 1), after=32),
        (1, 8, 8),
    ),
    "strided, padded, dilated, grouped": (
        image(
            *(conv(2, 4, 3, stride=2, padding=1), nn.ReLU),
            *(conv(4, 4, 2, dilation=2, groups=2), nn.ReLU, conv(4, 4, 1, groups=4)),
            after=16,
        ),
        (2, 8, 8),
    ),
    "signals": (
        lambda: nn.Sequential(
            *(nn.Conv1d(2, 4, 3, padding=1), nn.ReLU(), nn.AvgPool1d(2), nn.Flatten()),
            nn.Linear(16, 5),
        ),
        (2, 8),
    ),
    "volumes": (
        lambda: nn.Sequential(
            *(nn.Conv3d(1, 2, 2), nn.ReLU(), nn.AdaptiveAvgPool3d(2), nn.Flatten()),
            nn.Linear(16, 5),
        ),
        (1, 4, 4, 4),
    ),
    "transposed": (
        image(conv(1, 2, 2, stride=2), lambda: nn.ConvTranspose2d(2, 1, 3, 2), after=81),
        (1, 8, 8),
    ),
    "recurrent": (Recurrent, (8, 8)),
}


def compiled(make, loss, x, y, batch=4):
    torch.manual_seed(1)
    model = make()
    optimizer = torch.optim.SGD(model.parameters(), lr=2**-4)
    example = (torch.from_numpy(x[:batch]), torch.from_numpy(y[:batch]))
    step = export_step(model, loss, optimizer, example)
    return compile_step(step.onnx, {"x": x, "y": y}), model, optimizer


def follow(made, model, optimizer, loss, x, y, tolerance=0.004, steps=3, batch=4):
    """Both machines agree to the bit, and with torch to what 16 bits allow."""
    program, states = made.program_json, made.initial_state
    rows = quantise_data(program, {"x": x, "y": y})
    names = {s["name"] for s in program["scalars"]}
    scalars = {s["name"]: s["integer"] for s in made.report.notes.rates}
    assert names == set(scalars)
    expected, _ = reference.train(
        program,
        states,
        lambda t: {name: own[t * batch : (t + 1) * batch] for name, own in rows.items()},
        [[scalars[s["name"]]] * steps for s in program["scalars"]],
        steps=steps,
    )
    for t in range(steps):
        index = slice(t * batch, (t + 1) * batch)
        states, _ = integer_step(program, states, {k: v[index] for k, v in rows.items()}, scalars)
        optimizer.zero_grad()
        loss(model(torch.from_numpy(x[index])), torch.from_numpy(y[index])).backward()
        optimizer.step()
    for name, found in states.items():
        np.testing.assert_array_equal(found, expected[name].astype(np.int64), err_msg=name)
    floats = state_values(program, states)
    for name, trained in model.state_dict().items():
        value = trained.numpy()
        found = floats[f"param.{name}"].reshape(value.shape)
        assert np.abs(found - value).max() < tolerance * max(1, np.abs(value).max()), name
    return program


@pytest.mark.parametrize("name", MODELS)
def test_models_of_images(name):
    make, shape = MODELS[name]
    rng = np.random.default_rng(0)
    x = rng.standard_normal((16, *shape)).astype(np.float32)
    y = rng.integers(0, 5, 16)
    made, model, optimizer = compiled(make, functional.cross_entropy, x, y)
    # Where elements nearly tie, rounding picks another maximum.
    tolerance = 0.03 if "maxima" in name else 0.004
    follow(made, model, optimizer, functional.cross_entropy, x, y, tolerance)


def test_attention_on_tokens():
    def loss(prediction, y):
        return functional.cross_entropy(prediction.flatten(0, -2), y.flatten())

    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 5, (16, 3)), rng.integers(0, 5, (16, 3))
    made, model, optimizer = compiled(Attention, loss, x, y)
    follow(made, model, optimizer, loss, x, y)
