"""Proofs of every format that was ever kept still verify, and other formats are named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import zkpot
from zkpot.artifacts.bundle import Bundle
from zkpot.artifacts.sections import parts
from zkpot.errors import InputError, InvalidProof

HERE = Path(__file__).parent
CURRENT = HERE / "6"


def entries() -> list[tuple[Path, dict[str, Any]]]:
    return [
        (index.parent, entry)
        for index in sorted(HERE.glob("[0-9]*/index.json"))
        for entry in json.loads(index.read_text())["runs"]
    ]


def named(item: tuple[Path, dict[str, Any]]) -> str:
    return f"{item[0].name}-{item[1]['name']}"


def receipt_of(folder: Path, name: str) -> zkpot.Receipt:
    runs = json.loads((folder / "index.json").read_text())["runs"]
    return zkpot.Receipt.from_json(
        json.dumps(next(run["receipt"] for run in runs if run["name"] == name))
    )


@pytest.mark.parametrize("item", entries(), ids=named)
def test_golden_runs_verify(item: tuple[Path, dict[str, Any]]) -> None:
    folder, entry = item
    after = receipt_of(folder, entry["after"]) if entry["after"] else None
    bundle = folder / f"{entry['name']}.zkpot"
    receipt = zkpot.verify(bundle, after=after, **entry["expectations"])
    assert receipt.details == entry["receipt"]
    # As hands it on: what is said of a run may come from its receipt or from the run itself.
    if entry["after"]:
        proof = folder / f"{entry['after']}.zkpot"
        assert zkpot.verify(bundle, after=proof, **entry["expectations"]) == receipt


def test_there_is_one_of_each_kind() -> None:
    receipts = {entry["name"]: entry["receipt"] for folder, entry in entries() if folder == CURRENT}
    assert receipts["hiding"]["zero_knowledge"]
    assert not receipts["clear"]["zero_knowledge"]
    assert receipts["hiding"]["origin"].startswith("seed ")
    assert receipts["clear"]["origin"] == "arbitrary"
    assert receipts["evaluation"]["outputs"].keys() >= {"correct"}


@pytest.fixture
def bundle() -> Bundle:
    return Bundle.read(CURRENT / "clear.zkpot")


def with_version(content: bytes, version: int) -> bytes:
    return content[:6] + version.to_bytes(2, "big") + content[8:]


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 5, 258])
def test_other_versions_of_links_are_named(bundle: Bundle, version: int) -> None:
    assert bundle.links[0][:8] == b"ZKLINK\x00\x06"
    links = [with_version(bundle.links[0], version), *bundle.links[1:]]
    changed = Bundle(program=bundle.program, links=links, order=bundle.order)
    message = f"link of format version {version}: this build knows version 6"
    with pytest.raises(InvalidProof, match=message):
        zkpot.verify(changed.to_bytes(), allow_clear=True)


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 5, 258])
def test_other_versions_of_statements_are_named(bundle: Bundle, version: int) -> None:
    encoded = bytes([version]) if version < 128 else bytes([version % 128 + 128, version // 128])
    link = bundle.links[0][:8] + encoded + bundle.links[0][9:]
    changed = Bundle(program=bundle.program, links=[link], order=bundle.order)
    message = f"statement of format version {version}: this build knows version 6"
    with pytest.raises(InvalidProof, match=message):
        zkpot.verify(changed.to_bytes(), allow_clear=True)


@pytest.mark.parametrize("version", [0, 1, 2, 3, 4, 258])
def test_other_versions_of_programs_are_named(bundle: Bundle, version: int) -> None:
    assert bundle.program[:8] == b"ZKPROG\x00\x06"
    message = f"program file of format version {version}: this build knows version 6"
    program = with_version(bundle.program, version)
    with pytest.raises(InputError, match=message):
        zkpot.Program.from_bytes(program)
    changed = Bundle(program=program, links=bundle.links, order=bundle.order)
    with pytest.raises(InvalidProof, match=message):
        zkpot.verify(changed.to_bytes(), allow_clear=True)


def test_other_versions_of_bundles_are_named() -> None:
    with pytest.raises(InvalidProof, match="version 7, and this zkpot reads version 1"):
        zkpot.verify(b"".join(parts(b"zkpotrun", 7, [], {}.__getitem__)))
    with pytest.raises(InvalidProof, match="does not begin as such a file does"):
        zkpot.verify(b"ZKLINK\x00\x01")


def test_other_versions_of_heads_are_named() -> None:
    receipt = receipt_of(CURRENT, "hiding")
    head = with_version(bytes.fromhex(receipt.continuation), 1).hex()
    changed = replace(receipt, continuation=head)
    with pytest.raises(InputError, match="head of format version 1: this build knows version 2"):
        zkpot.verify(CURRENT / "evaluation.zkpot", after=changed)
