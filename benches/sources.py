"""Steps that are measured, with rows to prove them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from models import mlp
from models.catalogue import FOLDER, MODELS, Size
from models.data import Fields
from models.training import Training
from zkpot.data.rows import shape_rows
from zkpot.step.source import load_source

SMALL = "-small"


class Source(Protocol):
    """A model with its loss, its optimizer and data."""

    @property
    def name(self) -> str:
        """For folders and tables."""

    def training(self) -> Training:
        """The step."""

    def rows(self, count: int) -> Fields:
        """As many rows of data, in the shapes that the step reads."""


@dataclass(frozen=True)
class Perceptron:
    """A multilayer perceptron without biases, squared error, plain SGD, on random rows.

    The time of a proof depends on data only through the ranges that compiling finds: inputs are
    small, so that the float run that ranges come from stays stable.
    """

    widths: tuple[int, ...]
    batch: int
    rate: float = 2**-4

    @property
    def name(self) -> str:
        """Its widths."""
        return "-".join(map(str, self.widths))

    def training(self) -> Training:
        """The step."""
        return mlp.squared_error(self.widths, batch=self.batch, lr=self.rate)

    def rows(self, count: int) -> Fields:
        """Inputs below 1/16, targets below 1."""
        random = np.random.default_rng(0)
        return {
            "x": random.random((count, self.widths[0]), np.float32) / 16,
            "y": random.random((count, self.widths[-1]), np.float32),
        }


@dataclass(frozen=True)
class Catalogued:
    """A model of models/catalogue.py; at its small size where the name ends in `-small`."""

    name: str

    @property
    def size(self) -> Size:
        """Function, data and lengths."""
        for model in MODELS:
            if self.name == model.name:
                return model.full
            if self.name == model.name + SMALL:
                return model.small
        raise KeyError(self.name)

    @property
    def title(self) -> str:
        """The model in words."""
        return next(m.title for m in MODELS if m.name == self.name.removesuffix(SMALL))

    def training(self) -> Training:
        """The step."""
        return load_source(f"{FOLDER}/{self.size.function}")

    def rows(self, count: int) -> Fields:
        """The first rows of the training data; small datasets repeat themselves.

        Raises:
            MissingData: They were not fetched.
        """
        _, _, _, example = self.training()
        shapes = [tuple(tensor.shape[1:]) for tensor in example]
        data = self.size.data().train
        places = np.arange(count) % len(data["y"])
        return {
            name: _shaped(data[name], shape)[places]
            for name, shape in zip(("x", "y"), shapes, strict=True)
        }


def _shaped(values: npt.NDArray[Any], shape: Sequence[int]) -> npt.NDArray[Any]:
    shaped = shape_rows(values, tuple(shape))
    assert shaped is not None, (values.shape, shape)
    return shaped
