"""Whether a training link takes its owners' commitments itself, or an import does before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from zkpot.artifacts.channel import Channel
from zkpot.artifacts.program import Program
from zkpot.errors import InputError
from zkpot.pipeline.costing.link import Link, Opened, count


def links_up_to(
    program: Program,
    steps: int,
    shards: Sequence[Opened],
    *,
    owned: bool,
    channel: Channel,
    fits: Callable[[Link], bool] = lambda _: True,
) -> list[Link]:
    """A training link, and the import before it where there is one.

    One link commits to no copies and opens less, but proves all ranges at once, which takes more
    memory, and may take a table of twice the size.

    Args:
        program: What is trained.
        steps: Of the training link.
        shards: Data shards that it reads.
        owned: Whether the states are their owner's.
        channel: That of the links.
        fits: Whether there is memory for a link.

    Raises:
        InputError: Links of so many steps, or shards of so many rows, are too large to prove.
    """
    apart = links_apart(program, steps, shards, owned=owned, channel=channel)
    if len(apart) == 1:
        return apart
    try:
        together = count(program, "training", steps, shards, states=owned, channel=channel)
    except InputError:
        return apart
    cheaper = together.seconds < sum(link.seconds for link in apart)
    return [together] if cheaper and fits(together) else apart


def links_apart(
    program: Program, steps: int, shards: Sequence[Opened], *, owned: bool, channel: Channel
) -> list[Link]:
    """A training link that takes nothing from owners, and the import before it where one is needed.

    Arguments and errors are those of `links_up_to`.
    """
    training = count(
        program,
        "training",
        steps,
        [replace(shard, owned=False) for shard in shards],
        channel=channel,
    )
    taken = [replace(shard, copied=True) for shard in shards if shard.owned]
    if not owned and not taken:
        return [training]
    states = True if owned else None
    return [count(program, "import", 0, taken, states=states, channel=channel), training]
