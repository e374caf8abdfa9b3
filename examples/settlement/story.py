"""How it goes when everybody does what was agreed, and when a consumer does not answer."""

from __future__ import annotations

from examples.settlement.model import accuracy
from examples.settlement.person import Person
from examples.settlement.telling import chapter, expect, say
from examples.settlement.town import BOND, CHUNK, Town

#: The order that is paid.
NAME = "order"
PRICE = 80
#: Seconds of the book's shortest window for keys, of which half is waited.
WINDOW = 3600


def pays_for_training(town: Town, front: str) -> None:
    """An order of two chunks, from the signature to the weights."""
    chapter("Two workers bid for an order, and the better bid wins")
    for worker in (town.ada, town.ben):
        worker.zkpot("stake", "add", 10_000)
        worker.zkpot("stake", "authorise")
    paid_by = town.money(town.consumer)
    town.order(NAME, front, 2 * CHUNK, [(town.ada, 95), (town.ben, PRICE)])
    expect("the winner", town.state(NAME)["worker"], town.ben.address)

    chapter("The winner trains, proves, and is paid for the key of the weights")
    me, worker = town.consumer, town.ben
    me.gives(worker, "digits.zkprog", "train.npz", "weights.safetensors", "commitment")
    town.trains(worker, NAME, 2 * CHUNK)
    _proves(town, worker, 0)
    worker.gives(me, f"{NAME}-run/public/envelopes/000000.envelope", "0.evm")
    me.zkpot(
        *("order", "accept", f"{NAME}.json", "--ciphertext", "000000.envelope"),
        *("--sign", "acceptance.json"),
    )
    me.gives(worker, "acceptance.json")
    _reveals(worker, 0, "--acceptance", "acceptance.json")
    worker.zkpot("claim")
    before = accuracy(me.folder, "weights.safetensors")
    half = _opens(town, 0)

    chapter("The consumer does not answer any more: the worker publishes, and is paid")
    _proves(town, worker, 1)
    envelope = f"{NAME}-run/public/envelopes/000001.envelope"
    worker.zkpot("order", "publish", f"{NAME}.json", "--ciphertext", envelope)
    town.chain.pass_time(WINDOW)
    _reveals(worker, 1)
    worker.zkpot("claim")
    # What is on a chain is everybody's, the key, too.
    me.zkpot("order", "ciphertext", f"{NAME}.json", "-o", "000001.envelope")
    worker.gives(me, "1.evm")
    whole = _opens(town, 1)

    me.zkpot("claim")
    steps = 2 * CHUNK
    expect("the order", town.state(NAME)["state"], "completed")
    expect("what the consumer paid", paid_by - town.money(me), steps * PRICE + BOND)
    say(f"test accuracy in torch: {before:.1%}, after {CHUNK} steps {half:.1%}, then {whole:.1%}")
    if not before < half < whole:
        raise RuntimeError("the weights that were paid for are no better")


def _proves(town: Town, worker: Person, chunk: int) -> None:
    """One proof of a chunk, which the contract verifies."""
    worker.zkpot(
        *("wrap", f"{NAME}-run", "--first", chunk, "--links", 1),
        *("--keys", town.keys, "--test-srs", "-o", f"{chunk}.evm"),
    )
    worker.zkpot("settle", f"{chunk}.evm", "--order", f"{NAME}.json")


def _reveals(worker: Person, chunk: int, *how: str) -> None:
    key = f"{NAME}-run/secret/keys/{chunk:06}.key"
    worker.zkpot("order", "reveal", f"{NAME}.json", "--key", key, *how)


def _opens(town: Town, chunk: int) -> float:
    """The accuracy of what the consumer decrypts with the key from the chain."""
    me, name = town.consumer, f"{chunk:06}"
    me.zkpot("order", "key", f"{NAME}.json", "-o", f"{name}.key")
    me.zkpot(
        *("wrap", "open", f"{chunk}.evm", "--program", "digits.zkprog"),
        *("--ciphertext", f"{name}.envelope", "--key", f"{name}.key"),
        *("-o", f"{name}.safetensors"),
    )
    return accuracy(me.folder, f"{name}.safetensors")
