"""Commands that send: what they do, or what it would cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zkpot.cli.market import Market, market
from zkpot.cli.reporting import show

if TYPE_CHECKING:
    from zkpot.settle.transactions.actions import Action
    from zkpot.settle.transactions.sending import Sender


def act(
    find: Callable[[Market], Action],
    as_json: bool,
    *,
    rpc: str | None,
    deployment: Path | None,
    keystore: Path | None,
    password_file: Path | None,
    confirmations: int | None,
    **sending: Any,
) -> None:
    """Finds out what to do in a market, and does it with the options of `sends`."""
    with market(
        rpc=rpc,
        deployment=deployment,
        keystore=keystore,
        password_file=password_file,
        signed=True,
        confirmations=confirmations,
    ) as where:
        send(where, find(where), as_json, **sending)


def send(
    where: Market,
    action: Action,
    as_json: bool,
    *,
    only_estimate: bool,
    receipt: Path | None,
    max_fee: float,
    legacy_fees: bool,
    wait: float,
) -> None:
    """Does something and prints what became of it, or what it would cost."""
    from zkpot.settle.transactions.actions import perform
    from zkpot.settle.transactions.fees import GWEI, FeePolicy
    from zkpot.settle.transactions.receipts import Receipt

    policy = FeePolicy(int(max_fee * GWEI), legacy_fees)
    if only_estimate:
        _estimate(where, action, policy, as_json)
        return

    def deliver(found: Receipt) -> None:
        if receipt is not None:
            found.write(receipt)
        again = (
            "; it was sent by an earlier call, and nothing was sent now" if found.resumed else ""
        )
        show(
            as_json,
            found.to_value(),
            f"{found.call}: {found.subject}{again}\n"
            f"transaction      {found.transaction}\n"
            f"block            {found.block}\n"
            f"gas              {found.gas}, {ether(found.cost)}"
            + (f"\n{receipt}: the receipt" if receipt else ""),
        )

    perform(sender(where, action, policy, wait), action, deliver)


def sender(where: Market, action: Action, policy: Any, wait: float) -> Sender:
    """Who sends for the market's account. Events of the market and of the contract are read."""
    from zkpot.settle.contracts.interface import interface
    from zkpot.settle.transactions.delivery import Patience
    from zkpot.settle.transactions.sending import Sender

    known, intent = dict(where.deployment.known()), action.intent
    name = intent.call.partition(".")[0]
    # What is published is long, and no receipt repeats it.
    if name != "Envelopes":
        known[intent.contract] = interface(name)
    return Sender(
        where.chain, where.key(), known=known, policy=policy, patience=Patience(whole=wait)
    )


def ether(wei: int) -> str:
    """An amount of the chain's own money."""
    return f"{wei / 10**18:.9f} ether"


def _estimate(where: Market, action: Action, policy: Any, as_json: bool) -> None:
    from zkpot.settle.transactions.sending import estimate

    waiting = [needed for needed in action.before if _is_needed(needed)]
    # What needs an approval, or another part before it, cannot be tried before that is there.
    tried = waiting[:1] or [action]
    lines, values = [], []
    for one in tried:
        one.guard()
        found = estimate(where.chain, where.account, one.intent, policy)
        lines.append(f"{one.intent.text()}: {found.gas} gas, at most {ether(found.cost)}")
        values.append({"call": one.intent.call, "gas": found.gas, "cost": str(found.cost)})
    if waiting:
        lines.append(f"{action.intent.call}: can be estimated once that is done")
    show(as_json, {"estimates": values, "complete": not waiting}, "\n".join(lines))


def _is_needed(action: Action) -> bool:
    from zkpot.errors import AlreadyDone

    try:
        action.guard()
    except AlreadyDone:
        return False
    return True
