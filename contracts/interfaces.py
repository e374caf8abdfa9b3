"""Writes what Python needs of the contracts: `python -m contracts.interfaces`.

A file for each contract in python/zkpot/settle/interfaces, so that who installs zkpot needs no
compiler. A test compares them with what the compilers make.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from contracts.compile import CONTRACTS, ROOT, SETTLEMENT, Contract, compile_sources, sources

FOLDER = ROOT / "python" / "zkpot" / "settle" / "interfaces"
#: Settlement's compiler and settings, as foundry.toml has them.
SETTLEMENT_SOLC = ROOT / "node_modules" / "solc-0.8.34" / "solc.js"
SETTLEMENT_SETTINGS = {
    "evmVersion": "cancun",
    "optimizer": {"enabled": True, "runs": 10_000},
    "metadata": {"bytecodeHash": "none", "appendCBOR": False},
}
#: Where imports that are no paths lead.
PACKAGES = ROOT / "node_modules"

#: The front, which stands before a generated verifier.
FRONT = "src/TrainingVerifier.sol:TrainingVerifier"
#: What deals with money, and a token for local chains.
SETTLING = (
    "src/settle/OrderBook.sol:OrderBook",
    "src/settle/Envelopes.sol:Envelopes",
    "src/settle/claims/Claims.sol:Claims",
    "src/settle/registry/Parameters.sol:Parameters",
    "src/settle/registry/Registry.sol:Registry",
    "src/settle/Staking.sol:Staking",
    "test/settle/Tokens.sol:Token",
)
#: A front for tests, which no file is written of.
FRONT_DOUBLE = "test/settle/FrontDouble.sol:FrontDouble"


def settlement_sources(folder: Path = CONTRACTS) -> dict[str, str]:
    """Settlement's contracts, those for its tests and all that they import, by their path."""
    found: dict[str, str] = {}
    roots = [folder / where.partition(":")[0] for where in (*SETTLING, FRONT_DOUBLE)]
    roots += sorted((folder / "src" / SETTLEMENT).glob("*.sol"))
    waiting = [path.relative_to(folder).as_posix() for path in roots]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = _file(name, folder).read_text()
        waiting += [_imported(name, path) for path in _IMPORT.findall(found[name])]
    return found


_IMPORT = re.compile(r'^\s*import\s[^;]*?"([^"]+)"\s*;', re.MULTILINE)


def _file(name: str, folder: Path) -> Path:
    return (PACKAGES if name.startswith("@") else folder) / name


def _imported(name: str, path: str) -> str:
    """A path as the compiler names it, seen from the file that imports it."""
    if not path.startswith("."):
        return path
    parts = list(PurePosixPath(name).parent.parts)
    for part in PurePosixPath(path).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def compile_settlement() -> dict[str, Contract]:
    """Settlement's contracts and their doubles, as `compile_sources` gives them."""
    return compile_sources(settlement_sources(), SETTLEMENT_SOLC, SETTLEMENT_SETTINGS)


def interfaces(settling: Mapping[str, Contract], front: Contract) -> dict[str, str]:
    """The files' contents by their names."""
    chosen = {where: settling[where] for where in SETTLING} | {FRONT: front}
    return {
        f"{where.partition(':')[2]}.json": json.dumps(
            {"abi": contract.abi, "code": contract.code}, indent=1
        )
        + "\n"
        for where, contract in chosen.items()
    }


def main() -> None:
    """Writes them."""
    written = interfaces(compile_settlement(), compile_sources(sources())[FRONT])
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (FOLDER / name).write_text(content)


if __name__ == "__main__":
    main()
