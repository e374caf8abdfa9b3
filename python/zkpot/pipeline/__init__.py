"""Where the rooms come together: what the command line and the Python API offer.

Each file is one undertaking. Nothing here prints; long work reports to a `Progress`.
"""

from zkpot.pipeline.compiling import compile, compile_step, open_program
from zkpot.pipeline.ownership import Commitment, commit
from zkpot.pipeline.run import Run
from zkpot.pipeline.status import Status, status
from zkpot.pipeline.summary import Summary
from zkpot.pipeline.training import TrainingResult, train
from zkpot.pipeline.verification import read_bundle, verify
from zkpot.pipeline.weights import write_weights

__all__ = [
    "Commitment",
    "Run",
    "Status",
    "Summary",
    "TrainingResult",
    "commit",
    "compile",
    "compile_step",
    "open_program",
    "read_bundle",
    "status",
    "train",
    "verify",
    "write_weights",
]
