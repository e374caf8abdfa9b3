"""Where the contracts of a market are (JSON), and how they are put on a chain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from zkpot.artifacts.durable import write_file
from zkpot.artifacts.json_text import parse
from zkpot.artifacts.reading import read_bounded
from zkpot.errors import InputError
from zkpot.settle.contracts.interface import Interface, address, interface
from zkpot.settle.extra import needed
from zkpot.settle.known_setup import is_known
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.staking import Staking
from zkpot.settle.transactions.actions import Action, perform
from zkpot.settle.transactions.intent import Intent
from zkpot.settle.transactions.sending import Sender

with needed():
    from eth_utils.crypto import keccak

VERSION = 1
_LARGEST = 1 << 16
CodeHash = Annotated[str, msgspec.Meta(pattern=r"^0x[0-9a-f]{64}\Z")]


@dataclass(frozen=True)
class Deployment:
    """A market's contracts.

    Attributes:
        chain_id: The chain, as a decimal string.
        book: Address of `OrderBook`.
        staking: Address of `Staking`.
        token: What orders are paid in.
        stake_token: What is staked.
        book_code: keccak256 of the book's code.
        staking_code: keccak256 of the staking contract's code.
    """

    chain_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,78}\Z")]
    book: str
    staking: str
    token: str
    stake_token: str
    book_code: CodeHash
    staking_code: CodeHash
    format: Literal["zkpot.settlement.deployment"] = "zkpot.settlement.deployment"
    version: int = VERSION

    @classmethod
    def read(cls, path: Path) -> Deployment:
        """From a file.

        Raises:
            InputError: It is none.
        """
        content = read_bounded(path, _LARGEST)
        try:
            found = parse(content, cls)
            if found.version != VERSION:
                raise ValueError(f"version {found.version}, and this zkpot reads {VERSION}")
            for name in ("book", "staking", "token", "stake_token"):
                address(name, getattr(found, name))
        except (ValueError, InputError) as error:
            raise InputError(f"{path}: not the addresses of a market ({error})") from None
        return found

    def write(self, path: Path) -> None:
        """Writes the file, wholly or not at all."""
        write_file(path, (json.dumps(asdict(self), indent=1) + "\n").encode())

    def check(self, chain: Chain) -> None:
        """Compares the contracts with what this says of them.

        Raises:
            InputError: They are on another chain, not there, or others.
        """
        if chain.id != int(self.chain_id):
            raise InputError(f"the market is on chain {self.chain_id}, and this is {chain.id}")
        for name in ("book", "staking"):
            where, want = getattr(self, name), getattr(self, f"{name}_code")
            if _code_hash(chain, where) != want:
                raise InputError(
                    f"{where}: there is no {name} here, or another one: is the node of the chain "
                    "that the market is on?"
                )

    def known(self) -> Mapping[str, Interface]:
        """Contracts whose events are read."""
        return {
            self.token: interface("Token"),
            self.stake_token: interface("Token"),
            self.staking: interface("Staking"),
            self.book: interface("OrderBook"),
        }


def deploy(
    sender: Sender,
    *,
    token: str | None = None,
    stake_token: str | None = None,
    treasury: str,
    challenge_period: int = 24 * 3600,
    unbonding_period: int = 7 * 24 * 3600,
    accuser_share: int = 4_000,
    finality: int | None = None,
    shortest_window: int = 3600,
) -> Deployment:
    """Puts staking and a book on a chain. The sender administers the role to reserve.

    Args:
        sender: Who pays for it.
        token: What orders are paid in; on a local chain one that anybody can make, by default.
        stake_token: What is staked; the same, unless it is said.
        treasury: Who gets what accusers do not.
        challenge_period: Seconds that a challenge may take.
        unbonding_period: Seconds from request to withdrawal.
        accuser_share: Of 10,000: what an accuser gets of what is slashed.
        finality: Blocks until a key may be shown; those after which a transaction is final here.
        shortest_window: Seconds that a worker has at least to show a key: more than so many
            blocks take.

    Raises:
        InputError: A token is missing on a chain that is no local one.
    """
    if token is None:
        if not sender.chain.is_local:
            raise InputError(
                f"chain {sender.chain.id} is no local one: give the token that orders are paid in"
            )
        token = make(sender, "Token")
    stake_token = stake_token or token
    periods = (challenge_period, unbonding_period, accuser_share)
    admin = sender.signer.address
    staking = make(sender, "Staking", stake_token, admin, treasury, *periods)
    waiting = sender.chain.confirmations if finality is None else finality
    book = make(sender, "OrderBook", token, staking, waiting, shortest_window)
    perform(sender, Staking(sender.chain, staking).grant(book))
    return Deployment(
        *(str(sender.chain.id), book, staking, token, stake_token),
        *(_code_hash(sender.chain, book), _code_hash(sender.chain, staking)),
    )


def deploy_front(sender: Sender, verifier: bytes, terms: FrontTerms) -> str:
    """Puts a generated verifier on a chain, and a front before it; the front's address.

    Args:
        sender: Who pays for it.
        verifier: The code that makes the verifier: what the compiler made of Verifier.sol.
        terms: front.json beside it.

    Raises:
        InputError: Its proofs can be forged by anybody, and the chain is no local one.
    """
    if (terms.test_srs or is_known(verifier)) and not sender.chain.is_local:
        raise InputError(
            f"circuit {terms.circuit}: its keys come from a test SRS, so that anybody can forge "
            f"proofs, and chain {sender.chain.id} is no local one"
        )
    behind = _made(sender, Intent("", "Verifier", f"circuit {terms.circuit}", verifier.hex()))
    code = bytes.fromhex(_code_hash(sender.chain, behind).removeprefix("0x"))
    shape = (bytes.fromhex(terms.shape.program), *terms.shape.numbers())
    return make(sender, "TrainingVerifier", behind, code, terms.gas_cap, shape)


@dataclass(frozen=True)
class FrontShape:
    """The shape in front.json, under the contract's names."""

    program: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    security: int
    rows: int
    steps: int
    scalars: int
    outputs: int
    links: int
    mostSteps: int  # noqa: N815 - as the contract calls it
    proofBytes: int  # noqa: N815
    envelopes: bool

    def numbers(self) -> tuple[int, ...]:
        """All but the program, in the struct's order."""
        return tuple(value for name, value in asdict(self).items() if name != "program")


@dataclass(frozen=True)
class FrontTerms:
    """What is needed of front.json, which `zkpot wrap contract` wrote.

    Attributes:
        circuit: Digest of the circuit and the SRS.
        test_srs: Whether everybody can forge proofs.
        gas_cap: What the front gives the verifier.
        shape: What the front packs into statements.
    """

    circuit: str
    test_srs: bool
    gas_cap: int
    shape: FrontShape

    @classmethod
    def read(cls, path: Path) -> FrontTerms:
        """From a file.

        Raises:
            InputError: It is none.
        """
        try:
            return parse(read_bounded(path, _LARGEST), cls)
        except ValueError as error:
            raise InputError(f"{path}: not what 'zkpot wrap contract' writes ({error})") from None


def make(sender: Sender, name: str, *arguments: object) -> str:
    """Puts one of the contracts on a chain; its address."""
    data = interface(name).creation(*arguments)
    return _made(sender, Intent("", name, ", ".join(map(str, arguments))[:200], data.hex()))


def _made(sender: Sender, intent: Intent) -> str:
    return address("contract", perform(sender, Action(intent)).contract)


def _code_hash(chain: Chain, where: str) -> str:
    return "0x" + keccak(chain.node.code(where)).hex()
