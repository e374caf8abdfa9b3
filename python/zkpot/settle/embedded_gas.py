"""Estimates of gas for the chain in this process, in two runs of a call."""

from __future__ import annotations

from typing import Any

from eth.estimators.gas import binary_gas_search_intrinsic_tolerance
from eth.vm.spoof import SpoofTransaction

#: What a call that sends money gives to whom it calls.
_STIPEND = 2_300


def estimate(state: Any, transaction: Any) -> int:
    """Gas that suffices for a transaction: what it uses if it has a block's, and a 63rd more.

    A call passes on all but a 64th (EIP-150), so that one needs more than it uses. Where that is
    not enough, py-evm searches: a dozen runs.

    Args:
        state: The chain's, which is as before afterwards.
        transaction: One with a sender.

    Raises:
        VMError: It fails with a block's gas.
    """
    most = _run(state, transaction, state.gas_limit)
    most.raise_if_error()
    used = transaction.intrinsic_gas + most.get_gas_used()
    enough = min((used + _STIPEND) * 64 // 63, state.gas_limit)
    if _run(state, transaction, enough).is_error:
        return int(binary_gas_search_intrinsic_tolerance(state, transaction))
    return int(enough)


def _run(state: Any, transaction: Any, gas: int) -> Any:
    before = state.snapshot()
    try:
        return state.apply_transaction(SpoofTransaction(transaction, gas=gas, gas_price=0))
    finally:
        state.revert(before)
