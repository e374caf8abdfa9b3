"""A training step named on the command line: ``path/to/file.py:function``."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zkpot.errors import ExportError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

_FORM = "path/to/file.py:function"
_WANTED = "(model, loss function, optimizer, example batch)"


def load_source(source: str) -> tuple[Any, Any, Any, Any]:
    """Run the function that ``source`` names and return its model, loss, optimizer and batch.

    The file may import its neighbours, as it could if python ran it, and where its folder has
    an ``__init__.py``, the package that it belongs to.

    Raises:
        ExportError: the file or function is missing, fails, or returns something else.
        MissingExtra: the file needs torch, which is not installed.

    """
    path, function = _split(source)
    with _importable(path.parent):
        build = _function(_module(path), function, path)
        try:
            built = build()
        except Exception as error:
            raise ExportError(
                f"{function}() in {path} fails with {_describe(error)}: make it run by itself "
                "in python first."
            ) from error
    if not isinstance(built, (tuple, list)) or len(built) != 4:
        raise ExportError(f"{function}() in {path} returns {_kind(built)}: return {_WANTED}.")
    model, loss_fn, optimizer, batch = built
    return model, loss_fn, optimizer, batch


def _split(source: str) -> tuple[Path, str]:
    # The last colon: a path may have one of its own.
    file, colon, function = source.rpartition(":")
    if not colon or not file or not function.isidentifier():
        raise ExportError(f"{source!r} does not name a step: write {_FORM}.")
    path = Path(file)
    if not path.is_file():
        raise ExportError(f"the file {path} does not exist: write {_FORM}.")
    if path.suffix != ".py":
        raise ExportError(f"{path} is not a .py file: write {_FORM}.")
    return path, function


def _module(path: Path) -> ModuleType:
    # A name of our own, so that a file called like an installed module hides nothing.
    name = f"_zkpot_source_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and pickling look a class's module up by name.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        if error.name == "torch":
            raise MissingExtra(f"{path} needs torch: install zkpot[torch].") from error
        raise ExportError(
            f"{path} imports '{error.name}', which is not there: install it, or run zkpot where "
            "it is."
        ) from error
    except Exception as error:
        raise ExportError(
            f"{path} fails on import with {_describe(error)}: make it run in python first."
        ) from error
    return module


def _function(module: ModuleType, name: str, path: Path) -> Callable[[], Any]:
    found = getattr(module, name, None)
    if found is None:
        own = sorted(
            key
            for key, value in vars(module).items()
            if callable(value)
            and not key.startswith("_")
            and getattr(value, "__module__", None) == module.__name__
        )
        raise ExportError(f"{path} has no function {name}: it defines {', '.join(own) or 'none'}.")
    if not callable(found):
        raise ExportError(f"{name} in {path} is {_kind(found)}, not a function: write {_FORM}.")
    return found  # type: ignore[no-any-return]


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    above = folder.resolve()
    while (above / "__init__.py").is_file():
        above = above.parent
    entries = list(dict.fromkeys([str(folder.resolve()), str(above)]))
    sys.path[:0] = entries
    try:
        yield
    finally:
        for entry in entries:
            sys.path.remove(entry)


def _kind(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"{len(value)} values"
    return "None" if value is None else f"a {type(value).__name__}"


def _describe(error: Exception) -> str:
    text = str(error).strip()
    first = text.splitlines()[0].rstrip(".") if text else ""
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
