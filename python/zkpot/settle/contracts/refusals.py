"""Why a contract refuses a call, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from zkpot.errors import CallReverted, InvalidProof, ZkpotError
from zkpot.settle.contracts.interface import interface, named
from zkpot.settle.contracts.states import claim_state_name, state_name
from zkpot.settle.extra import needed

with needed():
    from eth_abi.abi import decode
    from eth_abi.exceptions import DecodingError
    from eth_utils.abi import collapse_if_tuple

#: Contracts whose errors are known. Of two errors that are written alike the first one counts.
_CONTRACTS = (
    *("OrderBook", "Staking", "TrainingVerifier", "Token"),
    *("Envelopes", "Claims", "Parameters", "Registry"),
)
#: Arguments that are seconds of the epoch, and states of an order.
_TIMES = frozenset({"now_", "biddingEnds", "deadline", "leavesAt", "until"})

#: What each error means, with the names of its values. Where two contracts have other errors of one
#: name, the later one's has the contract before it.
SENTENCES = {
    "AccessControlBadConfirmation": "a role is given back by its holder alone",
    "AccessControlUnauthorizedAccount": "{account} has not the role {neededRole}",
    "AlreadyReserved": "stake of {worker} is reserved for {key} already",
    "AnotherCiphertext": "what was published has the hash {have}, not {want}: begin anew (--again)",
    "AnotherKey": "the key's hash is {have}, and the seal's is {want}",
    "AnotherProgram": "the front's circuit is for program {have}, and the order names {want}",
    "AnotherSeal": "the seal has the hash {have}, and the order's last one {want}",
    "AnotherVerifier": "the code of the front or its verifier has the hash {have}, not {want}",
    "Arrived": "{have} units of the token arrived in place of {want}: it keeps a fee",
    "BadCommitment": "no proof can show the commitment '{field}', {commitment}",
    "BadDelay": "a new key waits {least} to {most} seconds, not {have}",
    "BadPart": "a part of {length} elements where {missing} are missing",
    "BadShape": "no circuit has the value {value} for '{field}'",
    "BadStanding": "the front says that the run stands after {have} steps, and {want} are next",
    "BadStart": "a part begins at element {have}, and {want} comes next",
    "BadSteps": "{steps} steps: a multiple of {chunkSteps} is needed, and at most {most}",
    "BadTimes": (
        "times are out of order: now {now_}, end of bidding {biddingEnds}, deadline {deadline}, at "
        "most a year from now"
    ),
    "BadWindow": "the window for keys has {have} seconds, and this front's orders {least} or more",
    "BiddingNotOver": "bidding goes on until {biddingEnds}",
    "BiddingOver": "bidding ended {biddingEnds}",
    "CheckpointUnorderedInsertion": "versions are added in the order of their times",
    "ChunkSteps": "a proof of this front shows {want} steps, and the order says {have}",
    "Claims.NotAccepted": "claim {statement} is {have}, so a proof is needed",
    "Claims.WrongState": "claim {statement} is {have}, in which that is not done",
    "ConditionNotMet": "the offer has {condition} {have}, and the order asks for {want}",
    "ERC20InsufficientAllowance": (
        "{spender} may take {allowance} units of the token, and {needed} are needed: approve them"
    ),
    "ERC20InsufficientBalance": "{sender} has {balance} units of the token, not {needed}",
    "ERC20InvalidApprover": "{approver} cannot approve",
    "ERC20InvalidReceiver": "{receiver} cannot receive tokens",
    "ERC20InvalidSender": "{sender} cannot send tokens",
    "ERC20InvalidSpender": "{spender} cannot spend tokens",
    "Envelope": (
        "link {link} has the envelope {ciphertext}, {key}, and the front takes none or another"
    ),
    "Envelopes.NotInField": (
        "{value} is no element of the field: it is as large as its order, or larger"
    ),
    "HasBid": "{worker} bid for it",
    "InvalidProof": "the proof does not show statement {statement}",
    "InvalidShortString": "a text is damaged in the contract's storage",
    "KeyTaken": "{key} belongs, or belonged, to {account}",
    "Links": "the proof has {have} links, which is another number than the front's",
    "NoBid": "nobody bid for it",
    "NoHashYet": (
        "block {draws} draws the validator, and this is {block_}: wait until it has passed"
    ),
    "NoPath": "the order's scalars are constant, and a path of {length} came with them",
    "NoRegistry": "there is no registry at {registry}",
    "NoRole": "{roles} is no set of roles",
    "NoStaking": "there is no staking contract at {staking}",
    "NoToken": "there is no token at {token}",
    "NoTreasury": "what is slashed needs a treasury",
    "NoVerifier": "there is no verifier at {verifier}",
    "NoVersion": "the terms have no version {version}",
    "NotAccepted": "the consumer did not accept ciphertext {ciphertext}, nor is it published",
    "NotAuthorised": "{worker} has not authorised {reserver}: 'zkpot stake authorise'",
    "NotBetter": "a bid of {have} a step is not below {best}",
    "NotConstant": "link {link} has the scalar {have} at {at}, and the order has {want} throughout",
    "NotConsumer": "{have} is not the order's consumer {want}",
    "NotEnoughGas": "{have} units of gas are left for the verifier, which needs {need}",
    "NotEnrolled": "{account} has not enrolled",
    "NotFinal": "its settlement is final in block {final_}, and this is {block_}",
    "NotForThis": "the order names {verifier}, and not these claims",
    "NotFree": "{worker} has {have} units of free stake, and {want} are needed",
    "NotFromFirst": "the proof starts from {before}, and the run from {first}",
    "NotInField": "'{field}' is no element of the circuit's field: {value}",
    "NotLate": "the worker has until {deadline}",
    "NotProposed": "{key} is not proposed for {account}",
    "NotReserved": "{have} units of {worker} are reserved for {key}, not {want}",
    "NotSigned": "{consumer} did not sign it",
    "NotTheValidator": "{validator} was drawn to answer, or its key, and not {sender}",
    "NotTheirs": "{sender} is neither {account} nor its key",
    "NotValidator": "{account} has not enrolled as a validator: 'zkpot challenge enrol'",
    "NotYourSeat": "seat {number} is {validator}'s",
    "NothingLeaving": "nothing of {worker}'s is leaving",
    "NothingSealed": "all that is proven is paid",
    "NothingToClaim": "{account} has nothing to claim",
    "OnDuty": "seat {number} is on duty for claim {statement}",
    "OtherScalars": "the scalars of chunk {chunk} are {have}, and the order has {want}",
    "OutOfBounds": "'{term}' is {have}, and must be {least} to {most}",
    "Outputs": "link {link} has {have} totals, and the program has {want}",
    "OwnableInvalidOwner": "{owner} cannot own it",
    "OwnableUnauthorizedAccount": "{account} does not own it",
    "PreviousStatement": "a run's first link alone has no previous statement (step {firstStep})",
    "ProofBytes": "the proof has {have} bytes, and one of this front has {want}",
    "ReentrancyGuardReentrantCall": "the contract is being called already",
    "SafeCastOverflowedUintDowncast": "{value} has more than {bits} bits",
    "SafeERC20FailedOperation": "the token at {token} does not move",
    "Scalars": "link {link} has {have} scalars, and one of this front has {want}",
    "ShareTooLarge": "an accuser's share is {most} of 10,000 at most, not {have}",
    "Short": "the contract has {have} units of the token and owes {want}: the token took some",
    "StakeLeavesBefore": (
        "a claim takes {longest} s at most, and a challenge {challengePeriod} s: stake could "
        "leave before"
    ),
    "StillBonded": "what is leaving can be withdrawn from {leavesAt} on",
    "StringTooLong": "the text '{str}' is too long",
    "TooEarly": "that can be done after {until}",
    "TooLate": "the deadline was {deadline}",
    "TooManyBytes": "{have} bytes, and a member publishes {most} at most",
    "TooManySteps": "the run would have {have} steps, and its security allows {most}",
    "TrainedNotInField": "the commitment of link {link} is no element of the circuit's field",
    "UnbondingTooLong": "unbonding takes {most} seconds at most, not {have}",
    "UnbondingTooShort": "unbonding takes longer than a challenge, {challengePeriod} s, not {have}",
    "WrongState": "the order is {have}, and this needs one that is {want}",
    "ZeroAmount": "nothing of nothing",
}


def refusal(what: str, error: CallReverted) -> ZkpotError:
    """The error to raise for a call that a contract refuses.

    Args:
        what: The call, for the message.
        error: As the node gave it.
    """
    found = decoded(error.data)
    if found is None:
        said = f" (0x{error.data[:36].hex()})" if error.data else ""
        return CallReverted(f"{what}: {error}{said}", error.data)
    name, values = found
    sentence = f"{what}: refused, {SENTENCES[name].format(**values)}"
    if name == "InvalidProof":
        return InvalidProof(sentence)
    return CallReverted(sentence, error.data)


def decoded(data: bytes) -> tuple[str, dict[str, str]] | None:
    """A custom error's sentence and values, as they are shown; None where it is not known."""
    entry = known().get(data[:4])
    if entry is None:
        return None
    try:
        found = decode([collapse_if_tuple(value) for value in entry["inputs"]], data[4:])
    except (DecodingError, ValueError, OverflowError):
        return None
    sentence = str(entry["sentence"])
    shown = {
        argument["name"]: _shown(sentence, argument["name"], named(argument, value))
        for argument, value in zip(entry["inputs"], found, strict=True)
    }
    return sentence, shown


@lru_cache
def known() -> dict[bytes, Mapping[str, Any]]:
    """All errors of the contracts, by their selectors, each with the name of its sentence."""
    found: dict[bytes, Mapping[str, Any]] = {}
    for name in _CONTRACTS:
        for selector, entry in interface(name).errors.items():
            taken = entry["name"] in {other["name"] for other in found.values()}
            sentence = f"{name}.{entry['name']}" if taken else entry["name"]
            found.setdefault(selector, {**entry, "sentence": sentence})
    return found


def date(seconds: int) -> str:
    """A moment as people read it."""
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s"


def _shown(error: str, argument: str, value: Any) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if argument in _TIMES:
        return date(value)
    if error == "WrongState" and isinstance(value, int):
        return state_name(value)
    if error.startswith("Claims.") and isinstance(value, int):
        return claim_state_name(value)
    return str(value)
