"""The front with a verifier behind it, and what is asked of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_utils.abi import get_abi_output_types
from web3.contract import Contract as Deployed

from contracts.compile import Contract
from tests.contracts.chain import GAS, Chain, Reverted, refusal
from tests.contracts.vectors import MOST_STEPS, PROOF, Case, shape_of
from zkpot.artifacts.evm_proof import EvmProof

FRONT = "src/TrainingVerifier.sol:TrainingVerifier"
DOUBLE = "test/VerifierDouble.sol:VerifierDouble"
ACCEPTING = "test/AcceptingDouble.sol:AcceptingDouble"
#: What a generated verifier takes, about.
WORK, CAP = 300_000, 400_000


@dataclass(frozen=True)
class Front:
    """A front on a chain."""

    chain: Chain
    contract: Deployed
    double: Deployed

    def verify(self, proof: EvmProof, *, gas: int = GAS, **other: Any) -> tuple[Any, ...]:
        """Where the run stands then, or how it is refused."""
        return self.ask(self.verification(proof, **other), "verify", gas)

    def verification(
        self,
        proof: EvmProof,
        *,
        training: Any = None,
        hash_: int | None = None,
        content: bytes | None = None,
    ) -> Any:
        """The call's data; what is not given is the proof's."""
        arguments = (
            proof.training() if training is None else training,
            int(proof.hash, 16) if hash_ is None else hash_,
            bytes.fromhex(proof.proof) if content is None else content,
        )
        return self.contract.encode_abi("verify", arguments)

    def ask(self, data: Any, name: str, gas: int = GAS) -> tuple[Any, ...]:
        """What a function returns, or the name and values of its error."""
        try:
            returned = self.chain.ask(self.contract.address, data, gas)
        except Reverted as reverted:
            return refusal(self.contract.abi, reverted)
        types = get_abi_output_types(self.contract.get_function_by_name(name).abi)
        (answer,) = decode(types, returned)
        found: tuple[Any, ...] = tuple(answer)
        return found


def put(
    chain: Chain,
    compiled: Mapping[str, Contract],
    case: Case,
    *,
    work: int = WORK,
    cap: int = CAP,
    burns: bool = False,
    accepting: bool = False,
    most_steps: int = MOST_STEPS,
    front: str = FRONT,
    inputs: Sequence[int] | None = None,
) -> Front:
    """A double that takes the case's proof alone, or everything, and a front before it.

    `inputs` are public inputs in place of the case's.
    """
    wanted = case.public_inputs if inputs is None else inputs
    if accepting:
        double = chain.deploy(compiled[ACCEPTING])
    else:
        double = chain.deploy(compiled[DOUBLE], wanted, PROOF, work, burns)
    arguments = (
        *(double.address, chain.code_hash(double.address), cap),
        shape_of(case.proof, most_steps),
    )
    return Front(chain, chain.deploy(compiled[front], *arguments), double)


def made(chain: Chain, compiled: Mapping[str, Contract], *arguments: Any) -> tuple[Any, ...]:
    """How a front is refused when it is made; empty where it is not."""
    contract = compiled[FRONT]
    maker = chain.web3.eth.contract(abi=contract.abi, bytecode=contract.code)
    try:
        chain.ask(None, maker.constructor(*arguments).data_in_transaction)
    except Reverted as reverted:
        return refusal(contract.abi, reverted)
    return ()
