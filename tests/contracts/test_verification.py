"""The front takes what the verifier takes, and computes what the native side does."""

from __future__ import annotations

import pytest

from tests.contracts.conftest import Put
from tests.contracts.vectors import CASES, NAMES, Case, shape_of


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_proof_is_taken(placed: Put, case: Case) -> None:
    front = placed(case)
    assert front.verify(case.proof) == case.standing
    arguments = [case.proof.training()]
    standing = front.contract.encode_abi("standingAfter", arguments)
    assert front.ask(standing, "standingAfter") == case.standing
    elements = front.contract.encode_abi("elements", arguments)
    assert list(front.ask(elements, "elements")) == case.elements
    inputs = front.contract.encode_abi("publicInputs", [*arguments, case.public_inputs[0]])
    assert list(front.ask(inputs, "publicInputs")) == case.public_inputs
    assert front.ask(front.contract.encode_abi("shape", []), "shape") == shape_of(case.proof)
