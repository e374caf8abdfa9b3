"""A process that makes one call and ends: ``python -m zkpot.backends.ezkl.worker FOLDER``.

FOLDER/request.json has the call and its arguments; FOLDER/response.json gets what it returns, or
the error. What EZKL prints is nobody's business: it can contain values.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from zkpot.errors import ZkpotError

# prctl(2): the signal that this process gets when the one that started it ends.
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Makes the call, and ends without EZKL's clean-up, which crashes."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    folder = Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text())
    if request["limit"] is not None:
        resource.setrlimit(resource.RLIMIT_AS, (request["limit"], request["limit"]))
    response: dict[str, Any]
    try:
        # Importing EZKL takes a moment, and it may be missing.
        from zkpot.backends.ezkl.calls import CALLS

        response = {"value": CALLS[request["call"]](folder, **request["arguments"])}
    except ImportError:
        response = {"error": "MissingExtra", "message": ""}
    except ZkpotError as error:
        response = {"error": type(error).__name__, "message": str(error)}
    except BaseException as error:  # Rust's panics are no Exception
        response = {"error": "BackendFailed", "message": type(error).__name__}
    unfinished = folder / "response.unfinished"
    unfinished.write_text(json.dumps(response))
    unfinished.replace(folder / "response.json")
    os._exit(0)


if __name__ == "__main__":
    main()
