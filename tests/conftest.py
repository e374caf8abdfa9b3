"""What all tests need of the process that runs them."""

import signal
from collections.abc import Mapping

import pytest
from hypothesis import settings

from contracts.compile import Contract, compile_sources, sources

# A shell starts background jobs with Ctrl-C ignored, and their children inherit that: tests that
# send it would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples every time, so that a change is judged by what it changes. New ones are looked
# for with `make fuzz`, which runs with the profile `explore`.
settings.register_profile("ci", derandomize=True, max_examples=150)
settings.register_profile("explore", max_examples=5_000, print_blob=True)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def compiled() -> Mapping[str, Contract]:
    """What stands before a generated verifier, and its doubles."""
    return compile_sources(sources())
