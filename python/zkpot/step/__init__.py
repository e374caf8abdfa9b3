"""torch to ONNX: one canonical graph of a whole training step.

Nothing here imports torch until a step is exported.
"""

from zkpot.step.artifact import Parity, Step
from zkpot.step.export import export_step

__all__ = ["Parity", "Step", "export_step"]
