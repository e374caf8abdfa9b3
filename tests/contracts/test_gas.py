"""What the front costs beside the verifier; docs/spec/on-chain.md has these figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.conftest import Put
from tests.contracts.gas import execution, intrinsic
from tests.contracts.vectors import CASES, NAMES, ONE, Case

PAGE = Path(__file__).parents[2] / "docs" / "spec" / "on-chain.md"


def measured(placed: Put, case: Case) -> tuple[int, int]:
    """Gas of the front's own code, and of its calldata."""
    front = placed(case)
    data = front.verification(case.proof)
    receipt = front.chain.send(front.contract.address, data)
    assert receipt["status"] == 1
    inputs = "".join(f"{value:064x}" for value in case.public_inputs)
    direct = "0x" + inputs + case.proof.proof
    verifier = execution(front.chain.send(front.double.address, direct), direct)
    return execution(receipt, data) - verifier, intrinsic(data) - intrinsic(direct)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_page_says_what_it_costs(placed: Put, case: Case) -> None:
    code, calldata = measured(placed, case)
    row = f"| {case.frozen['name']} | {code:,} | {calldata:,} |"
    assert row in PAGE.read_text(), row


def test_one_link_costs_little(placed: Put) -> None:
    code, _ = measured(placed, ONE)
    assert code < 40_000
