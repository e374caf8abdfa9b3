"""Every transaction of the story, sent to another machine for contracts: py-evm.

Two programs that share no code have to agree on what each transaction did: whether it failed, the
gas that it took, and what contracts said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth.vm.forks.cancun import CancunVM
from eth_tester import PyEVMBackend
from eth_tester.backends.pyevm.main import get_default_genesis_params
from eth_utils.address import to_canonical_address
from hexbytes import HexBytes
from rich.console import Console
from rich.progress import track

from examples.settlement.chain import Chain
from examples.settlement.telling import chapter, say

_RAW = "eth_getRawTransactionByHash"


@dataclass(frozen=True)
class Outcome:
    """What a transaction did.

    Attributes:
        succeeded: Whether it changed anything.
        gas: That it took.
        said: Contracts, topics and data, in their order.
    """

    succeeded: bool
    gas: int
    said: tuple[tuple[bytes, ...], ...]


def send_again(chain: Chain) -> None:
    """Does all of it again, block by block at the same times.

    Raises:
        RuntimeError: A transaction did something else.
    """
    chapter("All of it again, on another machine for contracts")
    other = _other(chain)
    sent, gas = 0, 0
    last = chain.web3.eth.block_number
    console = Console(stderr=True)
    for number in track(range(1, last + 1), "py-evm", console=console, transient=True):
        block = chain.web3.eth.get_block(number)
        header = other.chain.header
        other.chain.header = header.copy(timestamp=block["timestamp"])
        names = [HexBytes(name) for name in block["transactions"]]  # type: ignore[arg-type]
        for name in names:
            other.send_raw_transaction(HexBytes(chain.ask(_RAW, name.to_0x_hex())))
        other.mine_blocks(1)
        for name in names:
            have = _there(other.get_transaction_receipt(name))
            want = _here(chain.web3.eth.get_transaction_receipt(name))
            if have != want:
                raise RuntimeError(f"{name.to_0x_hex()}: {want} in anvil, {have} in py-evm")
            sent, gas = sent + 1, gas + have.gas
    say(f"{sent} transactions did the same in anvil and py-evm, for {gas:,} gas")


def _other(chain: Chain) -> Any:
    """The chain at its beginning."""
    first = chain.web3.eth.get_block(0)
    settings = {"timestamp": first["timestamp"], "gas_limit": first["gasLimit"]}
    rich = {"nonce": 0, "code": b"", "storage": {}}
    state = {
        to_canonical_address(account): {**rich, "balance": wei}
        for account, wei in chain.given.items()
    }
    return PyEVMBackend(
        genesis_parameters=get_default_genesis_params(settings),
        genesis_state=state,
        vm_configuration=((0, CancunVM),),
    )


def _here(receipt: Mapping[str, Any]) -> Outcome:
    return _outcome(receipt["status"], receipt["gasUsed"], receipt["logs"])


def _there(receipt: Mapping[str, Any]) -> Outcome:
    return _outcome(receipt["status"], receipt["gas_used"], receipt["logs"])


def _outcome(status: int, gas: int, logs: Any) -> Outcome:
    said = tuple(
        (to_canonical_address(log["address"]), *map(bytes, log["topics"]), bytes(log["data"]))
        for log in logs
    )
    return Outcome(status == 1, gas, said)
