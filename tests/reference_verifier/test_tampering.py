"""The independent verifier refuses one wrong thing at a time."""

from __future__ import annotations

import dataclasses
import json
from copy import deepcopy
from typing import Any

import pytest

from zkpot import _native
from zkpot.errors import InputError
from zkpot.reference.verifier import Refusal, verify_run
from zkpot.reference.verifier.bounds import check
from zkpot.reference.verifier.channel import Channel
from zkpot.reference.verifier.field import ONE, Element
from zkpot.reference.verifier.program import decode_program
from zkpot.reference.verifier.run import Head, Run
from zkpot.reference.verifier.statement import (
    Arbitrary,
    Envelope,
    Link,
    PublicSeed,
    Statement,
    decode_link,
    decode_order,
    encode_link,
)

# Of the hiding channel, in the order of docs/spec/protocol.md.
SENT = [
    "lookup/root", "channel/product", "lookup/round", "lookup/children", "product/value",
    "product/round", "product/factors", "opening/round", "multiplication/row",
    "multiplication/round",
]  # fmt: skip
REVEALED = [
    "opening/value", "multiplication/factors", "masks/blinding", "masks/round", "masks/rows",
]  # fmt: skip
FIELDS = [field.name for field in dataclasses.fields(Statement)]


@dataclasses.dataclass
class Training:
    """A training link, the run before it, and where its messages stand."""

    run: Run
    link: Link
    places: dict[str, int]

    def refuse(self, link: Link, match: str | None = None) -> None:
        with pytest.raises(Refusal, match=match):
            deepcopy(self.run).push(encode_link(link))


def training(runs: Any, name: str) -> Training:
    bundle = runs.bundle(name)
    run = Run(decode_order(bundle.order), None, True, bundle.program)
    links = [decode_link(content) for content in bundle.links]
    # Not the first, so that it opens what another link left.
    last = max(i for i, link in enumerate(links) if link.statement.steps)
    assert last > 0
    for content in bundle.links[:last]:
        run.push(content)
    places: dict[str, int] = {}
    receive, reveal = Channel.receive, Channel.receive_revealed

    def receive_named(channel: Channel, label: str, count: int) -> Any:
        places.setdefault(label, channel.received)
        return receive(channel, label, count)

    def reveal_named(channel: Channel, label: str, count: int) -> Any:
        places.setdefault(label, channel.shown)
        return reveal(channel, label, count)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Channel, "receive", receive_named)
        patch.setattr(Channel, "receive_revealed", reveal_named)
        deepcopy(run).push(bundle.links[last])
    return Training(run, links[last], places)


@pytest.fixture(scope="module")
def hiding(runs: Any) -> Training:
    return training(runs, "hiding")


@pytest.fixture(scope="module")
def clear(runs: Any) -> Training:
    return training(runs, "clear")


def changed(values: list[Element], place: int) -> list[Element]:
    return [*values[:place], values[place] + ONE, *values[place + 1 :]]


def other(value: Any) -> Any:
    """A value of the same type that is another one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"\1"
    if isinstance(value, int):
        return value + 1
    if isinstance(value, Arbitrary):
        return PublicSeed(bytes(32))
    if isinstance(value, list):
        return [*value[:-1], other(value[-1])] if value else [1]
    if value is None:
        return Envelope(bytes(32), bytes(32))
    return dataclasses.replace(value, after=other(value.after))


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_of_the_statement(hiding: Training, name: str) -> None:
    statement = hiding.link.statement
    value = getattr(statement, name)
    # Kind, channel and level have few values.
    wrong = 1 - value if name in ("channel", "security") else 2 if name == "kind" else other(value)
    changes: dict[str, Any] = {name: wrong}
    hiding.refuse(
        dataclasses.replace(hiding.link, statement=dataclasses.replace(statement, **changes))
    )


def test_all_links_are_on_one_channel(hiding: Training, clear: Training) -> None:
    for made in (hiding, clear):
        channel = 1 - made.link.statement.channel
        statement = dataclasses.replace(made.link.statement, channel=channel)
        made.refuse(dataclasses.replace(made.link, statement=statement), "chain: channel")


@pytest.mark.parametrize("label", SENT)
def test_each_kind_of_masked_scalar(hiding: Training, label: str) -> None:
    scalars = changed(hiding.link.scalars, hiding.places[f"zkpot/v1/{label}"])
    hiding.refuse(dataclasses.replace(hiding.link, scalars=scalars), "masks")


@pytest.mark.parametrize("label", REVEALED)
def test_each_kind_of_revealed_value(hiding: Training, label: str) -> None:
    revealed = changed(hiding.link.revealed, hiding.places[f"zkpot/v1/{label}"])
    hiding.refuse(dataclasses.replace(hiding.link, revealed=revealed), "masks")


def test_every_label_is_in_the_manifest(hiding: Training) -> None:
    assert set(hiding.places) == {f"zkpot/v1/{label}" for label in SENT + REVEALED}


@pytest.mark.parametrize(
    ("label", "part"),
    [
        ("lookup/root", "root's denominator"),
        ("lookup/round", "layer 1"),
        ("lookup/children", "layer 0"),
        ("product/value", "factors"),
        ("product/round", "factors"),
        ("product/factors", "factors"),
        ("opening/round", "claims"),
        ("opening/value", "claims"),
    ],
)
def test_each_kind_of_clear_scalar(clear: Training, label: str, part: str) -> None:
    name = "revealed" if label == "opening/value" else "scalars"
    values = changed(getattr(clear.link, name), clear.places[f"zkpot/v1/{label}"])
    changes: dict[str, Any] = {name: values}
    clear.refuse(dataclasses.replace(clear.link, **changes), part)


@pytest.mark.parametrize("name", ["scalars", "revealed"])
def test_one_too_many_or_too_few(clear: Training, name: str) -> None:
    values = getattr(clear.link, name)
    for wrong in (values[:-1], [*values, ONE]):
        changes: dict[str, Any] = {name: wrong}
        clear.refuse(dataclasses.replace(clear.link, **changes), "proof")


def test_another_witness(clear: Training) -> None:
    assert clear.link.witness is not None
    clear.refuse(dataclasses.replace(clear.link, witness=other(clear.link.witness)))
    clear.refuse(dataclasses.replace(clear.link, witness=None), "witness")


def test_openings(hiding: Training) -> None:
    openings = hiding.link.openings
    middle = len(openings[0]) // 2
    damaged = openings[0][:middle] + other(openings[0][middle:])
    for wrong, why in (
        ([damaged, *openings[1:]], "opening"),
        ([openings[1], openings[0], *openings[2:]], "opening"),
        (openings[:-1], "one for each"),
        ([*openings, openings[0]], "one for each"),
    ):
        hiding.refuse(dataclasses.replace(hiding.link, openings=wrong), why)


def test_encodings(hiding: Training) -> None:
    content = encode_link(hiding.link)
    for wrong in (content[:-1], content + b"\0", b"ZKLINK\x00\x03" + content[8:]):
        with pytest.raises(Refusal, match="encoding"):
            deepcopy(hiding.run).push(wrong)
    # Five as two bytes: the same number, encoded in another way.
    head = content[:8]
    with pytest.raises(Refusal, match="not canonical"):
        decode_link(head + bytes([content[8] | 128, 0]) + content[9:])


def test_a_pending_claim_must_be_opened(hiding: Training) -> None:
    run = deepcopy(hiding.run)
    assert run.states is not None
    assert run.states.pending is not None
    claim = dataclasses.replace(run.states.pending, value=run.states.pending.value + ONE)
    run.states = dataclasses.replace(run.states, pending=claim)
    with pytest.raises(Refusal, match="opening"):
        run.push(encode_link(hiding.link))


def test_links_swapped_missing_or_repeated(runs: Any) -> None:
    bundle = runs.bundle("clear")
    links = list(bundle.links)
    for wrong, why in (
        ([links[1], links[0], *links[2:]], "chain"),
        (links[1:], "chain"),
        ([links[0], links[0], *links[1:]], "chain"),
        (links[:-1], "open"),
    ):
        with pytest.raises(Refusal, match=why):
            verify_run(bundle.program, bundle.order, wrong, allow_clear=True)
    with pytest.raises(Refusal, match="hides nothing"):
        verify_run(bundle.program, bundle.order, links)


def test_each_entry_of_the_order(runs: Any) -> None:
    bundle = runs.bundle("seed")
    order = json.loads(bundle.order)
    wrong = {
        "program": "00" * 32,
        "first": "00" * 32,
        "shards": ["00" * 32],
        "shard_rows": [23],
        "nonce": "00" * 32,
        "context": "00",
        "origin": "seed " + "08" * 32,
        "earlier_steps": 1,
        "security": 128,
    }
    assert wrong.keys() == order.keys()
    for name, value in wrong.items():
        text = json.dumps({**order, name: value}).encode()
        with pytest.raises(Refusal, match=r"chain|order|origin"):
            verify_run(bundle.program, text, bundle.links)


def test_another_seed_in_all_statements(runs: Any) -> None:
    """States that come from another seed than the order and the statement say."""
    bundle = runs.bundle("seed")
    order = json.loads(bundle.order)
    order["origin"] = "seed " + "08" * 32
    link = decode_link(bundle.links[0])
    statement = dataclasses.replace(link.statement, origin=PublicSeed(bytes([8] * 32)))
    content = encode_link(dataclasses.replace(link, statement=statement))
    with pytest.raises(Refusal, match="masks"):
        verify_run(bundle.program, json.dumps(order).encode(), [content])


def test_a_continuation_needs_the_head(runs: Any) -> None:
    bundle = runs.bundle("evaluation")
    with pytest.raises(Refusal, match="head is not given"):
        verify_run(bundle.program, bundle.order, bundle.links)


def test_a_continuation_counts_the_heads_steps(runs: Any) -> None:
    bundle, before = runs.bundle("evaluation"), runs.bundle("hiding")
    earlier = verify_run(before.program, before.order, before.links)
    head = Head.from_bytes(bytes.fromhex(earlier.continuation))
    assert (earlier.earlier_steps, head.steps) == (0, 3)
    receipt = verify_run(bundle.program, bundle.order, bundle.links, previous=head.to_bytes())
    # The batches of an evaluation train nothing.
    assert (receipt.earlier_steps, receipt.steps) == (3, 6)
    assert Head.from_bytes(bytes.fromhex(receipt.continuation)).steps == 3
    for wrong in (2, 4):
        other = dataclasses.replace(head, steps=wrong).to_bytes()
        with pytest.raises(Refusal, match="earlier steps"):
            verify_run(bundle.program, bundle.order, bundle.links, previous=other)
    order = {**json.loads(bundle.order), "earlier_steps": 2}
    other = dataclasses.replace(head, steps=2).to_bytes()
    with pytest.raises(Refusal, match="chain: earlier steps"):
        verify_run(bundle.program, json.dumps(order).encode(), bundle.links, previous=other)


def test_another_program(runs: Any) -> None:
    bundle, evaluation = runs.bundle("hiding"), runs.bundle("evaluation")
    with pytest.raises(Refusal, match="order: program"):
        verify_run(evaluation.program, bundle.order, bundle.links)
    with pytest.raises(Refusal, match="encoding"):
        verify_run(bundle.program + b"\0", bundle.order, bundle.links)


@pytest.mark.parametrize(("window", "batch"), [(0, 4), (3, 4), (2048, 4096)])
def test_windows_of_other_lengths(runs: Any, window: int, batch: int) -> None:
    """A verifier goes through the steps of the last window."""
    text = json.loads(_native.Program.from_bytes(runs.bundle("clear").program).to_json())
    with pytest.raises(InputError, match=r"a window has 1 to 1,024 training steps"):
        _native.Program.from_json(json.dumps(text | {"window": window, "batch": batch}))
    program = decode_program(runs.bundle("clear").program)
    with pytest.raises(Refusal, match="a window has training steps of equal batches"):
        check(dataclasses.replace(program, window=window, batch=batch))


def test_a_long_axis(runs: Any) -> None:
    """A state that nothing reads may have any shape, up to what a verifier can hold."""
    program = decode_program(runs.bundle("clear").program)
    state = dataclasses.replace(
        program.states[0], name="long", tensor=len(program.tensors), next=len(program.tensors)
    )
    tensor = dataclasses.replace(program.tensors[program.states[0].tensor], name="long")

    def with_axis(length: int) -> Any:
        long = dataclasses.replace(tensor, shape=[length])
        kept = dataclasses.replace(state, shape=[length])
        return dataclasses.replace(
            program, tensors=[*program.tensors, long], states=[*program.states, kept]
        )

    def with_outside(shape: list[int]) -> Any:
        one = with_axis(4)
        kept = dataclasses.replace(one.states[-1], shape=shape)
        return dataclasses.replace(one, states=[*one.states[:-1], kept])

    check(with_axis(1 << 20))
    check(with_outside([2, 2]))
    with pytest.raises(Refusal, match="'long' has another size outside"):
        check(with_outside([3]))
    with pytest.raises(Refusal, match="shape of 'long'"):
        check(with_axis((1 << 20) + 1))
