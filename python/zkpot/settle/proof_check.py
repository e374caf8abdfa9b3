"""Whether a proof is the one that an order pays for next, before anybody pays for asking."""

from __future__ import annotations

from zkpot.artifacts.evm_proof import EvmProof
from zkpot.errors import AlreadyDone, InputError, InvalidProof
from zkpot.settle.book import Entry
from zkpot.settle.context import context_of
from zkpot.settle.contracts.states import State, state_name
from zkpot.settle.order import Order, Schedule
from zkpot.settle.order_file import OrderFile
from zkpot.settle.scalars import Scalars, constant, leaf


def check_proof(given: OrderFile, entry: Entry, proof: EvmProof) -> int:
    """Compares what a proof says with the order and where it stands; the number of its chunk.

    That the proof is true no comparison shows: the chain's verifier does.

    Raises:
        InvalidProof: It shows something else.
        AlreadyDone: It was paid.
        InputError: The order is in no state to be settled.
    """
    if entry.state in (State.PROVEN, State.COMPLETED):
        raise AlreadyDone(
            f"order {given.number} is {state_name(entry.state)}: all its chunks are settled"
        )
    if entry.state is not State.AWARDED:
        raise InputError(
            f"order {given.number} is {state_name(entry.state)}, and only an awarded one is settled"
        )
    check_terms(given, entry.worker, proof)
    order, start = given.order, proof.start
    if start.first_step < entry.steps:
        raise AlreadyDone(
            f"order {given.number}: chunk {start.first_step // order.chunk_steps} is settled"
        )
    _compare("first step", start.first_step, entry.steps)
    _compare("states to start from", "0x" + start.before, entry.states)
    _compare("statement before", "0x" + start.previous, entry.statement)
    return entry.steps // order.chunk_steps


def check_terms(given: OrderFile, worker: str, proof: EvmProof) -> None:
    """Compares what a proof says with the order and its worker, wherever its chunk is in the run.

    Raises:
        InvalidProof: It is about something else.
    """
    order, terms = given.order, proof.terms
    context = context_of(given.chain_id, given.book, given.number, worker)
    _compare("program", "0x" + terms.program, order.program)
    _compare("first commitment", "0x" + terms.first, order.first)
    _compare("dataset", "0x" + terms.shard, order.shard)
    _compare("nonce", "0x" + terms.nonce, order.nonce)
    _compare("number of earlier steps", terms.earlier_steps, order.earlier_steps)
    _compare("context", terms.context, context.hex())
    _compare("number of steps", terms.steps * len(proof.links), order.chunk_steps)


def path_of(order: Order, chunk: int, proof: EvmProof, scalars: Scalars | None) -> list[bytes]:
    """What shows that the proof's scalars are those of the order.

    Raises:
        InvalidProof: They are not.
        InputError: The order is a listed one, and the list is missing or another.
    """
    links = [link.scalars for link in proof.links]
    if order.schedule == Schedule.CONSTANT:
        steps = proof.terms.steps
        for number, link in enumerate(links):
            values = link[::steps]
            if link != tuple(value for value in values for _ in range(steps)):
                raise InvalidProof(f"scalars of link {number} change, and the order's do not")
            _compare("scalars", "0x" + constant(values).hex(), order.scalars)
        return []
    if scalars is None:
        raise InputError("the order lists its scalars: give --scalars, the file made with it")
    _compare_list(scalars, order)
    if leaf(chunk, links) != leaf(chunk, scalars.chunks[chunk]):
        raise InvalidProof(f"scalars of chunk {chunk} are not those of the order")
    return scalars.path(chunk)


def _compare_list(scalars: Scalars, order: Order) -> None:
    if scalars.name != order.scalars or len(scalars.chunks) != order.chunks:
        raise InputError("the list of scalars is not the order's")


def _compare(what: str, have: object, want: object) -> None:
    if have != want:
        raise InvalidProof(f"the proof's {what} is {have}, and the order has {want}")
