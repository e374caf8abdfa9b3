"""Files of named tensors (.safetensors)."""

from __future__ import annotations

from pathlib import Path

from zkpot.data.dataset import Array
from zkpot.errors import InputError


def read_safetensors(path: Path) -> dict[str, Array]:
    """All tensors of a .safetensors file."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, TypeError, ValueError, KeyError) as error:
        raise InputError(f"{path}: not a readable .safetensors file ({error})") from error
