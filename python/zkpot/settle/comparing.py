"""Whether contracts on a chain are the ones that this zkpot puts there.

A node runs their constructors in a call, which sends nothing, with what the contracts say that they
were made with. What comes out is the code that is there, but for a contract's own address and
what follows from it. So a contract that says something else than it holds is found, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zkpot.errors import CallReverted, InputError
from zkpot.settle.chain import Chain
from zkpot.settle.deployment import Deployment
from zkpot.settle.extra import needed
from zkpot.settle.interface import interface

with needed():
    from eth_account.messages import encode_typed_data
    from eth_utils.crypto import keccak

_WORD = 32


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
    own = (_word(envelopes), _domain(chain.id, book.address))
    return (
        book.compare("token", "staking", "finality", "shortestWindow", own=own),
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

    def compare(self, *arguments: Any, own: Sequence[bytes] = ()) -> Compared:
        """With what the constructor makes; words are names of what the contract says of itself."""
        given = [
            self.ask(value) if isinstance(value, str) and not value.startswith("0x") else value
            for value in arguments
        ]
        try:
            made = self.chain.node.call("", interface(self.name).creation(*given))
        except CallReverted:
            raise self._another() from None
        return self.compare_code(made, (_word(self.address), *own))

    def compare_code(self, made: bytes, own: Sequence[bytes] = ()) -> Compared:
        have = self.chain.node.code(self.address)
        if not have or not is_same(have, made, own):
            raise self._another()
        return Compared(self.name, self.address, "0x" + keccak(have).hex())

    def _another(self) -> InputError:
        return InputError(f"{self.address}: not the {self.name} that this zkpot makes")


def is_same(have: bytes, made: bytes, own: Sequence[bytes]) -> bool:
    """Whether code differs nowhere but in a contract's own words, each from one other word.

    Args:
        have: The code that is there.
        made: The code of a contract that was made elsewhere.
        own: Words of 32 bytes of the former which are others in the latter.
    """
    if len(have) != len(made):
        return False
    instead: dict[bytes, bytes] = {}
    at = 0
    while at < len(have):
        if have[at] == made[at]:
            at += 1
            continue
        starts = range(max(0, at + 1 - _WORD), at + 1)
        start = next((s for s in starts if have[s : s + _WORD] in own), None)
        if start is None:
            return False
        word, other = have[start : start + _WORD], made[start : start + _WORD]
        if instead.setdefault(word, other) != other:
            return False
        at = start + _WORD
    return True


def _word(address: str) -> bytes:
    return bytes.fromhex(address[2:]).rjust(_WORD, b"\0")


def _domain(chain_id: int, book: str) -> bytes:
    """The EIP-712 domain's hash, which a book keeps."""
    from zkpot.settle.order import DOMAIN

    domain = {**DOMAIN, "chainId": chain_id, "verifyingContract": book}
    return bytes(encode_typed_data(domain, {"None": []}, {}).header)
