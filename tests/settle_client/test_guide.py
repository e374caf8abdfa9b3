"""Commands and Python of the guides to orders and to deploying are ones that there are."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import shlex
from pathlib import Path

import click
import pytest

from zkpot.cli import zkpot
from zkpot.settle.claims_deployment import PERIODS
from zkpot.settle.deployment import deploy as put

ROOT = Path(__file__).parents[2]
PAGES = [
    (ROOT / "docs" / "guide" / f"{name}.md").read_text() for name in ("getting-paid", "deploying")
]
GUIDE, DEPLOYING = PAGES
COMMANDS = [line for page in PAGES for line in re.findall(r"^zkpot (.+)$", page, re.MULTILINE)]


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
    text = GUIDE + DEPLOYING
    given |= {" ".join(line.split()[:2]) for line in re.findall(r"`zkpot ([^`]+)`", text)}
    for group in ("order", "stake", "challenge"):
        found = zkpot.commands[group]
        assert isinstance(found, click.Group)
        for name in set(found.commands) - {"show"}:
            assert f"{group} {name}" in given, name


@pytest.mark.parametrize("page", PAGES, ids=["getting paid", "deploying"])
def test_the_python_imports_what_there_is(page: str) -> None:
    (code,) = re.findall(r"```python\n(.+?)```", page, flags=re.DOTALL)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None
            module = importlib.import_module(node.module)
            assert all(hasattr(module, alias.name) for alias in node.names)


def test_options_of_a_table_are_those_of_the_command() -> None:
    for title, name in (("A market", "deploy"), ("Claims", "deploy-claims")):
        table = DEPLOYING.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        rows = "\n".join(re.findall(r"^\| (`--.+?) \|", table, flags=re.MULTILINE))
        group = zkpot.commands["order"]
        assert isinstance(group, click.Group)
        known = {option for one in group.commands[name].params for option in one.opts}
        named = set(re.findall(r"`(--[\w-]+)`", rows))
        assert len(named) > 4
        assert named <= known


def test_what_forge_makes_is_there() -> None:
    made = re.findall(r"^forge create (\S+):(\w+) .*--constructor-args (.+)$", DEPLOYING, re.M)
    assert len(made) == 5
    for path, contract, given in made:
        source = (ROOT / path).read_text()
        assert f"contract {contract} " in source
        (taken,) = re.findall(r"constructor\(([^)]*)\)", source)
        assert len(shlex.split(given)) == len(taken.split(",")), contract


def test_the_longest_claim_fits_into_a_days_challenge() -> None:
    """The page says how many hours."""
    most = {name: high for name, (_, _, high) in PERIODS.items()}
    late = max(most["appeal"], most["challenge"])
    longest = most["draw"] + most["response"] + 2 * most["answer"] + late + most["proof"]
    assert f"may take {longest // 3600} hours in all" in DEPLOYING
    deploy = inspect.signature(put).parameters["challenge_period"].default
    assert longest < deploy


def test_pages_have_the_sections_that_others_name() -> None:
    """Of links to these pages."""
    for path in (ROOT / "docs").rglob("*.md"):
        for title in re.findall(r"deploying\.md#([\w-]+)\)", path.read_text()):
            sections = re.findall(r"^##+ (.+)$", DEPLOYING, flags=re.MULTILINE)
            assert title in {section.lower().replace(" ", "-") for section in sections}, path
