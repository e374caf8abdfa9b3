"""A run's links with the keys of their circuit: what a proof or a contract is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zkpot.artifacts.envelope import Envelope
from zkpot.pipeline.wrapping.links import WrappedLinks, read_envelopes, read_links
from zkpot.pipeline.wrapping.setup import KeyOptions, SetUp, set_up
from zkpot.progress import Progress


@dataclass(frozen=True)
class ReadyLinks:
    """Links with their circuit.

    Attributes:
        read: The links, with what they state.
        envelopes: Theirs, with their keys; none where none were asked for, or they have none.
        made: Their circuit, with its keys.
    """

    read: WrappedLinks
    envelopes: list[Envelope]
    made: SetUp


def make_ready(
    run: Path,
    first: int = 0,
    links: int | None = None,
    options: KeyOptions | None = None,
    progress: Progress | None = None,
    *,
    envelopes: bool = False,
) -> ReadyLinks:
    """Verifies a wrapped run, reads some of its links, and makes the keys that are not there.

    Args:
        run: A run directory or a bundle.
        first: Number of the first link.
        links: How many a proof has; all that follow, unless it is said.
        options: Where keys come from.
        progress: Where to report to.
        envelopes: Whether to read the keys of envelopes, which a proof needs.

    Raises:
        InvalidProof: The run does not verify.
        InputError: It is not wrapped, or there are no keys.
        NotEnoughResources: Its circuit does not fit into a contract, or into memory.
    """
    read = read_links(run, first, links)
    # What is missing is said before keys are made, which takes minutes.
    found = read_envelopes(run, read, first) if envelopes else []
    made = set_up(read.program, read.name, options or KeyOptions(), progress)
    return ReadyLinks(read, found, made)
