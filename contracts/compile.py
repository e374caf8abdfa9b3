"""Compiles what verifies proofs, with Solidity 0.8.19: `python -m contracts.compile [FOLDER]`.

Writes a file for each contract (interface, code to deploy, code that it leaves), to
target/contracts by default. Settlement needs OpenZeppelin and a later compiler, and is forge's
(foundry.toml).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / "contracts"
#: The version that generated verifiers ask for; the other one is there for EZKL's.
SOLC = ROOT / "node_modules" / "solc-0.8.19" / "solc.js"
#: Bytes of code that a contract may have on Ethereum (EIP-170).
LARGEST_CODE = 24_576
#: Folders of what forge compiles.
SETTLEMENT = "settle"

SETTINGS = {
    # Chains that have no PUSH0 take it, too.
    "evmVersion": "paris",
    "optimizer": {"enabled": True, "runs": 10_000},
}
OUTPUT = {
    "outputSelection": {
        "*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]},
    },
}


class NotCompiled(Exception):
    """The compiler is missing, or says no."""


@dataclass(frozen=True)
class Contract:
    """A compiled contract: its interface, the code that makes it, and the code that stays."""

    abi: list[Any]
    code: str
    deployed: str


def sources(folder: Path = CONTRACTS) -> dict[str, str]:
    """All but settlement's, by their path in `folder`."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*.sol")))
    return {
        path.as_posix(): (folder / path).read_text()
        for path in paths
        if SETTLEMENT not in path.parts
    }


def compile_sources(
    texts: Mapping[str, str], solc: Path = SOLC, settings: Mapping[str, Any] = SETTINGS
) -> dict[str, Contract]:
    """Contracts by `path:name`; interfaces and libraries have code of no length.

    `settings` are the compiler's; what comes out is the same for all.

    Raises:
        NotCompiled: There is no compiler, or it has an error, or a warning of a file of ours.
    """
    if not solc.exists():
        raise NotCompiled(f"{solc}: no Solidity compiler; 'make data' fetches it with npm")
    request = {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in texts.items()},
        "settings": {**settings, **OUTPUT},
    }
    answer = _ask(solc, json.dumps(request))
    complaints = [
        entry["formattedMessage"]
        for entry in answer.get("errors", [])
        if not _is_warning_of_a_package(entry)
    ]
    if complaints:
        raise NotCompiled("\n".join(complaints))
    return {
        f"{path}:{name}": Contract(
            compiled["abi"],
            compiled["evm"]["bytecode"]["object"],
            compiled["evm"]["deployedBytecode"]["object"],
        )
        for path, contracts in answer["contracts"].items()
        for name, compiled in contracts.items()
    }


def _is_warning_of_a_package(entry: Mapping[str, Any]) -> bool:
    where = entry.get("sourceLocation") or {}
    return entry["severity"] == "warning" and str(where.get("file", "")).startswith("@")


def _ask(solc: Path, request: str) -> dict[str, Any]:
    """Files in place of pipes: npm's solc ends before a pipe has taken all that it says."""
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as said:
        given.write(request)
        given.seek(0)
        subprocess.run(["node", str(solc), "--standard-json"], stdin=given, stdout=said, check=True)
        said.seek(0)
        text = said.read()
    # npm's solc begins with a remark.
    answer: dict[str, Any] = json.loads(text[text.index("{") :])
    return answer


def main() -> None:
    """Writes what is deployed, and says how large it is."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "contracts"
    folder.mkdir(parents=True, exist_ok=True)
    for where, contract in compile_sources(sources()).items():
        path, _, name = where.partition(":")
        size = len(contract.deployed) // 2
        if not path.startswith("src/") or not contract.abi:
            continue
        written = {"abi": contract.abi, "code": contract.code, "deployed": contract.deployed}
        (folder / f"{name}.json").write_text(json.dumps(written, indent=1) + "\n")
        print(f"{folder / name}.json: {size} bytes of code, of {LARGEST_CODE}")


if __name__ == "__main__":
    main()
