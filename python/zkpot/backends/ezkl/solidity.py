"""Solidity's compiler: which one, and how it is called.

EZKL writes a verifier's source, and then looks for solc 0.8.20 where a version manager would have
put it, or fetches it from the network, to learn the interface. It is not let: a home of the call's
own has something there that fails, and the source is compiled here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpot.errors import BackendFailed, InputError

VERSION = "0.8.20"
#: Bytes of code that a contract may have on Ethereum (EIP-170).
LARGEST_CODE = 24_576

_NPM = Path("node_modules") / "solc" / "solc.js"
_CONTRACT = "Halo2Verifier"


def find(given: Path | None) -> Path:
    """The compiler: the one that is given, npm's in or above this folder, or one on the path.

    Raises:
        InputError: There is none, or it is of another version.
    """
    if given is not None:
        return _checked(given)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _NPM).exists():
            return _checked(folder / _NPM)
    found = shutil.which("solc")
    if found is None:
        raise InputError(
            f"the contract needs Solidity's compiler, version {VERSION}: run "
            f"'npm install solc@{VERSION}', or give --solc FILE"
        )
    return _checked(Path(found))


def keep_from_fetching(home: Path) -> None:
    """Puts what fails where EZKL looks for a compiler, if `home` is its home."""
    folder = home / ".svm" / VERSION
    folder.mkdir(parents=True)
    script = folder / f"solc-{VERSION}"
    script.write_text("#!/bin/sh\nexit 1\n")
    script.chmod(0o755)


@dataclass(frozen=True)
class Contract:
    """EZKL's verifier, compiled: the code that makes it, and its interface (ABI)."""

    code: bytes
    interface: list[Any]


def compile_verifier(compiler: Path, source: str) -> Contract:
    """Compiles EZKL's verifier.

    Raises:
        BackendFailed: It does not compile, or the contract is larger than a chain allows.
    """
    request = {
        "language": "Solidity",
        "sources": {"verifier.sol": {"content": source}},
        "settings": {
            "optimizer": {"enabled": True, "runs": 1},
            "outputSelection": {
                "*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]}
            },
        },
    }
    said = _run(compiler, json.dumps(request))
    try:
        # npm's solc begins with a remark.
        answer: dict[str, Any] = json.loads(said[said.index("{") :])
        compiled = answer["contracts"]["verifier.sol"][_CONTRACT]
        evm = compiled["evm"]
        deployed = len(evm["deployedBytecode"]["object"]) // 2
        contract = Contract(bytes.fromhex(evm["bytecode"]["object"]), compiled["abi"])
    except (ValueError, KeyError, TypeError) as error:
        raise BackendFailed(f"{compiler} did not compile EZKL's verifier ({error})") from error
    if not 0 < deployed <= LARGEST_CODE:
        raise BackendFailed(
            f"EZKL's verifier has {deployed} bytes of code, and a chain takes 1 to {LARGEST_CODE}"
        )
    return contract


def _run(compiler: Path, request: str) -> str:
    """Files in place of pipes: npm's solc ends before a pipe has taken all that it says."""
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as said:
        given.write(request)
        given.seek(0)
        command = [*_command(compiler), "--standard-json"]
        subprocess.run(command, stdin=given, stdout=said, stderr=subprocess.DEVNULL, check=False)
        said.seek(0)
        return said.read()


def _command(compiler: Path) -> list[str]:
    path = str(compiler.absolute())
    return ["node", path] if compiler.suffix == ".js" else [path]


def _checked(compiler: Path) -> Path:
    try:
        done = subprocess.run(
            [*_command(compiler), "--version"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
    except OSError as error:
        raise InputError(f"{compiler}: cannot be run ({error.strerror or error})") from error
    if VERSION not in done.stdout:
        raise InputError(f"{compiler}: not Solidity's compiler, version {VERSION}")
    return compiler
