"""What Python knows of the contracts is what the contracts are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from string import Formatter

import pytest

from contracts.compile import CONTRACTS, Contract
from contracts.interfaces import FOLDER, FRONT, interfaces
from zkpot.errors import CallReverted, InputError, InvalidProof
from zkpot.settle.book import Entry
from zkpot.settle.claim import Claim, Terms
from zkpot.settle.contracts.interface import interface, snake
from zkpot.settle.contracts.refusals import SENTENCES, decoded, known, refusal
from zkpot.settle.contracts.states import ClaimState, State, claim_state_name, state_name
from zkpot.settle.front import Shape
from zkpot.settle.order import Offer, Order, Schedule, order_fields

BOOK = (CONTRACTS / "src" / "settle" / "OrderBook.sol").read_text()
CLAIMS = (CONTRACTS / "src" / "settle" / "claims" / "Claims.sol").read_text()
ORDERS = (CONTRACTS / "src" / "settle" / "Orders.sol").read_text()


def test_files_are_what_the_compilers_make(
    settlement: Mapping[str, Contract], compiled: Mapping[str, Contract]
) -> None:
    made = interfaces(settlement, compiled[FRONT])
    assert {path.name for path in FOLDER.iterdir()} == set(made)
    for name, content in made.items():
        assert (FOLDER / name).read_text() == content, f"{name}: run 'make interfaces'"


def test_structs_have_the_fields_of_the_contracts() -> None:
    book = interface("OrderBook")
    structs = {
        Order: order_fields(),
        Offer: book.components("bid", "offer"),
        Entry: _outputs("OrderBook", "entryOf"),
        Shape: _outputs("TrainingVerifier", "shape"),
        Claim: _outputs("Claims", "claimOf"),
        Terms: _outputs("Parameters", "termsOf"),
    }
    for kind, components in structs.items():
        assert [field.name for field in fields(kind)] == [snake(f["name"]) for f in components]


def _outputs(contract: str, function: str) -> list[dict[str, str]]:
    entry = next(e for e in interface(contract).abi if e.get("name") == function)
    found: list[dict[str, str]] = entry["outputs"][0]["components"]
    return found


def test_what_is_signed_is_the_type_of_the_contract() -> None:
    (text,) = re.findall(r'"(Order\(.+\))"', ORDERS)
    names = ",".join(f"{field['type']} {field['name']}" for field in order_fields())
    assert text == f"Order({names})"


def test_states_are_those_of_the_contract() -> None:
    body = BOOK.partition("enum State {")[2].partition("}")[0]
    names = re.findall(r"^ +(\w+),?$", body, flags=re.MULTILINE)
    assert [name.upper() for name in names] == [state.name for state in State]
    assert state_name(99) == "in state 99, which this zkpot does not know"
    body = CLAIMS.partition("enum State {")[2].partition("}")[0]
    names = re.findall(r"^ +(\w+),?$", body, flags=re.MULTILINE)
    assert [name.upper() for name in names] == [state.name for state in ClaimState]
    assert claim_state_name(99) == "in state 99, which this zkpot does not know"
    body = ORDERS.partition("enum Schedule {")[2].partition("}")[0]
    names = re.findall(r"^ +(\w+),?$", body, flags=re.MULTILINE)
    assert [name.upper() for name in names] == [schedule.name for schedule in Schedule]


def test_each_error_of_a_contract_has_a_sentence() -> None:
    entries = known().values()
    assert {entry["sentence"] for entry in entries} == set(SENTENCES)
    for entry in entries:
        wanted = {name for _, name, _, _ in Formatter().parse(SENTENCES[entry["sentence"]]) if name}
        assert wanted <= {argument["name"] for argument in entry["inputs"]}, entry["name"]


def test_each_error_is_read() -> None:
    for selector, entry in known().items():
        words = b"".join(
            (32 * len(entry["inputs"])).to_bytes(32, "big")
            if argument["type"] == "string"
            else bytes(32)
            for argument in entry["inputs"]
        )
        found = decoded(selector + words + bytes(64))
        assert found is not None, entry["name"]
        error = refusal("it", CallReverted("", selector + words + bytes(64)))
        assert str(error).startswith("it: refused, ")
        assert "{" not in str(error)
        assert isinstance(error, InvalidProof) == (entry["name"] == "InvalidProof")


@pytest.mark.parametrize("data", [b"", b"\1\2\3", b"\1\2\3\4", bytes.fromhex("e450d38c") + b"\1"])
def test_errors_that_nobody_knows(data: bytes) -> None:
    assert decoded(data) is None
    error = refusal("it", CallReverted("the call fails", data))
    assert str(error) == "it: the call fails" + (f" (0x{data.hex()})" if data else "")
    assert error.exit_code == 2


def test_values_of_another_type_are_refused() -> None:
    token = interface("Token")
    with pytest.raises(InputError, match=r"Token\.mint"):
        token.encode("mint", "0x" + "00" * 20, 2**256)
    with pytest.raises(InputError, match="is there such a contract"):
        token.decode("balanceOf", b"")
