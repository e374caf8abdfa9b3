"""The digits classifier trains 64 steps, and both chains verify that in one proof."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from contracts.compile import LARGEST_CODE, Contract
from tests.contracts.chain import Chain
from tests.contracts.conftest import chain, in_process, on_anvil  # noqa: F401
from tests.contracts.generated import compile_generated, put_generated
from zkpot.artifacts.evm_proof import EvmProof

ROOT = Path(__file__).parents[2]
ZKPOT = Path(sys.executable).with_name("zkpot")
STEPS = 64

pytestmark = pytest.mark.full


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a user does."""
    made = tmp_path_factory.mktemp("digits")
    digits = load_digits()
    np.savez(made / "train.npz", x=(digits.data / 16).astype(np.float32), y=digits.target)
    for command in (
        ("export", f"{ROOT / 'models' / 'mlp.py'}:digits", "-o", "step.onnx"),
        ("compile", "step.onnx", "--calibrate", "train.npz", "-o", "digits.zkprog"),
        (
            *("prove", "digits.zkprog", "--data", "train.npz", "--wrapped"),
            *("--steps", str(STEPS), "--link-steps", str(STEPS), "--out", "run"),
        ),
        ("wrap", "run", "-o", "proof.evm", "--test-srs", "--keys", "keys"),
        ("wrap", "verify", "proof.evm", "--test-srs", "--keys", "keys"),
        ("wrap", "contract", "run", "-o", "contract", "--test-srs", "--keys", "keys"),
    ):
        subprocess.run([ZKPOT, *command], cwd=made, check=True)
    return made


def test_a_chain_verifies_the_run(
    chain: Chain,  # noqa: F811
    compiled: Mapping[str, Contract],
    folder: Path,
) -> None:
    proof = EvmProof.read(folder / "proof.evm")
    assert (len(proof.links), proof.terms.steps) == (1, STEPS)
    generated = compile_generated(folder / "contract")
    assert len(generated.deployed) // 2 <= LARGEST_CODE
    front = put_generated(chain, compiled, folder / "contract", generated)
    statement = proof.statements()[-1]
    assert front.verify(proof) == (statement.digest(), statement.after, STEPS)
    receipt = front.chain.send(front.contract.address, front.verification(proof), gas=3_000_000)
    assert receipt["status"] == 1
    print(json.dumps({"chain": chain.name, "gas": receipt["gasUsed"]}))
    tampered = bytes.fromhex(proof.proof)[:-1] + b"\x00"
    assert front.verify(proof, content=tampered)[0] == "InvalidProof"
