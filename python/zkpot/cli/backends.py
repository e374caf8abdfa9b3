"""Which options of 'prove' go with which backend."""

from __future__ import annotations

import click
from click.core import ParameterSource

from zkpot.errors import InputError

# Options of 'prove' that one backend alone has.
_EZKL_ALONE = ("srs", "test_srs", "link", "scale")
_EZKL_TAKES = ("program", "data", "steps", "backend", "out", "weights", "memory", "quiet")


def check_backend(backend: str) -> None:
    """Refuses options that the backend does not know, rather than to ignore them."""
    context = click.get_current_context()
    given = [
        parameter
        for parameter in context.command.params
        if context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
    ]
    for parameter in given:
        of_ezkl = parameter.name in _EZKL_ALONE
        known = of_ezkl or parameter.name in (*_EZKL_TAKES, "as_json")
        if (backend == "native" and of_ezkl) or (backend == "ezkl" and not known):
            raise InputError(f"{parameter.opts[0]} does not go with --backend {backend}")
