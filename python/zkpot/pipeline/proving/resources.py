"""Whether memory and disk suffice, and how long links may be."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from zkpot import machine, plan
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.errors import InputError, NotEnoughResources
from zkpot.pipeline import prediction
from zkpot.pipeline.costing.link import Link
from zkpot.pipeline.ownership import shard_rows_of
from zkpot.pipeline.proving.request import Request

# Share of the available memory that a link may take.
_MEMORY_SHARE = 0.8
# What is predicted is in the middle of what was measured; what is planned with is above nearly all.
_MARGIN = 1.15
_NEVER = sys.maxsize


class Resources:
    """What a run may use, in comparison with what it will need."""

    def __init__(self, request: Request, directory: RunDirectory) -> None:
        self._request = request
        self._directory = directory

    def longest_link(self, steps: int, chosen: int | None = None) -> int:
        """The longest link that memory allows at the moment, in steps.

        Args:
            steps: Steps that are left.
            chosen: What the run was begun with.

        Raises:
            InputError: A length was asked for that the program does not allow.
            NotEnoughResources: It does not fit, or not even one step does.
        """
        request, program = self._request, self._request.program
        wanted = request.link_steps or chosen or plan.DEFAULT_LONGEST_LINK
        if wanted < 1:
            raise InputError(f"--link-steps {wanted}: a link has at least one step")
        if request.link_steps and request.link_steps > program.max_steps:
            raise InputError(
                f"--link-steps {wanted}: the program's bounds hold for links of up to "
                f"{program.max_steps} steps; compile with a larger --max-steps"
            )
        at_most = min(wanted, program.max_steps, steps)
        limit = self._memory_limit()
        longest = plan.longest_link(self._memory_of, limit, at_most, program.window)
        each = f" for each of {request.workers} workers" if request.workers > 1 else ""
        if request.link_steps and longest < plan.floor_to_windows(at_most, program.window):
            if self._memory_of(at_most) == _NEVER:
                raise InputError(
                    f"links of {at_most} steps commit to more than 2^28 entries, which no link "
                    f"may: {longest} steps would fit; give --link-steps {longest}"
                )
            raise NotEnoughResources(
                f"links of {at_most} steps need about {plan.size(self._memory_of(at_most))} of "
                f"memory{each} and {plan.size(limit)} may be used: {longest} steps would fit; give "
                f"--link-steps {longest} or raise --memory"
            )
        return longest

    def fits(self, link: Link) -> bool:
        """Whether there is memory for a link at the moment, with the dataset beside it."""
        rows = self._directory.order.shard_rows
        needed = link.memory_bytes + prediction.data_bytes(self._request.program, rows)
        return int(needed * _MARGIN) <= self._memory_limit()

    def trim(self, steps: int) -> None:
        """Returns memory that the prover keeps, where it is more than a link's prediction.

        Gaps between tables grow from link to link, and what a link still takes comes on top of
        what is kept: the margin is for that. Fresh memory is slow, so not every time.
        """
        predicted = self._memory_of(steps) / _MARGIN * self._request.workers
        if (machine.resident_memory() or 0) > predicted:
            native.release_memory()

    def check_disk(self, shard_rows: Sequence[int], steps: int) -> None:
        """Checks that a whole run fits.

        Args:
            shard_rows: Rows of each data shard.
            steps: Steps of the run.

        Raises:
            NotEnoughResources: It does not; the message says how many steps would.
        """
        program, path = self._request.program, self._directory.path
        longest = self.longest_link(steps)
        links = len(plan.link_lengths(steps, longest, program.window))
        # An import for each shard at worst, and the seal.
        needed = prediction.disk(program, shard_rows, links + len(shard_rows) + 1)
        free = machine.free_disk(path)
        if needed <= free:
            return
        without = prediction.disk(program, shard_rows, len(shard_rows) + 1)
        fit = max(0, (free - without) // prediction.LINK_BYTES) * longest
        raise NotEnoughResources(
            f"{path}: {steps} steps need about {plan.size(needed)} of disk and "
            f"{plan.size(free)} are free: {fit} steps would fit"
        )

    def _memory_limit(self) -> int:
        """Bytes for each link in work: its share of what was asked for, as far as it is free."""
        workers = self._request.workers
        # Beside those that are proven, one is trained or opened.
        shares = workers + 1 if workers > 1 else 1
        available = machine.available_memory()
        if available is None:
            return (self._request.memory or _NEVER - 1) // shares
        # What the process holds already is used again.
        free = available + (machine.resident_memory() or 0)
        if self._request.memory is not None:
            return min(self._request.memory, free) // shares
        return int(free * _MEMORY_SHARE) // shares

    def _memory_of(self, steps: int) -> int:
        request = self._request
        if self._directory.begun:
            rows: Sequence[int] = self._directory.order.shard_rows
        elif request.data is not None:
            rows = (
                [request.data.rows]
                if request.channel == "wrapped"
                else shard_rows_of(request.program, request.data.rows, steps, request.shard_rows)
            )
        else:
            rows = [request.program.batch * steps]
        try:
            needed = prediction.least_memory(request.program, rows, steps, channel=request.channel)
        except InputError:
            # Too long for any machine.
            return _NEVER
        return int(needed * _MARGIN)
