"""The permutation of the contracts is that of `rust/sponge`; its constants are computed again."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from web3 import EthereumTesterProvider, Web3
from web3.contract import Contract as Deployed

from contracts.compile import ROOT, compile_sources
from tests.contracts.chain import Chain

ORDER = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
SOURCES = ROOT / "contracts" / "src"
SOLC = ROOT / "node_modules" / "solc-0.8.34" / "solc.js"
SETTINGS = {"evmVersion": "cancun", "optimizer": {"enabled": True, "runs": 10_000}}


class Grain:
    """The generator of the paper's constants: an LFSR of 80 bits in self-shrinking mode."""

    def __init__(self) -> None:
        # Prime field, power as S-box, bits of the field, elements, full and partial rounds, ones.
        parts = ((1, 2), (0, 4), (254, 12), (3, 12), (8, 10), (56, 10), ((1 << 30) - 1, 30))
        self.bits = [value >> bit & 1 for value, size in parts for bit in reversed(range(size))]
        for _ in range(160):
            self.step()

    def step(self) -> int:
        bit = 0
        for tap in (62, 51, 38, 23, 13, 0):
            bit ^= self.bits[tap]
        self.bits = [*self.bits[1:], bit]
        return bit

    def bit(self) -> int:
        while True:
            taken, bit = self.step(), self.step()
            if taken:
                return bit

    def element(self) -> int:
        while True:
            value = int("".join(str(self.bit()) for _ in range(254)), 2)
            if value < ORDER:
                return value


@cache
def constants() -> tuple[int, ...]:
    """In the order of their use: three for each full round, one for each partial one."""
    grain = Grain()
    return tuple(grain.element() for _ in range(4 * 3 + 56 + 4 * 3))


def permute(state: list[int]) -> list[int]:
    """Round by round, as docs/spec/wrapped.md says."""
    left: Iterator[int] = iter(constants())
    state = _external(state)
    for number in range(64):
        if 4 <= number < 60:
            state[0] = pow(state[0] + next(left), 5, ORDER)
            total = sum(state)
            scaled = (state[0], state[1], 2 * state[2])
            state = [(value + total) % ORDER for value in scaled]
        else:
            state = _external([pow(value + next(left), 5, ORDER) for value in state])
    return state


def _external(state: list[int]) -> list[int]:
    return [(value + sum(state)) % ORDER for value in state]


def hash_of_key(key: int) -> int:
    return permute([key, 0, 1 << 67])[0]


def hash_of_elements(elements: list[int]) -> int:
    state = [0, 0, len(elements) + (1 << 65)]
    for at in range(0, len(elements), 2):
        pair = [*elements[at : at + 2], 0, 0]
        state = permute([(state[0] + pair[0]) % ORDER, (state[1] + pair[1]) % ORDER, state[2]])
    return state[0]


@pytest.fixture(scope="module")
def envelopes() -> Deployed:
    names = ("src/settle/Envelopes.sol", "src/settle/Poseidon2.sol", "src/PublicInputs.sol")
    texts = {name: (SOURCES.parent / name).read_text() for name in names}
    compiled = compile_sources(texts, SOLC, SETTINGS)
    chain = Chain("py-evm", Web3(EthereumTesterProvider(EthereumTester(PyEVMBackend()))))
    return chain.deploy(compiled["src/settle/Envelopes.sol:Envelopes"])


def numbers(path: Path) -> list[int]:
    return [
        int(digits, 16) for digits in re.findall(r"\b(?:0x)?([0-9a-f]{62,64})\b", path.read_text())
    ]


def test_the_contract_has_the_constants() -> None:
    found = [value for value in numbers(SOURCES / "settle" / "Poseidon2.sol") if value != ORDER]
    assert tuple(found) == constants()


def test_the_vector_is_that_of_the_rust_implementation() -> None:
    text = (ROOT / "rust" / "sponge" / "tests" / "vectors.rs").read_text()
    body = text.partition("fn permutation_has_its_vector")[2].partition("assert_eq")[0]
    expected = [int(digits, 16) for digits in re.findall(r'"([0-9a-f]+)"', body)]
    assert permute([0, 1, 2]) == expected


def test_the_vectors_of_the_contracts_tests() -> None:
    found = numbers(ROOT / "contracts" / "test" / "settle" / "Envelopes.t.sol")
    last = ORDER - 1
    assert found == [
        *(hash_of_elements(list(range(1, count + 1))) for count in (5, 1, 2)),
        *permute([0, 1, 2]),
        *permute([last, last, last]),
        *(hash_of_key(7), hash_of_key(last)),
    ]


def test_keys_are_hashed_alike(envelopes: Deployed) -> None:
    drawn = random.Random(1)
    keys = [0, 1, ORDER - 1, *(drawn.randrange(ORDER) for _ in range(20))]
    for key in keys:
        assert envelopes.functions.hashOfKey(key).call() == hash_of_key(key)


def test_ciphertexts_are_hashed_alike(envelopes: Deployed) -> None:
    drawn = random.Random(2)
    for count in (1, 2, 3, 8, 9):
        elements = [drawn.randrange(ORDER) for _ in range(count)]
        ciphertext = hash_of_elements(elements)
        # In parts of two.
        for at in range(0, count, 2):
            part = elements[at : at + 2]
            envelopes.functions.publish(ciphertext, count, at, part).transact()
            assert envelopes.functions.published(ciphertext).call() == (at + 2 >= count)
