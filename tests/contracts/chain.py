"""A chain as the tests use it: contracts are put on it, asked, and refuse."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_abi.abi import encode as encode_abi
from eth_tester.exceptions import TransactionFailed
from eth_utils.abi import function_abi_to_4byte_selector
from web3 import Web3
from web3.contract import Contract as Deployed
from web3.exceptions import ContractLogicError, Web3RPCError

from contracts.compile import Contract

GAS = 12_000_000


class Reverted(Exception):
    """A call failed; `data` is what it said, nothing where it ran out of gas."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data.hex())
        self.data = data


@dataclass(frozen=True)
class Chain:
    """One that web3 can talk to."""

    name: str
    web3: Web3

    @property
    def sender(self) -> Any:
        return self.web3.eth.accounts[0]

    def deploy(self, contract: Contract, *arguments: Any) -> Deployed:
        """Puts a contract there."""
        maker = self.web3.eth.contract(abi=contract.abi, bytecode=contract.code)
        receipt = self.send(None, maker.constructor(*arguments).data_in_transaction)
        assert receipt["status"] == 1
        return self.web3.eth.contract(address=receipt["contractAddress"], abi=contract.abi)

    def send(self, to: Any, data: Any, gas: int = GAS) -> Any:
        """A transaction's receipt."""
        transaction = {"from": self.sender, "data": data, "gas": gas}
        if to is not None:
            transaction["to"] = to
        return self.web3.eth.wait_for_transaction_receipt(
            self.web3.eth.send_transaction(transaction)
        )

    def ask(self, to: Any, data: Any, gas: int = GAS) -> bytes:
        """What a call returns, or `Reverted`."""
        transaction = {"from": self.sender, "data": data, "gas": gas}
        if to is not None:
            transaction["to"] = to
        try:
            return bytes(self.web3.eth.call(transaction))
        except ContractLogicError as error:
            said = error.data if isinstance(error.data, str) else ""
            raise Reverted(bytes.fromhex(said.removeprefix("0x"))) from error
        except TransactionFailed as error:
            raise Reverted(_said(str(error))) from error
        except Web3RPCError as error:
            # How anvil says that a call used up its gas.
            if not any(word in str(error) for word in ("OutOfGas", "MemoryOOG", "InvalidFEOpcode")):
                raise
            raise Reverted(b"") from error

    def code_hash(self, address: Any) -> bytes:
        return bytes(Web3.keccak(self.web3.eth.get_code(address)))


def _said(text: str) -> bytes:
    """eth-tester gives the bytes as Python writes them."""
    text = text.removeprefix("execution reverted: ")
    return bytes(ast.literal_eval(text)) if text.startswith("b") else b""


def refusal(abi: list[Any], reverted: Reverted) -> tuple[Any, ...]:
    """A custom error: its name and values. Empty where there is none."""
    for entry in abi:
        types = [value["type"] for value in entry.get("inputs", [])]
        if entry["type"] == "error" and reverted.data[:4] == function_abi_to_4byte_selector(entry):
            values = decode(types, reverted.data[4:])
            assert encode_abi(types, values) == reverted.data[4:]
            return (entry["name"], *values)
    assert reverted.data == b"", reverted.data.hex()
    return ()
