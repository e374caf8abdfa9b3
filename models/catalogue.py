"""All models that are trained, proven and reported on, at two sizes with their data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.data import Halves
from models.data.digits import digits, enlarged
from models.data.mnist import mnist, padded
from models.data.synthetic import cifar_shaped, kaizen_shaped
from models.data.text import licence, moby_dick

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Size:
    """A model at one size.

    Attributes:
        function: `file.py:function` in this folder, as `zkpot export` takes it.
        data: loads what it trains on.
        steps: length of its schedule.
        link_steps: length of a link, a power of two; `make models` proves two.
    """

    function: str
    data: Callable[[], Halves]
    steps: int
    link_steps: int

    @property
    def source(self) -> str:
        """What to give `zkpot export`."""
        return f"{FOLDER}/{self.function}"


@dataclass(frozen=True)
class Model:
    """A model, its real size and a size at which a test proves it.

    Attributes:
        name: for messages and tests.
        title: a line for people.
        data: what it trains on, in words.
        full: its real size.
        small: a size for tests.
        window: steps to prove together, at full size: that in which a step is cheapest, of those
            that 16 GB hold.
    """

    name: str
    title: str
    data: str
    full: Size
    small: Size
    window: int = 1


MODELS = (
    Model(
        "logistic-regression",
        "Logistic regression",
        "MNIST",
        Size("regression.py:mnist", mnist, 937, 64),
        Size("regression.py:digits", digits, 8, 4),
    ),
    Model(
        "mlp",
        "Perceptron 784-128-10",
        "MNIST",
        Size("mlp.py:mnist", mnist, 937, 64),
        Size("mlp.py:digits", digits, 8, 4),
        window=8,
    ),
    Model(
        "deep",
        "Perceptron of eight layers of 1,024 (zkDL's shape)",
        "MNIST",
        Size("mlp.py:deep", mnist, 200, 1),
        Size("mlp.py:deep_small", digits, 8, 4),
        window=8,
    ),
    Model(
        "lenet-5",
        "LeNet-5, maximum pools",
        "MNIST",
        Size("lenet.py:mnist", mnist, 937, 8),
        Size("lenet.py:digits", digits, 4, 2),
    ),
    Model(
        "kaizen-lenet",
        "LeNet of Kaizen's code",
        "MNIST padded to 32 x 32",
        Size("lenet.py:kaizen", padded, 937, 16),
        Size("lenet.py:kaizen_small", digits, 4, 2),
        window=4,
    ),
    Model(
        "vgg-11",
        "VGG-11, maximum pools",
        "synthetic 3 x 32 x 32",
        Size("vgg.py:cifar", cifar_shaped, 96, 1),
        Size("vgg.py:small", enlarged, 2, 1),
    ),
    Model(
        "kaizen-vgg-11",
        "VGG-11 of Kaizen's paper",
        "synthetic 3 x 64 x 64",
        Size("vgg.py:kaizen", kaizen_shaped, 256, 1),
        Size("vgg.py:kaizen_small", enlarged, 2, 1),
        window=8,
    ),
    Model(
        "transformer",
        "Character transformer, Adam",
        "Moby-Dick",
        Size("transformer.py:characters", moby_dick, 600, 4),
        Size("transformer.py:characters_small", licence, 2, 1),
    ),
    Model(
        "transformer-sgd",
        "Character transformer, momentum",
        "Moby-Dick",
        Size("transformer.py:characters_sgd", moby_dick, 600, 4),
        Size("transformer.py:characters_sgd_small", licence, 2, 1),
    ),
    Model(
        "lora",
        "LoRA of a frozen transformer block, AdamW",
        "Moby-Dick",
        Size("transformer.py:lora", moby_dick, 600, 4),
        Size("transformer.py:lora_small", licence, 2, 1),
    ),
    Model(
        "lstm",
        "LSTM over the rows of an image, Adam",
        "MNIST",
        Size("lstm.py:mnist", mnist, 937, 4),
        Size("lstm.py:digits", digits, 2, 1),
    ),
)
