"""A chain in this process, for trying out. It is kept as its transactions, which are done again.

Needs zkpot[local-chain]. Its accounts are given play money, its clock is that of the machine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from zkpot.artifacts.durable import unwritable, write_file
from zkpot.artifacts.json_text import parse
from zkpot.errors import AccountLocked, InputError, MissingExtra
from zkpot.settle.deployment import Deployment, deploy
from zkpot.settle.extra import needed
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.nodes.node import Node
from zkpot.settle.token import Token
from zkpot.settle.transactions.actions import perform
from zkpot.settle.transactions.sending import Sender
from zkpot.settle.transactions.signer import Signer

with needed():
    from eth_account import Account
    from web3 import EthereumTesterProvider, Web3

NAME = "the chain in this process"
#: What an account that has nothing is given: wei, and units of the token.
WEI, UNITS = 10**21, 10**24
#: Gets what is slashed, and has no key.
_TREASURY = "0x000000000000000000000000000000000000dEaD"
_SECONDS = 60.0


@dataclass(frozen=True)
class _Block:
    time: int
    raw: str | None


@dataclass(frozen=True)
class _Log:
    genesis: int
    blocks: tuple[_Block, ...]


@dataclass(frozen=True)
class EmbeddedChain:
    """The chain, with a market on it.

    Attributes:
        chain: As others are.
        deployment: The market's contracts.
        folder: Where it is kept.
    """

    chain: Chain
    deployment: Deployment
    folder: Path
    _provider: Any

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator[EmbeddedChain]:
        """The chain that is kept in a folder, or a new one, for one process at a time.

        Raises:
            MissingExtra: eth-tester is not installed.
            InputError: The folder cannot be used.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error
        lock = FileLock(folder / ".lock", timeout=_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise AccountLocked(f"{folder}: another process uses this chain") from None
        try:
            provider = _provider(folder / "blocks.json")
            node = Node(Web3(provider), NAME, ahead="latest")
            chain = Chain.of(node)
            provider.advance()
            yield cls(chain, _market(chain, folder, provider), folder, provider)
        finally:
            lock.release()

    def provide(self, account: str) -> None:
        """Gives an account that has nothing some money and tokens."""
        token = Token(self.chain, self.deployment.token)
        faucet = _faucet(self.chain, self.folder, self._provider)
        if self.chain.node.balance(account) == 0:
            perform(faucet, token.mint(account, UNITS, f"for {account}"))
            self._provider.give(account, WEI)

    def pass_time(self, seconds: int) -> None:
        """Goes ahead of the machine's clock, for tests."""
        self._provider.advance(seconds)


def _market(chain: Chain, folder: Path, provider: Any) -> Deployment:
    path = folder / "deployment.json"
    if path.exists():
        return Deployment.read(path)
    made = deploy(_faucet(chain, folder, provider), treasury=_TREASURY)
    made.write(path)
    return made


def _faucet(chain: Chain, folder: Path, provider: Any) -> Sender:
    """Who has money from the beginning. Everybody knows the key."""
    signer = Signer(Account.from_key(provider.key))
    return Sender(chain, signer, root=folder / "transactions")


def _provider(path: Path) -> Any:
    try:
        from eth_tester import EthereumTester, PyEVMBackend
        from eth_tester.backends.pyevm.main import get_default_genesis_params

        from zkpot.settle.embedded_gas import estimate
    except ModuleNotFoundError:
        raise MissingExtra(
            "without --rpc the chain is one in this process: pip install 'zkpot[local-chain]'"
        ) from None

    class Provider(EthereumTesterProvider):
        """Answers as eth-tester does, and writes down what it takes."""

        def __init__(self, log: _Log) -> None:
            genesis = get_default_genesis_params({"timestamp": log.genesis})
            self._backend = PyEVMBackend(genesis_parameters=genesis)
            self._backend.chain.gas_estimator = estimate
            self._tester = EthereumTester(self._backend)
            super().__init__(self._tester)
            self.key = bytes(self._backend.account_keys[0].to_bytes())
            self._genesis = log.genesis
            self._blocks: list[_Block] = []
            self._ahead = max([0, *(block.time - int(time.time()) for block in log.blocks)])
            for block in log.blocks:
                self._add(block)

        def make_request(self, method: Any, params: Any) -> Any:
            if method != "eth_sendRawTransaction":
                return super().make_request(method, params)
            self._set_time(self._now())
            when = int(self._backend.chain.header.timestamp)
            answer = super().make_request(method, params)
            self._blocks.append(_Block(when, str(params[0])))
            self._write()
            return answer

        def advance(self, seconds: int = 0) -> None:
            """A block of the present, so that calls are tried at that time."""
            head = int(self._backend.chain.get_canonical_head().timestamp)
            self._ahead = max(self._ahead, head - int(time.time())) + seconds
            self._add(_Block(self._now(), None))
            if seconds:
                self._write()

        def give(self, account: str, wei: int) -> None:
            signed = Account.from_key(self.key).sign_transaction(
                {
                    "chainId": self._backend.chain.chain_id,
                    "nonce": self._backend.get_nonce(self._account()),
                    "to": account,
                    "value": wei,
                    "gas": 21_000,
                    "gasPrice": 10**11,
                }
            )
            self.make_request("eth_sendRawTransaction", ["0x" + signed.raw_transaction.hex()])

        def _account(self) -> bytes:
            return bytes(self._backend.account_keys[0].public_key.to_canonical_address())

        def _now(self) -> int:
            return int(time.time()) + self._ahead

        def _set_time(self, when: int) -> None:
            chain = self._backend.chain
            least = chain.get_canonical_head().timestamp + 1
            chain.header = chain.header.copy(timestamp=max(when, least))

        def _add(self, block: _Block) -> None:
            self._set_time(block.time)
            when = int(self._backend.chain.header.timestamp)
            if block.raw is None:
                self._backend.mine_blocks()
            else:
                self._tester.send_raw_transaction(block.raw)
            self._blocks.append(_Block(when, block.raw))

        def _write(self) -> None:
            blocks = [[block.time, block.raw] for block in self._blocks]
            write_file(path, json.dumps({"genesis": self._genesis, "blocks": blocks}).encode())

    return Provider(_read(path))


def _read(path: Path) -> _Log:
    if not path.exists():
        return _Log(int(time.time()), ())
    try:
        found = parse(path.read_bytes(), _Kept)
        return _Log(found.genesis, tuple(_Block(*block) for block in found.blocks))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a chain that zkpot keeps ({error})") from None


@dataclass(frozen=True)
class _Kept:
    genesis: int
    blocks: tuple[tuple[int, str | None], ...]
