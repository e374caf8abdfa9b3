"""One proof for a chain: what keys, proof and contract take."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from benches import markdown, programs
from benches.commands import zkpot
from benches.record import Measured, Record, Values
from benches.section import Case, Prepared, Section, Unavailable, repeated
from benches.sources import Catalogued, Perceptron, Source
from contracts.compile import LARGEST_CODE, SOLC, compile_sources

#: Asked of one link of 16 steps: seconds, bytes of memory, and of a proof.
SECONDS, MEMORY, PROOF = 400, 14e9, 5_000
_STEPS = 16


def _cases(quick: bool) -> Sequence[Case]:
    if quick:
        # Half of the rows, and no circuit has fewer.
        return [_case("16-16-4, B = 4", Perceptron((16, 16, 4), 4), 2)]
    return [_case("digits 64-32-10, B = 32", Catalogued("mlp-small"), _STEPS)]


def _case(name: str, source: Source, steps: int) -> Case:
    def prepare(folder: Path) -> Prepared:
        if not SOLC.exists():
            raise Unavailable("no Solidity compiler: 'make data' fetches it with npm")
        facts = programs.build(source, folder, steps)
        return Prepared(facts | {"steps": steps}, repeated(lambda: _measure(folder, steps)))

    return Case(f"{name}, {steps} steps", prepare, times=1)


def _measure(folder: Path, steps: int) -> Values:
    run, keys, contract = folder / "run", folder / "keys", folder / "contract"
    for made in (run, keys, contract):
        shutil.rmtree(made, ignore_errors=True)
    zkpot(
        *("prove", folder / programs.PROGRAM, "--data", folder / programs.ROWS, "--wrapped"),
        *("--steps", steps, "--link-steps", steps, "--out", run),
    )
    kept = ("--keys", keys, "--test-srs")
    set_up = zkpot("wrap", "setup", run, *kept)
    proven = zkpot("wrap", run, "--out", folder / "proof.evm", *kept)
    front = zkpot("wrap", "contract", run, "--out", contract, *kept)
    text = (contract / "Verifier.sol").read_text()
    (compiled,) = compile_sources({"Verifier.sol": text}, settings=front["settings"]).values()
    found = {
        "k": set_up["k"],
        "columns": set_up["columns"],
        "keys/seconds": set_up["seconds"],
        "keys/peak_rss_bytes": set_up["peak_rss_bytes"],
        "keys/bytes": sum(path.stat().st_size for path in keys.rglob("*") if path.is_file()),
        "proof/seconds": proven["seconds"],
        "proof/peak_rss_bytes": proven["peak_rss_bytes"],
        "proof/bytes": proven["proof_bytes"],
        "code/bytes": len(compiled.deployed) // 2,
    }
    shutil.rmtree(keys)
    return {name: float(value) for name, value in found.items()}


def _document(record: Record) -> str:
    head = ["work", "rows", "columns", "keys", "memory", "kept", "proof", "memory", "bytes", "code"]
    return "\n\n".join(
        [
            markdown.conditions(record),
            "A wrapped run of one link as one proof for a chain "
            "([One proof for a chain](guide/on-chain.md)); powers of a known secret are made with "
            "the keys.",
            markdown.table(head, [_row(name, case) for name, case in record.cases.items()]),
            f"Asked were {SECONDS} s, {markdown.size(MEMORY)} and a proof of "
            f"{markdown.size(PROOF)}; a contract may have {markdown.size(LARGEST_CODE)}. Gas is in "
            "[The circuit](spec/circuit.md#rows-and-columns).",
        ]
    )


def _row(name: str, case: Measured) -> list[str]:
    found = case.median
    return [
        name,
        f"2^{found('k'):.0f}",
        f"{found('columns'):.0f}",
        *(markdown.seconds(found("keys/seconds")), markdown.size(found("keys/peak_rss_bytes"))),
        markdown.size(found("keys/bytes")),
        *(markdown.seconds(found("proof/seconds")), markdown.size(found("proof/peak_rss_bytes"))),
        *(markdown.size(found("proof/bytes")), markdown.size(found("code/bytes"))),
    ]


SECTION = Section("on_chain", "One proof for a chain", _cases, _document)
