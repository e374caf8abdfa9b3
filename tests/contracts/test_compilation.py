"""The contracts compile with both pinned compilers, and fit on a chain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from contracts.compile import LARGEST_CODE, ROOT, Contract, NotCompiled, compile_sources, sources
from tests.contracts.front import FRONT


def test_they_fit_on_a_chain(compiled: Mapping[str, Contract]) -> None:
    assert 4_000 < len(compiled[FRONT].deployed) // 2 < LARGEST_CODE // 2


def test_a_later_compiler_takes_them(compiled: Mapping[str, Contract]) -> None:
    """The one for EZKL's contracts; the interface is the same."""
    later = compile_sources(sources(), ROOT / "node_modules" / "solc" / "solc.js")
    assert later.keys() == compiled.keys()
    assert later[FRONT].abi == compiled[FRONT].abi
    assert later[FRONT].code != compiled[FRONT].code


def test_errors_and_warnings_are_said(tmp_path: Path) -> None:
    licence = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.19;\n"
    with pytest.raises(NotCompiled, match="Unused local variable"):
        compile_sources({"a.sol": licence + "function f() pure { uint256 unused; }"})
    with pytest.raises(NotCompiled, match="no Solidity compiler; 'make data'"):
        compile_sources({}, tmp_path / "solc.js")
