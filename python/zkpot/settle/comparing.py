"""Whether contracts on a chain are the ones that this zkpot puts there.

A node runs their constructors in a call, which sends nothing, with what the contracts say that they
were made with. What comes out is the code that is there, but for the book's own address and what
follows from it: the address of its envelopes, and its EIP-712 domain. So a contract that says
something else than it holds is found, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zkpot.errors import CallReverted, InputError
from zkpot.settle.contracts.interface import interface
from zkpot.settle.deployment import Deployment
from zkpot.settle.extra import needed
from zkpot.settle.nodes.chain import Chain

with needed():
    from eth_account.messages import encode_typed_data
    from eth_utils.address import to_checksum_address
    from eth_utils.crypto import keccak

_WORD, _ADDRESS = 32, 20


@dataclass(frozen=True)
class Compared:
    """A contract whose code is what it should be.

    Attributes:
        contract: What it is.
        address: Where it is.
        code_hash: keccak256 of its code, hexadecimal.
    """

    contract: str
    address: str
    code_hash: str


def compare_market(chain: Chain, market: Deployment) -> tuple[Compared, ...]:
    """Compares book, staking and envelopes with what this zkpot makes.

    Raises:
        InputError: One is another contract, or they do not belong together.
    """
    book, staking = _Contract(chain, "OrderBook", market.book), market.staking
    wanted = {"token": market.token, "staking": staking}
    for name, want in wanted.items():
        if (have := book.ask(name)) != want:
            raise InputError(f"{book.address}: the {name} of the book is {have}, and not {want}")
    stake = _Contract(chain, "Staking", staking)
    if (have := stake.ask("token")) != market.stake_token:
        raise InputError(f"{staking}: what is staked is {have}, and not {market.stake_token}")
    envelopes = str(book.ask("envelopes"))
    return (
        _compare_book(book, envelopes),
        _Contract(chain, "Envelopes", envelopes).compare(),
        # Whoever administers the role is in no code.
        stake.compare(
            *("token", staking, "treasury"),
            *("challengePeriod", "unbondingPeriod", "accuserShare"),
        ),
    )


def compare_front(chain: Chain, front: str, verifier: bytes | None) -> tuple[Compared, ...]:
    """Compares a front, and the claims before it if there are any, with what this zkpot makes.

    Args:
        chain: Where it is.
        front: What an order names.
        verifier: What the compiler made of the generated verifier; None where that is not
            compared.

    Raises:
        InputError: One is another contract.
    """
    found: tuple[Compared, ...] = ()
    claims = _Contract(chain, "Claims", front)
    if claims.has("front"):
        found = _compare_claims(claims)
        front = str(claims.ask("front"))
    before = _Contract(chain, "TrainingVerifier", front)
    found += (before.compare("verifier", "codeHash", "gasCap", "shape"),)
    if verifier is not None:
        behind = _Contract(chain, "Verifier", str(before.ask("verifier")))
        found += (behind.compare_code(chain.node.call("", verifier)),)
    return found


def _compare_book(book: _Contract, envelopes: str) -> Compared:
    """The book knows itself: what a node makes is another one, and all follows from which."""
    chain_id = book.chain.id
    own = (_word(book.address), _word(envelopes), _domain(chain_id, book.address))
    made = book.made("token", "staking", "finality", "shortestWindow")
    have = book.chain.node.code(book.address)
    instead = own_words(have, made, own)
    if instead is None or set(instead) != set(own):
        raise book.another()
    other = instead[own[0]]
    address = to_checksum_address(other[-_ADDRESS:])
    # Envelopes are the first contract that a book makes.
    follows = (_word(address), _word(_created(address, 1)), _domain(chain_id, address))
    if tuple(instead[word] for word in own) != follows:
        raise book.another()
    return Compared(book.name, book.address, "0x" + keccak(have).hex())


def _compare_claims(claims: _Contract) -> tuple[Compared, ...]:
    chain = claims.chain
    registry = _Contract(chain, "Registry", str(claims.ask("registry")))
    parameters = _Contract(chain, "Parameters", str(claims.ask("parameters")))
    least, most = parameters.ask("bounds")
    first = parameters.ask("termsOf", 0)
    return (
        claims.compare("token", "staking", "registry", "parameters", "front", "frontCode"),
        registry.compare("delay"),
        parameters.compare("owner", least, most, first),
    )


@dataclass(frozen=True)
class _Contract:
    chain: Chain
    name: str
    address: str

    def ask(self, function: str, *arguments: object) -> Any:
        known = interface(self.name)
        try:
            answer = self.chain.node.call(self.address, known.encode(function, *arguments))
        except CallReverted:
            raise InputError(f"{self.address}: no {self.name}: it has no '{function}'") from None
        return known.decode(function, answer)

    def has(self, function: str) -> bool:
        try:
            self.ask(function)
        except InputError:
            return False
        return True

    def compare(self, *arguments: Any) -> Compared:
        """With what the constructor makes of `arguments`, as `made` takes them."""
        return self.compare_code(self.made(*arguments))

    def made(self, *arguments: Any) -> bytes:
        """What the constructor makes; words are names of what the contract says of itself."""
        given = [
            self.ask(value) if isinstance(value, str) and not value.startswith("0x") else value
            for value in arguments
        ]
        try:
            return self.chain.node.call("", interface(self.name).creation(*given))
        except CallReverted:
            raise self.another() from None

    def compare_code(self, made: bytes) -> Compared:
        have = self.chain.node.code(self.address)
        if not have or have != made:
            raise self.another()
        return Compared(self.name, self.address, "0x" + keccak(have).hex())

    def another(self) -> InputError:
        return InputError(f"{self.address}: not the {self.name} that this zkpot makes")


def own_words(have: bytes, made: bytes, own: Sequence[bytes]) -> dict[bytes, bytes] | None:
    """What stands in one code in place of some words of another; None if they differ elsewhere.

    Args:
        have: The code that is there.
        made: The code of a contract that was made elsewhere.
        own: Words of 32 bytes of the former, each of which is one other word in the latter.
    """
    if len(have) != len(made):
        return None
    instead: dict[bytes, bytes] = {}
    at = 0
    while at < len(have):
        if have[at] == made[at]:
            at += 1
            continue
        starts = range(max(0, at + 1 - _WORD), at + 1)
        start = next((s for s in starts if have[s : s + _WORD] in own), None)
        if start is None:
            return None
        word, other = have[start : start + _WORD], made[start : start + _WORD]
        if instead.setdefault(word, other) != other:
            return None
        at = start + _WORD
    return instead


def _word(address: str) -> bytes:
    return bytes.fromhex(address[2:]).rjust(_WORD, b"\0")


def _created(maker: str, nonce: int) -> str:
    """Where a contract makes another one: RLP of both, hashed, for a nonce below 128."""
    content = b"\xd6\x94" + bytes.fromhex(maker[2:]) + bytes([nonce])
    return str(to_checksum_address(keccak(content)[-_ADDRESS:]))


def _domain(chain_id: int, book: str) -> bytes:
    """The EIP-712 domain's hash, which a book keeps."""
    from zkpot.settle.order import DOMAIN

    domain = {**DOMAIN, "chainId": chain_id, "verifyingContract": book}
    return bytes(encode_typed_data(domain, {"None": []}, {}).header)
