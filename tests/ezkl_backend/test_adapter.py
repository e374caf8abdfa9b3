"""The adapter takes a run's steps from EZKL's own contract, on an EVM, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from eth_utils.crypto import keccak
from web3 import EthereumTesterProvider, Web3
from web3.contract import Contract as Deployed

from contracts.compile import CONTRACTS, ROOT, Contract, compile_sources
from tests.contracts.chain import Chain, Reverted, refusal
from zkpot.pipeline.ezkl.contract import write_contract
from zkpot.pipeline.ezkl.verification import checked_run

Example = Any
Step = tuple[bytes, bytes, bytes, bytes]

SOLC = ROOT / "node_modules" / "solc" / "solc.js"
LATER_SOLC = ROOT / "node_modules" / "solc-0.8.34" / "solc.js"
ADAPTER = "src/settle/adapters/EzklVerifier.sol"
SOURCES = (
    ADAPTER,
    "src/settle/adapters/IStepVerifier.sol",
    *(f"src/{name}.sol" for name in ("ITrainingVerifier", "PinnedVerifier", "PublicInputs")),
)
#: What a step may take in EZKL's contract.
CAP = 1_000_000


@dataclass(frozen=True)
class Placed:
    """A run on a chain: the adapter before EZKL's contract, where the run starts, and its steps."""

    chain: Chain
    adapter: Deployed
    first: bytes
    steps: list[Step]

    def verify(self, first: bytes, steps: list[Step]) -> tuple[Any, ...]:
        """What the run ends with, or how it is refused."""
        data = self.adapter.encode_abi("verify", [first, steps])
        try:
            return (self.chain.ask(self.adapter.address, data),)
        except Reverted as reverted:
            return refusal(self.adapter.abi, reverted)


@pytest.fixture(scope="module")
def adapter() -> Contract:
    texts = {path: (CONTRACTS / path).read_text() for path in SOURCES}
    return compile_sources(texts, LATER_SOLC)[f"{ADAPTER}:EzklVerifier"]


@pytest.fixture(params=["committed", "hashed"])
def placed(request: pytest.FixtureRequest, tmp_path: Path, adapter: Contract) -> Placed:
    assert SOLC.exists(), "no Solidity compiler: 'make data' fetches it with npm"
    example: Example = request.getfixturevalue(request.param)
    write_contract(example.run, tmp_path, solc=SOLC, test_srs=True)
    hashed = request.param == "hashed"
    proofs = checked_run(example.run, test_srs=True).proofs
    said = [proof.statement(request.param) for proof in proofs]

    def name(digits: str) -> bytes:
        """Elements are little-endian in EZKL's files, and points as they are in the proof."""
        content = bytes.fromhex(digits)
        return content[::-1] if hashed else keccak(content)

    steps = [
        (name(one.batch), name(one.salt), name(one.after), bytes.fromhex(proof.proof))
        for one, proof in zip(said, proofs, strict=True)
    ]
    chain = Chain("py-evm", Web3(EthereumTesterProvider(EthereumTester(PyEVMBackend()))))
    abi = json.loads((tmp_path / "verifier.abi.json").read_text())
    generated = chain.deploy(Contract(abi, (tmp_path / "verifier.bin").read_text(), ""))
    code = chain.code_hash(generated.address)
    made = chain.deploy(adapter, generated.address, code, CAP, len(steps[0][3]), hashed)
    return Placed(chain, made, name(said[0].before), steps)


def test_it_takes_a_runs_steps_and_no_others(placed: Placed) -> None:
    first, (one, two) = placed.first, placed.steps
    assert placed.verify(first, [one, two]) == (two[2],)
    assert placed.verify(first, [one]) == (one[2],)
    assert placed.verify(one[2], [two]) == (two[2],)
    hashed = placed.adapter.functions.hashed().call()
    # A step left out; steps in another order.
    for steps in ([two], [two, one]):
        refused = placed.verify(first, steps)
        assert refused[0] == ("InvalidStep" if hashed else "OtherCommitment")
        assert refused[1] == 0
    # One byte of the last opening.
    flipped = bytearray(one[3])
    flipped[-1] ^= 1
    assert placed.verify(first, [(*one[:3], bytes(flipped))]) == ("InvalidStep", 0)
    # Each name is another one's.
    for at in range(3):
        other = [*one]
        other[at] = two[at]
        refused = placed.verify(first, [(other[0], other[1], other[2], one[3])])
        assert refused[0] == ("InvalidStep" if hashed else "OtherCommitment")
    assert placed.verify(first, [(*one[:3], one[3] + b"\0")])[0] == "StepProofBytes"


def test_it_costs_little_more_than_the_contract(placed: Placed) -> None:
    data = placed.adapter.encode_abi("verify", [placed.first, placed.steps[:1]])
    receipt = placed.chain.send(placed.adapter.address, data, gas=3_000_000)
    assert receipt["status"] == 1
    assert receipt["gasUsed"] < 700_000
