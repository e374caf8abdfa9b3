"""Two links of a run in one proof, which chains take as they take one of one link."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_step import write_small_step

import zkpot
from contracts.compile import Contract
from tests.contracts.chain import Chain
from tests.contracts.conftest import chain, in_process, on_anvil  # noqa: F401
from tests.contracts.generated import compile_generated, put_generated
from tests.contracts.tampering import changed_link, next_bytes
from zkpot.artifacts.evm_proof import EvmProof
from zkpot.pipeline.wrapping.contract import write_contract
from zkpot.pipeline.wrapping.proving import wrap_run
from zkpot.pipeline.wrapping.setup import KeyOptions

pytestmark = pytest.mark.full


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[EvmProof, Path]:
    """A whole run, and the folder of the contract that checks such proofs."""
    folder = tmp_path_factory.mktemp("links")
    data = write_small_step(folder / "step.onnx")
    program = zkpot.compile(folder / "step.onnx", data)
    zkpot.Run(program, data, folder / "run", seed=1, wrapped=True, link_steps=2).prove(4)
    kept = KeyOptions(folder / "keys", test_srs=True)
    proof = wrap_run(folder / "run", folder / "proof.evm", options=kept).proof
    write_contract(folder / "run", folder / "contract", options=kept)
    return proof, folder / "contract"


def test_a_chain_takes_both_links(
    chain: Chain,  # noqa: F811
    compiled: Mapping[str, Contract],
    made: tuple[EvmProof, Path],
) -> None:
    proof, folder = made
    front = put_generated(chain, compiled, folder, compile_generated(folder))
    first, last = proof.statements()
    assert last.previous == first.digest()
    assert front.verify(proof) == (last.digest(), last.after, 4)
    for link in (0, 1):
        other = changed_link(proof, link, trained=next_bytes)
        assert front.verify(proof, training=other)[0] == "InvalidProof"
