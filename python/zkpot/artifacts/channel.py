"""How the scalars of a run's links travel."""

from __future__ import annotations

from typing import Literal

#: Masked, which alone is zero knowledge; as they are, for debugging; or as they are, in links that
#: a circuit verifies and another proof hides.
Channel = Literal["hiding", "clear", "wrapped"]
