"""Several training steps as one step of a program, in which large weights need not exist.

`unroll` writes a window of steps out, each with its own rows and rates; `defer` replaces the
weights inside a window by the window's first ones and the gradients since then; `choice` says
which weights; `sizes` says how large the tensors of a window get.
"""

from zkpot.program.window.choice import best_window, write_window
from zkpot.program.window.defer import defer
from zkpot.program.window.sizes import measure_window
from zkpot.program.window.unroll import at, can_be_windowed, rates_of_window, unroll

__all__ = [
    "at",
    "best_window",
    "can_be_windowed",
    "defer",
    "measure_window",
    "rates_of_window",
    "unroll",
    "write_window",
]
