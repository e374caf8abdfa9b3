"""The beginning of a run: its order, its first commitments, its first record."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence

from zkpot import plan
from zkpot.artifacts.channel import Channel
from zkpot.artifacts.journal import Record, Settings
from zkpot.artifacts.order import Order
from zkpot.artifacts.owner_directory import OwnerDirectory
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.errors import InputError
from zkpot.interrupt import Interruptible
from zkpot.pipeline.integers import initial_integers, shard_integers
from zkpot.pipeline.nonce import choose_nonce
from zkpot.pipeline.ownership import shard_rows_of
from zkpot.pipeline.proving.fingerprint import fingerprint
from zkpot.pipeline.proving.openings import Openings
from zkpot.pipeline.proving.predecessor import Predecessor, kept_rows, steps_behind
from zkpot.pipeline.proving.request import Request
from zkpot.pipeline.proving.resources import Resources
from zkpot.progress import Progress

# Links from which on a run's soundness is looked at before it begins, which takes a tenth of a
# second: runs of fewer are far from the limit.
_ACCOUNTED = 100


def begin(
    request: Request,
    directory: RunDirectory,
    steps: int,
    openings: Openings,
    work: Interruptible,
    progress: Progress,
) -> None:
    """Begins a run of `steps` steps in an empty directory.

    Raises:
        InputError: Something given cannot be used; nothing was changed.
        NotEnoughResources: Memory or disk would not suffice, or the disk became full.
    """
    program = request.program
    _check_wrapped(request)
    nonce = choose_nonce(request.nonce, request.seed)
    resources = Resources(request, directory)
    longest = resources.longest_link(steps)
    rows = _shard_rows(request, longest)
    # Before the first commitment: better no run than one that stops half-way, or is refused.
    resources.check_disk(rows, steps)
    _check_soundness(request, steps, longest)
    earlier = steps_behind(request.after) if request.after is not None else 0
    request.rates.integers(program, 0, steps, earlier=earlier)
    if request.commitments is not None:
        _take(request, request.commitments, directory)
    _origin(request, None)
    predecessor = Predecessor.of(request, directory)
    states, shards = work.run(lambda: _commit(request, predecessor, rows, openings, work, progress))
    order = Order(
        program=program.digest,
        first=states,
        shards=tuple(shards),
        shard_rows=tuple(rows),
        nonce=nonce,
        context=request.context,
        origin=_origin(request, predecessor),
        earlier_steps=predecessor.steps if predecessor else 0,
        security=request.security,
    )
    salt = secrets.token_hex(16)
    record = Record(
        kind="commit",
        steps=0,
        states=states,
        shards={str(index): shard for index, shard in enumerate(shards)},
        settings=Settings(
            target=steps,
            link_steps=longest,
            given_rates=request.rates.given,
            default_rates=request.rates.defaults,
            salt=salt,
            data=fingerprint(request.data, salt),
            channel=request.channel,
            envelopes=request.envelopes,
            keep_data=request.keep_data,
            continuation=predecessor.continuation if predecessor else None,
            lineage=_lineage(request, predecessor),
        ),
    )
    directory.begin(program.native.to_bytes(), order, record)


def _check_wrapped(request: Request) -> None:
    """Refuses what a circuit could not follow, and what a closed link leaves nothing for."""
    after = request.after
    if after is not None and after.begun and after.journal.settings.channel == "wrapped":
        raise InputError(
            f"{after.path}: nothing continues a wrapped run; write its weights with "
            "'zkpot weights' and begin another from them (--weights)"
        )
    if request.channel != "wrapped":
        if request.envelopes:
            raise InputError(
                "--envelopes: only the circuit of a wrapped run shows what they hold; add --wrapped"
            )
        return
    if after is not None:
        raise InputError(
            f"{after.path}: a wrapped run continues no other; write that run's weights "
            "with 'zkpot weights' and give them as --weights, or drop --wrapped"
        )
    if request.init_seed is not None:
        raise InputError("--init-seed: a wrapped run does not prove it; give --weights")
    if request.shard_rows is not None:
        raise InputError("--shard-rows: a wrapped run reads its dataset as one shard; drop it")


def _check_soundness(request: Request, steps: int, longest: int) -> None:
    """Refuses a run of so many links that their errors add up to more than it may have.

    Where nothing hides only the verifier counts.
    """
    program = request.program
    links = len(plan.link_lengths(steps, longest, program.window))
    if links < _ACCOUNTED:
        return
    most = native.security(program, longest, request.security)["max_links"]
    if links > most and request.channel == "hiding":
        raise InputError(
            f"{steps} steps in links of {longest} are {links} links, and {request.security} bits "
            f"of soundness hold for {most}: give a larger --link-steps, or prove {most * longest} "
            "steps and the rest in a run that continues it (--after)"
        )


def _origin(request: Request, predecessor: Predecessor | None) -> str:
    """Where the first weights come from, as the order says it."""
    if request.init_seed is None:
        return predecessor.origin if predecessor else "arbitrary"
    if predecessor or request.weights or (request.commitments and request.commitments.states()):
        raise InputError("--init-seed draws the first weights: drop --weights, --after and others")
    return f"seed {request.init_seed}"


def _lineage(request: Request, predecessor: Predecessor | None) -> str | None:
    """The root under which the data's owner committed them, where it is not the order's own."""
    return predecessor.lineage if predecessor and request.data is None else None


def _shard_rows(request: Request, longest: int) -> list[int]:
    """Rows of each data shard, as their owner cut them or as suits links of `longest` steps."""
    if request.commitments is not None:
        public = request.commitments.public()
        if public.shard_rows:
            return list(public.shard_rows)
    if request.data is None and request.after is not None:
        return kept_rows(request.after)
    if request.data is None:
        raise InputError("a new run needs data: give --data, or --commitments that hold it")
    if request.channel == "wrapped":
        return [request.data.rows]
    return shard_rows_of(request.program, request.data.rows, longest, request.shard_rows)


#: What helps a run of this channel whose commitments are another's.
_ANOTHER_CHANNEL: dict[Channel, str] = {
    "hiding": "prove with --wrapped, or make others with 'zkpot commit'",
    "wrapped": "make others with 'zkpot commit --wrapped'",
    "clear": "give --data and --weights, or drop --clear",
}


def _take(request: Request, owner: OwnerDirectory, directory: RunDirectory) -> None:
    """Takes an owner's commitments for this run, which opens them; no other run may."""
    if owner.public().program != request.program.digest:
        raise InputError(f"{owner.path}: these commitments were made for another program")
    made_for = owner.public().security
    if made_for != request.security:
        raise InputError(
            f"{owner.path}: these commitments were made for {made_for} bits of security, and the "
            f"run is for {request.security}; give --security {made_for}"
        )
    channel = owner.public().channel
    if request.channel != channel:
        raise InputError(
            f"{owner.path}: these commitments were made for a {channel} run, and a "
            f"{request.channel} run can only use commitments made for a {request.channel} run; "
            f"{_ANOTHER_CHANNEL[request.channel]}"
        )
    # What hides nothing may be opened any number of times.
    if channel == "hiding":
        owner.take(hashlib.sha256(str(directory.path.resolve()).encode()).hexdigest())


def _commit(
    request: Request,
    predecessor: Predecessor | None,
    rows: Sequence[int],
    openings: Openings,
    work: Interruptible,
    progress: Progress,
) -> tuple[str, list[str]]:
    """Stores the openings of the first commitments; returns the commitments."""
    held = predecessor.states if predecessor else _owned_states(request)
    if held is None:
        integers = (
            native.initial_states(request.program, request.init_seed)
            if request.init_seed
            else initial_integers(request.program, request.weights)
        )
        held = native.commit_states(
            request.program, integers, request.security, channel=request.channel
        )
    states = openings.store(held)
    shards = []
    for shard in _first_shards(request, predecessor, rows):
        work.check()
        shards.append(openings.store(shard))
        progress.phase("commit", len(shards), len(rows))
    return states, shards


def _owned_states(request: Request) -> native.Held | None:
    opening = request.commitments.states() if request.commitments is not None else None
    return native.read_held(opening) if opening is not None else None


def _first_shards(
    request: Request, predecessor: Predecessor | None, rows: Sequence[int]
) -> Iterator[native.Held]:
    owned = 0
    if request.commitments is not None:
        for opening in request.commitments.shards():
            owned += 1
            yield native.read_held(opening)
    if not owned and request.data is not None:
        for fields in shard_integers(request.program, request.data, rows):
            yield native.commit_shard(
                request.program,
                fields,
                public=request.public_data,
                security=request.security,
                channel=request.channel,
            )
    elif not owned and predecessor is not None:
        yield from predecessor.shards
