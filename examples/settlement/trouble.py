"""What goes wrong, and who pays for it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

from examples.settlement.person import Person
from examples.settlement.story import NAME
from examples.settlement.telling import chapter, expect, say
from examples.settlement.town import AT_STAKE, BOND, CHUNK, MOST, WORKING, Town
from zkpot.artifacts.evm_proof import EvmProof
from zkpot.errors import CallReverted
from zkpot.pipeline.claiming import unproven
from zkpot.settle.book import Book
from zkpot.settle.claims import Claims
from zkpot.settle.contracts.refusals import decoded
from zkpot.settle.order_file import OrderFile
from zkpot.settle.transactions.actions import perform

#: The order whose worker disappears, and those that are claimed.
LATE, SILENT, FALSE = "late", "silent", "false"
#: Units of the claims: of a worker, a validator, who doubts, and who answers.
STAKE, SEAT, DOUBT, FEE = 2_000, 1_500, 300, 20
HOUR = 3600


def with_proofs(town: Town, front: str) -> None:
    """Proofs that are invalid, or of another order. An order of the same worker waits for one."""
    chapter("Proofs that are no proofs, or of something else, pay nothing")
    town.order(LATE, front, CHUNK, [(town.ben, 80)])
    worker, thief = town.ben, town.eve
    town.trains(worker, LATE, CHUNK)
    worker.gives(thief, "0.evm", f"{NAME}.json", f"{LATE}.json")
    say("the proof that was paid, for the other order")
    thief.zkpot("settle", "0.evm", "--order", f"{LATE}.json", code=1)
    paid = EvmProof.read(thief.folder / "0.evm")
    _is_refused(town, town.given(LATE), paid, "InvalidProof")

    say("the same proof with the other order's terms: what its statement says is another")
    own = unproven(worker.folder / f"{LATE}-run", 0, 1)
    forged = replace(own, circuit=paid.circuit, hash=paid.hash, proof=paid.proof)
    forged.write(thief.folder / "forged.evm")
    thief.zkpot("settle", "forged.evm", "--order", f"{LATE}.json", code=1)
    _is_refused(town, town.given(LATE), forged, "InvalidProof")

    say("the proof that was paid, once more for its own order")
    thief.zkpot("settle", "0.evm", "--order", f"{NAME}.json", code=2)
    _is_refused(town, town.given(NAME), paid, "WrongState")


def with_a_worker(town: Town) -> None:
    """One who won and disappears: the consumer has its money back, and the worker loses stake."""
    chapter("A worker disappears")
    me, worker = town.consumer, town.ben
    had, staked = town.money(me), town.staked(worker)
    town.chain.pass_time(WORKING)
    me.zkpot("order", "expire", f"{LATE}.json")
    me.zkpot("claim")
    expect("the order", town.state(LATE)["state"], "late")
    expect("the consumer has back", town.money(me) - had, CHUNK * MOST + BOND)
    expect("the worker lost of its stake", staked - town.staked(worker), AT_STAKE)


def with_a_validator(town: Town, front: str) -> None:
    """One who is silent, and a claim that is false."""
    chapter("A validator is silent, is asked, and loses its seat; the claim is paid")
    claims = _claims(town, front)
    town.order(SILENT, claims, CHUNK, [(town.ada, 70)])
    worker, me = town.ada, town.consumer
    me.gives(worker, "digits.zkprog", "train.npz", "weights.safetensors", "commitment")
    claim = _posts(town, SILENT)
    validator = _draws(town, claim)
    expect("drawn", validator, town.val.address)
    town.eve.zkpot("challenge", "ask", claim, code=2)
    town.chain.pass_time(2 * HOUR)
    town.eve.zkpot("challenge", "ask", claim)
    town.chain.pass_time(HOUR)
    town.eve.zkpot("challenge", "advance", claim)
    expect("stake of the silent one", town.staked(town.val), 0)
    town.chain.pass_time(6 * HOUR)
    worker.zkpot("challenge", "advance", claim)
    worker.zkpot("challenge", "settle", f"{SILENT}-run", "--order", f"{SILENT}.json", "--links", 1)
    me.zkpot(*_accepting(town, worker))
    worker.zkpot(
        *("order", "reveal", f"{SILENT}.json", "--key", f"{SILENT}-run/secret/keys/000000.key")
    )
    expect("the order", town.state(SILENT)["state"], "completed")

    chapter("A claim is false: who doubts it has a part of the stake")
    town.order(FALSE, claims, CHUNK, [(town.ada, 70)])
    staked = town.staked(worker)
    claim = _lies(town, claims)
    _draws(town, claim)
    me.zkpot("challenge", "doubt", claim)
    town.chain.pass_time(4 * HOUR)
    me.zkpot("challenge", "advance", claim)
    expect("the claim", me.looks("challenge", "show", claim)["state"], "void")
    expect("the worker lost of its stake", staked - town.staked(worker), STAKE)
    town.chain.pass_time(WORKING)
    me.zkpot("order", "expire", f"{FALSE}.json")


def _is_refused(town: Town, given: OrderFile, proof: EvmProof, why: str) -> None:
    """By the contract itself, whatever zkpot looked at before."""
    chain = town.seen()
    intent = Book(chain, town.market.book).settle(given.order, 0, proof).intent
    data = bytes.fromhex(intent.data)
    receipt = town.eve.sends(intent.contract, data)
    expect("the contract takes it", bool(receipt["status"]), False)
    try:
        chain.node.call(intent.contract, data)
    except CallReverted as error:
        name, _ = decoded(error.data) or ("nothing", {})
    else:
        name = "nothing"
    expect("it says", name, why)


def _claims(town: Town, front: str) -> str:
    """Claims before the front, and a validator with a seat."""
    made = town.operator.asks(
        *("order", "deploy-claims", front, "--stake", STAKE, "--seat", SEAT),
        *("--bond", DOUBT, "--fee", FEE),
    )
    for person in town.people:
        person.variables["ZKPOT_CLAIMS"] = made["claims"]
    town.val.zkpot("stake", "add", SEAT)
    town.val.zkpot("challenge", "enrol")
    town.val.zkpot("challenge", "take")
    return str(made["claims"])


def _posts(town: Town, name: str) -> str:
    """The claim of what the worker trained."""
    worker = town.ada
    town.trains(worker, name, CHUNK)
    receipt = worker.asks(
        "challenge", "post", f"{name}-run", "--order", f"{name}.json", "--links", 1
    )
    return _posted(receipt["events"])


def _lies(town: Town, claims: str) -> str:
    """The claim of states that nobody trained."""
    worker = town.ada
    town.trains(worker, FALSE, CHUNK)
    true = unproven(worker.folder / f"{FALSE}-run", 0, 1)
    after = f"{int(true.links[0].after, 16) ^ 1:064x}"
    false = replace(true, links=(replace(true.links[0], after=after),))
    given = town.given(FALSE)
    action = Claims(town.seen(), claims).post(
        town.market.book, given.order, false, bytes(32), worker.address
    )
    say(f"{worker.name} claims states that it has not: {after}")
    receipt = perform(town.sender(worker, claims), action)
    return _posted([event.to_value() for event in receipt.events])


def _posted(events: Any) -> str:
    (claim,) = [event["values"]["statement"] for event in events if event["event"] == "Posted"]
    return str(claim)


def _draws(town: Town, claim: str) -> Any:
    """Who was drawn to look."""
    town.chain.pass_time(60)
    town.eve.zkpot("challenge", "draw", claim)
    return town.eve.looks("challenge", "show", claim)["validator"]


def _accepting(town: Town, worker: Person) -> tuple[str, ...]:
    """The worker hands its envelope over, and the consumer accepts it on the chain."""
    envelope = worker.folder / f"{SILENT}-run" / "public" / "envelopes" / "000000.envelope"
    shutil.copyfile(envelope, town.consumer.folder / f"{SILENT}.envelope")
    return ("order", "accept", f"{SILENT}.json", "--ciphertext", f"{SILENT}.envelope")
