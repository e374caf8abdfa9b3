"""Orders and their scalars as files: what is written is read, and nothing else."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from tests.settle_client.market import VALUES
from zkpot.artifacts.keccak import keccak256
from zkpot.errors import InputError
from zkpot.settle.order import Order, Schedule
from zkpot.settle.order_file import OrderFile
from zkpot.settle.scalars import Scalars, constant, leaf
from zkpot.settle.transactions.signer import Signer

BOOK = "0x" + "11" * 20
CHAIN = 31337
INTEGERS = st.integers(-(2**63), 2**63 - 1)


def order(**other: Any) -> Order:
    given = {field.name: 1 for field in fields(Order)}
    digests = ("verifier_code", "program", "first", "shard", "nonce", "scalars")
    given |= {name: "0x" + f"{at + 1:064x}" for at, name in enumerate(digests)}
    given |= {"consumer": "0x" + "22" * 20, "verifier": "0x" + "33" * 20}
    return Order(**(given | other))  # type: ignore[arg-type]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    signer = Signer(Account.create())
    made = OrderFile(CHAIN, BOOK, order(consumer=signer.address, price_per_step=2**128 - 1))
    assert made.signer() is None
    signed = replace(made, signature=signer.message(made.order.message(CHAIN, BOOK)))
    assert signed.signer() == signer.address
    for one in (made, signed):
        one.write(tmp_path / "order.json")
        assert OrderFile.read(tmp_path / "order.json") == one
    text = (tmp_path / "order.json").read_text()
    assert f'"price_per_step": "{2**128 - 1}"' in text


@pytest.mark.parametrize("name", [field.name for field in fields(Order)])
def test_every_field_is_in_the_number(name: str) -> None:
    found = order()
    value = getattr(found, name)
    other = value + 1 if isinstance(value, int) else value[:-1] + ("5" if value[-1] != "5" else "6")
    changed = replace(found, **{name: other})
    assert changed.number(CHAIN, BOOK) != found.number(CHAIN, BOOK)


def test_chain_and_book_are_in_the_number() -> None:
    numbers = {order().number(chain, book) for chain in (1, 2) for book in (BOOK, "0x" + "12" * 20)}
    assert len(numbers) == 4


CHANGES: dict[str, tuple[str, Any, str]] = {
    "another term": ("price_per_step", "2", "its terms are those of order 0x"),
    "a number": ("steps", 8, r"\$\.order"),
    "more bits": ("steps", str(2**64), "which has more than 64 bits"),
    "a huge number": ("steps", "9" * 5000, "which has more than 64 bits"),
    "a negative one": ("steps", "-1", "a whole number is needed"),
    "other digits": ("steps", "\u0661", "a whole number is needed"),
    "a short digest": ("nonce", "0x12", "64 hexadecimal digits are needed"),
    "no address": ("consumer", "0x12", "is no address"),
    "an unknown term": ("bonus", "1", "'bonus' is no field of an order"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_another_file_is_refused(what: str, tmp_path: Path) -> None:
    name, value, message = CHANGES[what]
    path = tmp_path / "order.json"
    OrderFile(CHAIN, BOOK, order()).write(path)
    document = json.loads(path.read_text())
    document["order"][name] = value
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match=message) as refused:
        OrderFile.read(path)
    assert str(refused.value).startswith(f"{path}: ")


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 50_000, b"null", b"{}"])
def test_no_order_at_all(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "order.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not an order"):
        OrderFile.read(path)
    with pytest.raises(InputError, match="not the scalars of an order"):
        Scalars.read(path)


@given(st.integers(1, 9), st.integers(1, 3), st.integers(1, 3), st.data())
def test_paths_lead_to_the_root(chunks: int, links: int, steps: int, data: st.DataObject) -> None:
    """As OpenZeppelin's MerkleProof goes: pairs are sorted."""
    rows = st.lists(INTEGERS, min_size=chunks * links * steps, max_size=chunks * links * steps)
    scalars = Scalars.of([data.draw(rows), data.draw(rows)], steps, links)
    if scalars.schedule is Schedule.CONSTANT:
        assert scalars.path(0) == []
        return
    for chunk in range(chunks):
        node = leaf(chunk, scalars.chunks[chunk])
        for beside in scalars.path(chunk):
            node = keccak256(b"".join(sorted((node, beside))))
        assert "0x" + node.hex() == scalars.name
    with pytest.raises(InputError, match=f"the order has {chunks}"):
        scalars.path(chunks)


def test_constant_scalars_have_no_tree(tmp_path: Path) -> None:
    scalars = Scalars.of([[value] * 8 for value in VALUES], 2, 2)
    assert (scalars.schedule, scalars.constant) == (Schedule.CONSTANT, VALUES)
    assert scalars.name == "0x" + constant(VALUES).hex()
    # A change in any step is a list.
    rows = [[value] * 8 for value in VALUES]
    rows[1][7] += 1
    listed = Scalars.of(rows, 2, 2)
    assert listed.schedule is Schedule.LISTED
    listed.write(tmp_path / "scalars")
    assert Scalars.read(tmp_path / "scalars") == listed
    assert Scalars.of([], 2, 2).constant == ()
    with pytest.raises(InputError, match="7 steps of scalars are no chunks of 4"):
        Scalars.of([[1] * 7], 2, 2)
