"""The guide's commands and its Python are ones that there are."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
from pathlib import Path

import click
import pytest

from zkpot.cli import zkpot

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "getting-paid.md").read_text()
COMMANDS = re.findall(r"^zkpot (.+)$", GUIDE, flags=re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_has_these_options(line: str) -> None:
    command: click.Command = zkpot
    words = shlex.split(line)
    while isinstance(command, click.Group) and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    assert command is not zkpot
    if isinstance(command, click.Group):
        # `wrap` has a command without a name.
        assert command.name == "wrap"
        return
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known


def test_all_commands_are_in_the_guide() -> None:
    given = {" ".join(line.split()[:2]) for line in COMMANDS}
    given |= {" ".join(text.split()[:2]) for text in re.findall(r"`zkpot ([^`]+)`", GUIDE)}
    for group in ("order", "stake", "challenge"):
        found = zkpot.commands[group]
        assert isinstance(found, click.Group)
        for name in set(found.commands) - {"show"}:
            assert f"{group} {name}" in given, name


def test_the_python_imports_what_there_is() -> None:
    (code,) = re.findall(r"```python\n(.+?)```", GUIDE, flags=re.DOTALL)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None
            module = importlib.import_module(node.module)
            assert all(hasattr(module, alias.name) for alias in node.names)
