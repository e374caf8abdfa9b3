"""What has to be true of a run that was killed and went on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from benches.long_run.watch import Seen
from zkpot.plan import link_lengths

#: Inode, size and time of the last change of each file.
Standing = Mapping[str, tuple[int, int, int]]


def standing(run: Path) -> Standing:
    """The links and records of a run; whatever is written anew has another inode and time."""
    folders = (run / "public" / "links", run / "secret" / "journal")
    found = {}
    for path in (path for folder in folders for path in folder.iterdir()):
        # Files on their way have another ending.
        if path.suffix in (".link", ".json"):
            state = path.stat()
            found[f"{path.parent.name}/{path.name}"] = (
                state.st_ino,
                state.st_size,
                state.st_mtime_ns,
            )
    return found


def proven_once(records: Sequence[Seen], steps: int, longest: int, window: int) -> bool:
    """Whether training links are as many and as long as those of a run that nobody killed."""
    ends = [0, *(record.steps for record in records if record.kind == "training")]
    lengths = [after - before for before, after in pairwise(ends)]
    return lengths == link_lengths(steps, longest, window)


def lost(records: Sequence[Seen], process: int, usual: float) -> float:
    """Seconds that the end of a process cost: from link to link, less what a link takes."""
    links = [record for record in records if record.kind == "training"]
    before = max(record.second for record in links if record.process <= process)
    after = min(record.second for record in links if record.process > process)
    return after - before - usual
