"""A prover who knows the challenge proves something else; the hash keeps it from knowing."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.compile import Contract, compile_sources, sources
from tests.contracts.chain import Chain
from tests.contracts.front import FRONT, put
from tests.contracts.vectors import ONE
from zkpot.artifacts.keccak import keccak256
from zkpot.artifacts.wrapped_statement import ORDER, challenge, evaluate

PATH = "src/PublicInputs.sol"
#: What the front hashes, and what a careless one might.
HASHED, CARELESS = '"zkpot/v1/wrap", hash, digest', '"zkpot/v1/wrap", digest'
#: Stands for the hash of the forger's elements.
FORGED_HASH = 0xF0F0


def forged(point: int) -> list[int]:
    """Other elements with the same value at `point`."""
    *same, last_but_one, last = ONE.elements
    found = [*same, (last_but_one + 1) % ORDER, (last - point) % ORDER]
    assert found != ONE.elements
    assert evaluate(found, point) == evaluate(ONE.elements, point)
    return found


def careless_challenge() -> int:
    words = b"".join(element.to_bytes(32, "big") for element in ONE.elements)
    return int.from_bytes(keccak256(b"zkpot/v1/wrap" + keccak256(words)), "big") % ORDER


def test_with_a_challenge_that_is_known_before_the_hash(
    in_process: Chain, compiled: Mapping[str, Contract]
) -> None:
    texts = sources()
    assert texts[PATH].count(HASHED) == 1
    texts[PATH] = texts[PATH].replace(HASHED, CARELESS)
    known = careless_challenge()
    # What the circuit's verifier takes: the value of the elements that the circuit has.
    inputs = [FORGED_HASH, known, evaluate(forged(known), known)]
    # A hash that is not used is what the compiler warns of.
    texts[PATH] = texts[PATH].replace("uint256 hash, uint256[]", "uint256, uint256[]")
    careless = compile_sources(texts)
    front = put(in_process, careless, ONE, inputs=inputs)
    assert front.verify(ONE.proof, hash_=FORGED_HASH) == ONE.standing

    # The same forger before the front as it is, where the hash makes another challenge.
    point = challenge(FORGED_HASH, ONE.elements)
    assert point != known
    for guess in (known, 0, 1, point + 1):
        inputs = [FORGED_HASH, point, evaluate(forged(guess), point)]
        front = put(in_process, compiled, ONE, inputs=inputs, front=FRONT)
        assert front.verify(ONE.proof, hash_=FORGED_HASH) == ("InvalidProof", ONE.standing[0])
