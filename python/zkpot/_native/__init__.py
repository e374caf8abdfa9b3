"""The extension module (rust/python), in the fastest build that this processor can run.

`_native.abi3.so` in this folder is the build that every installation has. Wheels for x86-64 have
more, in folders that are called after their level: `v3/` (AVX2) and `v4/` (AVX-512). This module
has the names of the chosen one; `__init__.pyi` says which.
"""

from zkpot._native.builds import load

_build = load()
globals().update({name: getattr(_build, name) for name in _build.__all__})
