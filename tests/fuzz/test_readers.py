"""Whatever is in a file: readers return or raise an error of zkpot's, and nothing else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zkpot
from tests.contracts.vectors import THREE
from zkpot.artifacts.bundle import Bundle
from zkpot.artifacts.evm_proof import EvmProof
from zkpot.artifacts.owner_directory import OwnerDirectory
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native, wrap
from zkpot.errors import InputError, InvalidProof, ZkpotError
from zkpot.pipeline.compiling import dataset_of
from zkpot.pipeline.status import status
from zkpot.program.read import read
from zkpot.step import Step

GOLDEN = Path(__file__).parents[1] / "golden" / "6"
WRAPPED = GOLDEN.with_name("wrapped")
INDEX: dict[str, Any] = json.loads((GOLDEN / "index.json").read_text())
CLEAR = Bundle.read(GOLDEN / "clear.zkpot")
DEEP = b"[" * 100_000
ROWS = dataset_of({"x": np.zeros((24, 6), np.float32), "y": np.zeros(24, np.int64)})

numbers = st.integers() | st.floats() | st.sampled_from([2**31, 2**63, 2**64, -1, 0, 1e999])
trees = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
lenient = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def damaged(draw: Any, whole: bytes) -> bytes:
    """Bits flipped, bytes cut off, taken out or put in."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        kind = draw(st.sampled_from(["flip", "cut", "remove", "insert"]))
        if kind == "cut":
            del content[place:]
        elif kind == "remove":
            del content[place : place + draw(st.integers(1, 16))]
        elif kind == "insert":
            content[place:place] = draw(st.binary(min_size=1, max_size=16))
        elif content:
            content[place] ^= 1 << draw(st.integers(0, 7))
    return bytes(content)


@st.composite
def edited(draw: Any, value: Any) -> Any:
    """A value of JSON with one place replaced, removed or added."""
    value = json.loads(json.dumps(value))
    at = value
    while isinstance(at, (dict, list)) and at:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = draw(st.sampled_from(keys))
        if isinstance(at[key], (dict, list)) and at[key] and draw(st.booleans()):
            at = at[key]
        elif draw(st.integers(0, 4)) == 0:
            del at[key]
            break
        else:
            at[key] = draw(trees)
            break
    return value


def survives(read: Callable[[], object]) -> None:
    with contextlib.suppress(ZkpotError):
        read()


# Bundles.


@lenient
@given(damaged(CLEAR.to_bytes()[:100_000]) | damaged((GOLDEN / "clear.zkpot").read_bytes()))
def test_bundles(content: bytes) -> None:
    survives(lambda: zkpot.verify(content, allow_clear=True))


@lenient
@given(edited(json.loads(CLEAR.order)))
def test_orders(order: Any) -> None:
    changed = Bundle(program=CLEAR.program, links=CLEAR.links[:1], order=json.dumps(order).encode())
    survives(lambda: zkpot.verify(changed.to_bytes(), allow_clear=True))
    survives(lambda: zkpot.verify(changed.to_bytes(), allow_clear=True, public_data=ROWS))


@lenient
@given(damaged(CLEAR.program))
def test_programs(content: bytes) -> None:
    survives(lambda: zkpot.Program.from_bytes(content).description)


def test_nesting_is_no_way_out(tmp_path: Path) -> None:
    deep = Bundle(program=CLEAR.program, links=CLEAR.links, order=DEEP)
    with pytest.raises(InvalidProof, match="damaged"):
        zkpot.verify(deep.to_bytes())
    (tmp_path / "receipt.json").write_bytes(DEEP)
    with pytest.raises(InputError, match="not a receipt"):
        zkpot.Receipt.read(tmp_path / "receipt.json")


# Receipts, journals, owners' directories.


@lenient
@given(
    edited(INDEX["runs"][0]["receipt"]).map(lambda value: json.dumps(value).encode())
    | trees.map(lambda value: json.dumps(value).encode())
    | damaged(json.dumps(INDEX["runs"][0]["receipt"]).encode())
)
def test_receipts(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(content)
    survives(lambda: zkpot.Receipt.read(path).accuracy)
    survives(lambda: zkpot.verify(GOLDEN / "evaluation.zkpot", after=path))


RECORD = {
    "version": 2,
    "kind": "commit",
    "steps": 0,
    "states": "aa" * 32,
    "shards": {"0": "bb" * 32},
    "spent": [],
    "link": None,
    "link_bytes": 0,
    "losses": [0.5],
    "seconds_training": 0.0,
    "seconds_proving": 0.0,
    "settings": {
        "target": 4,
        "link_steps": 2,
        "given_rates": None,
        "default_rates": {"lr.0": 0.125},
        "salt": "cc" * 16,
        "data": "",
        "channel": "hiding",
        "keep_data": False,
        "continuation": None,
        "lineage": None,
    },
}


@lenient
@given(
    edited(RECORD).map(lambda value: json.dumps(value).encode())
    | trees.map(lambda value: json.dumps(value).encode())
    | damaged(json.dumps(RECORD).encode())
    | st.just(DEEP)
)
def test_journals(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "run" / "secret" / "journal"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "000000.json").write_bytes(content)
    survives(lambda: RunDirectory.existing(tmp_path / "run"))
    survives(lambda: status(tmp_path / "run"))


@lenient
@given(edited(json.loads(CLEAR.order)).map(lambda v: json.dumps(v).encode()) | st.just(DEEP))
def test_run_directories(tmp_path: Path, content: bytes) -> None:
    public = tmp_path / "run" / "public"
    (public / "links").mkdir(parents=True, exist_ok=True)
    (public / "program.zkprog").write_bytes(CLEAR.program)
    (public / "order.json").write_bytes(content)
    (public / "links" / "000000.link").write_bytes(CLEAR.links[0])
    survives(lambda: zkpot.verify(tmp_path / "run", allow_clear=True))
    survives(lambda: RunDirectory(tmp_path / "run").order)


@lenient
@given(trees.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60) | st.just(DEEP))
def test_owner_directories(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "commitment.json").write_bytes(content)
    survives(OwnerDirectory(tmp_path).public)


@lenient
@given(damaged(b"ZKHELD\x00\x04" + bytes(100)) | st.binary(max_size=100))
def test_openings(content: bytes) -> None:
    survives(lambda: native.read_held(content))


# Proofs for a chain.

PROOF = json.loads(THREE.proof.to_json())


@lenient
@given(
    edited(PROOF).map(lambda value: json.dumps(value).encode())
    | trees.map(lambda value: json.dumps(value).encode())
    | damaged(json.dumps(PROOF).encode())
    | st.just(DEEP)
)
def test_proofs_for_a_chain(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "proof.evm"
    path.write_bytes(content)
    survives(lambda: used(EvmProof.read(path)))


@lenient
@given(damaged((WRAPPED / "digits.zkcirc").read_bytes()))
def test_circuit_files(content: bytes) -> None:
    text = (WRAPPED / "0.evm").read_bytes()
    survives(lambda: wrap.read_verifier(content).verify(text))


@lenient
@given(
    damaged((WRAPPED / "0.evm").read_bytes())
    | edited(json.loads((WRAPPED / "0.evm").read_text())).map(lambda it: json.dumps(it).encode())
)
def test_proofs_for_circuit_files(content: bytes) -> None:
    verifier = wrap.read_verifier((WRAPPED / "digits.zkcirc").read_bytes())
    survives(lambda: verifier.verify(content))


def used(proof: EvmProof) -> None:
    assert len(proof.public_inputs()) == 3
    assert len(proof.training()[-1]) == len(proof.links)


# Steps.


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    from small_step import write_small_step

    path = tmp_path_factory.mktemp("step") / "step.onnx"
    write_small_step(path)
    return path.read_bytes()


@lenient
@given(data=st.data())
def test_steps(tmp_path: Path, step: bytes, data: st.DataObject) -> None:
    content = data.draw(damaged(step))
    survives(lambda: read(content))
    (tmp_path / "step.onnx").write_bytes(content)
    survives(lambda: Step.load(tmp_path / "step.onnx"))


@lenient
@given(text=trees.map(json.dumps) | st.text(max_size=40) | st.just(DEEP.decode()))
def test_metadata_of_steps(tmp_path: Path, step: bytes, text: str) -> None:
    from onnx import load_from_string

    model = load_from_string(step)
    model.metadata_props[0].value = text
    content = model.SerializeToString()
    survives(lambda: read(content))
    (tmp_path / "step.onnx").write_bytes(content)
    survives(lambda: Step.load(tmp_path / "step.onnx"))
