"""The step as an artifact: canonical ONNX bytes and what they say about themselves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zkpot.artifacts.json_text import parse
from zkpot.errors import ExportError, InputError
from zkpot.step import names

if TYPE_CHECKING:
    import os

    from onnx import ModelProto


@dataclass(frozen=True)
class Parity:
    """How closely onnxruntime followed eager torch when the step was exported.

    ``error`` is the largest deviation of any output in two steps: the Euclidean norm of the
    difference beyond what float32 rounding explains, relative to how much the step changed the
    tensor (for loss and prediction: to their norm). ``worst`` names that output. 0 means that
    rounding explains everything.
    """

    error: float
    tolerance: float
    worst: str


@dataclass(frozen=True)
class Step:
    """One training step: forward, loss, backward and the optimizer's update.

    Attributes:
        onnx: the canonical ONNX model. The same step with the same weights has the same bytes.
        roles: what each input and output is; see :mod:`zkpot.step.names`.
        parity: the exporter's check against eager torch; None for a step that was loaded.

    """

    onnx: bytes
    roles: names.Roles
    parity: Parity | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, as hex."""
        return hashlib.sha256(self.onnx).hexdigest()

    @property
    def model(self) -> ModelProto:
        """The ONNX model, parsed."""
        from onnx import load_from_string

        return load_from_string(self.onnx)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the ONNX file.

        Raises:
            InputError: the file cannot be written.

        """
        try:
            Path(path).write_bytes(self.onnx)
        except OSError as error:
            raise InputError(
                f"the step cannot be written to {path}: {error.strerror or error}."
            ) from error

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Step:
        """Read a file that :meth:`save` wrote.

        Raises:
            ExportError: it is no ONNX file, or not one of a training step.
            InputError: the file cannot be read.

        """
        from onnx import load_from_string

        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
        try:
            model = load_from_string(data)
        except Exception as error:
            raise ExportError(f"{path} is not an ONNX file: export the step again.") from error
        for entry in model.metadata_props:
            if entry.key == names.METADATA_KEY:
                return cls(data, _roles(entry.value, path))
        raise ExportError(
            f"{path} is an ONNX file without the metadata {names.METADATA_KEY}: it does not come "
            "from zkpot export; export the training step with it."
        )


def _roles(text: str, path: str | os.PathLike[str]) -> names.Roles:
    try:
        return parse(text, dict[str, Any])
    except ValueError as error:
        raise ExportError(
            f"{path}: its metadata {names.METADATA_KEY} is damaged ({error}): "
            "export the step again."
        ) from error
