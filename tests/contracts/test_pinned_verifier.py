"""The call of the verifier: what makes it fail, or not fail, besides the proof."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from web3 import Web3

from contracts.compile import Contract, compile_sources, sources
from tests.contracts.chain import Chain
from tests.contracts.conftest import Put
from tests.contracts.front import CAP, FRONT, WORK, Front, made, put
from tests.contracts.gas import execution, intrinsic
from tests.contracts.vectors import ONE, PROOF, shape_of

VALID, INVALID = ONE.standing, ("InvalidProof", ONE.standing[0])
WRONG = PROOF[::-1]
CALL = "src/PinnedVerifier.sol"


def test_no_code(chain: Chain, compiled: Mapping[str, Contract]) -> None:
    """Calls there succeed. The second address has money, so that its code's hash is not zero."""
    for address in (Web3.to_checksum_address("0x" + "c0de" * 10), chain.sender):
        arguments = (address, chain.code_hash(address), CAP, shape_of(ONE.proof))
        assert made(chain, compiled, *arguments) == ("NoVerifier", address.lower())


def test_other_code(placed: Put, chain: Chain, compiled: Mapping[str, Contract]) -> None:
    double = placed(ONE).double.address
    have, want = chain.code_hash(double), bytes(range(32))
    arguments = (double, want, CAP, shape_of(ONE.proof))
    assert made(chain, compiled, *arguments) == ("AnotherVerifier", have, want)


def test_code_that_changes_later(on_anvil: Chain, compiled: Mapping[str, Contract]) -> None:
    """The constructor's look was too early."""
    front = put(on_anvil, compiled, ONE)
    accepting = on_anvil.web3.eth.get_code(
        put(on_anvil, compiled, ONE, accepting=True).double.address
    )
    want = on_anvil.code_hash(front.double.address)
    assert front.verify(ONE.proof, content=WRONG) == INVALID
    set_code(on_anvil, front.double.address, accepting)
    assert front.verify(ONE.proof, content=WRONG) == (
        "AnotherVerifier",
        bytes(Web3.keccak(accepting)),
        want,
    )
    set_code(on_anvil, front.double.address, b"")
    assert front.verify(ONE.proof) == ("NoVerifier", front.double.address.lower())


def set_code(chain: Chain, address: str, code: bytes) -> None:
    chain.web3.provider.make_request("anvil_setCode", [address, "0x" + bytes(code).hex()])


def test_it_fails_with_all_gas(placed: Put) -> None:
    """As a precompile that is given no point does; the cap bounds what that takes."""
    front = placed(ONE, burns=True)
    assert front.verify(ONE.proof) == VALID
    assert front.verify(ONE.proof, content=WRONG) == INVALID
    data = front.verification(ONE.proof, content=WRONG)
    receipt = front.chain.send(front.contract.address, data)
    assert receipt["status"] == 0
    assert CAP < execution(receipt, data) < CAP + 40_000


def test_a_cap_that_is_too_low_takes_no_proof(placed: Put) -> None:
    assert placed(ONE, cap=WORK).verify(ONE.proof) == INVALID


def tight(chain: Chain, compiled: Mapping[str, Contract], path: str = FRONT) -> Front:
    """A front whose cap is what its verifier takes, to less than a loop of the double's."""
    double = put(chain, compiled, ONE).double
    inputs = b"".join(value.to_bytes(32, "big") for value in ONE.public_inputs)
    data = "0x" + (inputs + PROOF).hex()
    taken = execution(chain.send(double.address, data), data)
    front = put(chain, compiled, ONE, cap=taken + 100, front=path)
    assert put(chain, compiled, ONE, cap=taken - 100).verify(ONE.proof) == INVALID
    return front


def answers(front: Front) -> dict[int, str]:
    """What the front says of a valid proof by the gas that is sent, most of it where yes begins."""
    start = intrinsic(front.verification(ONE.proof))
    least, most = start, start + 2 * CAP
    while most - least > 1:
        middle = (least + most) // 2
        if front.verify(ONE.proof, gas=middle) == VALID:
            most = middle
        else:
            least = middle
    found = {}
    for gas in [*range(start, most - 4_000, 20_011), *range(most - 4_000, most + 8_000, 211)]:
        answer = front.verify(ONE.proof, gas=gas)
        if answer and answer[0] == "NotEnoughGas":
            have, need = answer[1:]
            assert have < need
            assert have < gas - start
        found[gas] = "valid" if answer == VALID else answer[0] if answer else "out of gas"
    return found


def test_a_valid_proof_never_seems_invalid(chain: Chain, compiled: Mapping[str, Contract]) -> None:
    """Whatever gas a caller sends; and the more the better."""
    found = list(answers(tight(chain, compiled)).values())
    assert list(dict.fromkeys(found)) == ["out of gas", "NotEnoughGas", "valid"]
    assert sorted(found, key=["out of gas", "NotEnoughGas", "valid"].index) == found


@pytest.mark.parametrize(
    ("check", "instead"),
    [
        ("if (have < need)", "if (false && have < need)"),
        # The gas, less the call's own costs, suffices; 63/64 of it do not.
        ("gasCap + gasCap / 63 + 1 + CALL_GAS", "gasCap + CALL_GAS"),
        # What is promised is checked, and not given.
        ("staticcall(gasCap,", "staticcall(sub(gasCap, 200),"),
    ],
)
def test_with_a_weaker_check_it_does(
    in_process: Chain, compiled: Mapping[str, Contract], check: str, instead: str
) -> None:
    texts = sources()
    assert check in texts[CALL]
    texts[CALL] = texts[CALL].replace(check, instead)
    weaker = {f"weaker/{where}": contract for where, contract in compile_sources(texts).items()}
    found = answers(tight(in_process, {**compiled, **weaker}, f"weaker/{FRONT}"))
    assert "InvalidProof" in found.values()


def test_without_the_look_at_the_code_any_proof_is_taken(
    on_anvil: Chain, compiled: Mapping[str, Contract]
) -> None:
    texts = sources()
    path, check = (
        "src/TrainingVerifier.sol",
        "        PinnedVerifier.requireCode(verifier, codeHash);\n",
    )
    assert texts[path].count(check) == 1
    texts[path] = texts[path].replace(check, "")
    blind = compile_sources(texts)
    front = put(on_anvil, blind, ONE)
    set_code(on_anvil, front.double.address, b"")
    assert front.verify(ONE.proof, content=WRONG) == VALID
