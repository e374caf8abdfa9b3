"""How a run is cut into links and a dataset into shards."""

from __future__ import annotations

from collections.abc import Callable

from zkpot.errors import NotEnoughResources

# Longer links are cheaper a step, but a crash loses one link.
DEFAULT_LONGEST_LINK = 64

# Fewer rows than this are not worth a commitment of their own.
_MIN_SHARD_ROWS = 1024


def link_lengths(steps: int, longest: int, window: int = 1) -> list[int]:
    """Lengths of the links of `steps` steps: powers of two up to `longest`, longest first.

    They are numbers of windows where the program proves several steps together.
    """
    windows, length = steps // window, floor_to_power_of_two(longest // window)
    lengths = [length] * (windows // length)
    while length > 1:
        length //= 2
        if windows & length:
            lengths.append(length)
    return [length * window for length in lengths]


def longest_link(memory_of: Callable[[int], int], limit: int, at_most: int, window: int = 1) -> int:
    """The longest link up to `at_most` steps that needs at most `limit` bytes.

    It is a power of two, or such a number of windows.

    Raises:
        NotEnoughResources: Not even one step, or window, fits.
    """
    steps = floor_to_windows(at_most, window)
    while memory_of(steps) > limit:
        if steps == window:
            least = "one step" if window == 1 else f"one window of {window} steps"
            raise NotEnoughResources(
                f"proving {least} needs about {size(memory_of(steps))} of memory and "
                f"{size(limit)} may be used: 0 steps would fit; use a smaller batch, model or "
                "window, or raise --memory"
            )
        steps //= 2
    return steps


def shard_lengths(rows: int, batch: int, longest: int) -> list[int]:
    """Rows of each shard of a dataset: what one link reads, and what is left over.

    Batches read one shard to its end before the next, so that most links open one shard.
    """
    target = max(_MIN_SHARD_ROWS, batch * longest)
    full, rest = divmod(rows, target)
    if full and rest < target // 4:
        # A small rest is not worth openings of its own.
        return [target] * (full - 1) + [target + rest]
    return [target] * full + [rest]


def two_epochs(rows: int, batch: int) -> int:
    """Steps that read every row at least once, wherever in an epoch they begin."""
    return -(-2 * rows // batch)


def floor_to_windows(steps: int, window: int) -> int:
    """The longest link up to `steps` steps: a power of two of windows, at least one."""
    return floor_to_power_of_two(max(1, steps // window)) * window


def floor_to_power_of_two(number: int) -> int:
    """The greatest power of two that is at most `number`, which is positive."""
    return 1 << (number.bit_length() - 1)


def size(number: int) -> str:
    """A number of bytes for people."""
    value = float(number)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if value >= 100 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
