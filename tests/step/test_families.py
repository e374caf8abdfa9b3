"""Operator families beyond dense layers, and the kinds of operators they come down to."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from zkpot.errors import ExportError
from zkpot.step import export_step


def cross_entropy(prediction, y):
    return functional.cross_entropy(prediction.flatten(0, -2), y.flatten())


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.cell, self.out = kind(6, 5, batch_first=True), nn.Linear(5, 3)

    def forward(self, x):
        return self.out(self.cell(x)[0][:, -1])


class Attention(nn.Module):
    """A transformer block on tokens, with causal attention."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(3, 8)
        self.block = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        h = self.table(x)
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.out(self.block(h, src_mask=mask, is_causal=True))


def image(*layers, after):
    return lambda: nn.Sequential(*(make() for make in layers), nn.Flatten(), nn.Linear(after, 3))


def conv(*args, **kwargs):
    return lambda: nn.Conv2d(*args, **kwargs)


def vector(make):
    return lambda: nn.Sequential(nn.Linear(6, 4), make(), nn.Linear(4, 3))


IMAGES = {
    "plain": image(conv(3, 4, 3), nn.ReLU, after=144),
    "no-bias": image(conv(3, 4, 3, bias=False), nn.ReLU, after=144),
    "padded": image(conv(3, 4, 3, padding=1), nn.ReLU, conv(4, 2, 3), after=72),
    "strided": image(conv(3, 4, 3, stride=2), nn.ReLU, conv(4, 4, 2, stride=2), after=4),
    "dilated": image(conv(3, 4, 3), conv(4, 4, 3, dilation=2), after=16),
    "grouped": image(conv(3, 4, 1), conv(4, 6, 3, groups=2), after=216),
    "depthwise": image(conv(3, 4, 1), conv(4, 4, 3, groups=4), after=144),
    "max-pool": image(conv(3, 4, 3), lambda: nn.MaxPool2d(2), after=36),
    "max-pool-odd": image(conv(3, 4, 2), lambda: nn.MaxPool2d(2), after=36),
    "max-pool-overlapping": image(conv(3, 4, 3), lambda: nn.MaxPool2d(3, 2), after=16),
    "max-pool-padded": image(conv(3, 4, 3), nn.ReLU, lambda: nn.MaxPool2d(3, 2, 1), after=36),
    "max-pool-dilated": image(conv(3, 4, 3), lambda: nn.MaxPool2d(2, 1, 0, 2), after=64),
    "average-pool": image(conv(3, 4, 3), lambda: nn.AvgPool2d(2), after=36),
    "average-pool-padded": image(conv(3, 4, 3), lambda: nn.AvgPool2d(3, 2, 1), after=36),
    "adaptive-pool": image(conv(3, 4, 3), lambda: nn.AdaptiveAvgPool2d(2), after=16),
    "max-pool-ceil": image(lambda: nn.MaxPool2d(3, 2, ceil_mode=True), after=48),
    "max-pool-dilated-padded": image(lambda: nn.MaxPool2d(3, 2, 1, 2), after=27),
    "average-pool-inside": image(lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False), after=48),
    "average-pool-ceil": image(conv(3, 4, 3), lambda: nn.AvgPool2d(3, 2, 1, True), after=64),
    "average-pool-divisor": image(lambda: nn.AvgPool2d(3, 2, divisor_override=5), after=27),
    "average-pool-gaps": image(conv(3, 4, 1), lambda: nn.AvgPool2d(2, 3), after=36),
    "adaptive-pool-overlapping": image(conv(3, 4, 1), lambda: nn.AdaptiveAvgPool2d(3), after=36),
    "transposed": image(
        conv(3, 4, 3, stride=2), lambda: nn.ConvTranspose2d(4, 2, 3, 2, 1, 1), after=72
    ),
    "transposed-grouped": image(
        conv(3, 4, 3), lambda: nn.ConvTranspose2d(4, 6, 2, groups=2, dilation=2), after=384
    ),
    "global-pool": image(conv(3, 4, 3), lambda: nn.AdaptiveAvgPool2d(1), after=4),
    "batch-norm": image(conv(3, 4, 3), lambda: nn.BatchNorm2d(4), nn.ReLU, after=144),
    "group-norm": image(conv(3, 4, 3), lambda: nn.GroupNorm(2, 4), nn.ReLU, after=144),
}

VECTORS = {
    "layer-norm": vector(lambda: nn.LayerNorm(4)),
    "layer-norm-plain": vector(lambda: nn.LayerNorm(4, elementwise_affine=False)),
    "batch-norm": vector(lambda: nn.BatchNorm1d(4)),
    "batch-norm-eval": vector(lambda: nn.BatchNorm1d(4).eval()),
    "batch-norm-no-statistics": vector(lambda: nn.BatchNorm1d(4, track_running_stats=False)),
    "tanh": vector(nn.Tanh),
    "sigmoid": vector(nn.Sigmoid),
    "silu": vector(nn.SiLU),
    "gelu": vector(nn.GELU),
    "gelu-tanh": vector(lambda: nn.GELU("tanh")),
    "leaky-relu": vector(lambda: nn.LeakyReLU(0.1)),
    "elu": vector(nn.ELU),
    "softplus": vector(nn.Softplus),
    "softmax": vector(lambda: nn.Softmax(-1)),
}

SEQUENCES = {
    "rnn": lambda: Recurrent(nn.RNN),
    "lstm": lambda: Recurrent(nn.LSTM),
    "gru": lambda: Recurrent(nn.GRU),
}

NO_SCATTER = {"ScatterElements", "ScatterND", "GatherElements", "MaxPool", "AveragePool"}


def follow_it(make, data, follow, loss=functional.cross_entropy):
    torch.manual_seed(3)
    model = make()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    step = export_step(model, loss, optimizer, data[0])
    follow(step, model, loss, optimizer, data, tolerance=5e-5)
    kinds = {node.op_type for node in step.model.graph.node}
    assert not kinds & {"Gemm", "Neg", "Identity", "Squeeze", "Unsqueeze", "Flatten", *NO_SCATTER}
    return step


@pytest.mark.parametrize("name", IMAGES)
def test_images(name, batches, follow):
    follow_it(IMAGES[name], batches(2, 4, 3, 8, 8, classes=3), follow)


@pytest.mark.parametrize("name", VECTORS)
def test_vectors(name, batches, follow):
    follow_it(VECTORS[name], batches(2, 5, 6, classes=3), follow)


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences(name, batches, follow):
    follow_it(SEQUENCES[name], batches(2, 4, 5, 6, classes=3), follow)


VOLUMES = {
    "plain": image(lambda: nn.Conv3d(1, 2, 2, padding=1), nn.ReLU, after=250),
    "max-pool": image(lambda: nn.Conv3d(1, 2, 1), lambda: nn.MaxPool3d(2), after=16),
    "average-pool": image(lambda: nn.Conv3d(1, 2, 1), lambda: nn.AvgPool3d(2), after=16),
    "adaptive-pool": image(lambda: nn.Conv3d(1, 2, 1), lambda: nn.AdaptiveAvgPool3d(3), after=54),
}


@pytest.mark.parametrize("name", VOLUMES)
def test_volumes(name, batches, follow):
    follow_it(VOLUMES[name], batches(2, 4, 1, 4, 4, 4, classes=3), follow)


def test_signals(batches, follow):
    def make():
        return nn.Sequential(
            nn.Conv1d(2, 4, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool1d(2),
            nn.Flatten(),
            nn.Linear(16, 3),
        )

    follow_it(make, batches(2, 4, 2, 8, classes=3), follow)


def tokens(count):
    generator = torch.Generator().manual_seed(2)
    return [
        tuple(torch.randint(3, (4, 5), generator=generator) for _ in range(2)) for _ in range(count)
    ]


def test_attention(follow):
    step = follow_it(Attention, tokens(2), follow, cross_entropy)
    assert step.roles["inputs"]["y"]["classes"] == 3


@pytest.mark.parametrize("padding", [None, 1])
def test_embedding(padding, follow):
    def make():
        return nn.Sequential(nn.Embedding(3, 4, padding_idx=padding), nn.Linear(4, 3))

    follow_it(make, tokens(2), follow, cross_entropy)


def test_tied_weights(follow):
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.out = nn.Embedding(3, 4), nn.Linear(4, 3, bias=False)
            self.out.weight = self.table.weight

        def forward(self, x):
            return self.out(self.table(x))

    step = follow_it(Tied, tokens(2), follow, cross_entropy)
    assert [n for n in step.roles["inputs"] if n.startswith("param.")] == ["param.table.weight"]


def test_equal_maxima_go_to_the_first():
    """In each window two cells share the maximum; torch gives the gradient to the first."""
    model = nn.Sequential(nn.Conv2d(1, 1, 1), nn.MaxPool2d(3, 2, 1), nn.Flatten(), nn.Linear(4, 2))
    x = torch.ones(2, 1, 4, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    export_step(model, functional.cross_entropy, optimizer, (x, torch.tensor([0, 1])))


def test_padding_does_not_widen_the_range(batches):
    """A padded maximum reads cells of its window, not a number below everything."""
    model = IMAGES["max-pool-padded"]()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    batch = batches(1, 4, 3, 8, 8, classes=3)[0]
    step = export_step(model, functional.cross_entropy, optimizer, batch)
    from onnx import TensorProto, numpy_helper

    inputs = {entry.name for entry in step.model.graph.input}
    numbers = [
        abs(numpy_helper.to_array(entry)).max()
        for entry in step.model.graph.initializer
        if entry.name not in inputs and entry.data_type == TensorProto.FLOAT
    ]
    assert max(numbers) <= 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (image(lambda: nn.AdaptiveMaxPool2d(3), after=27), "adaptive_max_pool2d"),
        (image(lambda: nn.Upsample(scale_factor=2), after=768), "aten.index.Tensor"),
    ],
)
def test_what_is_not_supported_is_named(make, message, batches):
    model = make()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    batch = batches(1, 4, 3, 8, 8, classes=3)[0]
    with pytest.raises(ExportError, match=message):
        export_step(model, functional.cross_entropy, optimizer, batch)
