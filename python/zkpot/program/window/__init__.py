"""Several training steps as one step of a program, in which large weights need not exist.

`unroll` writes a window of steps out, each with its own rows and rates; `defer` replaces the
weights inside a window by the window's first ones and the gradients since then.
"""

from zkpot.program.window.defer import defer
from zkpot.program.window.unroll import at, rate_at, unroll

__all__ = ["at", "defer", "rate_at", "unroll"]
