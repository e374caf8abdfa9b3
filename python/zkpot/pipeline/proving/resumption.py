"""A begun run goes on only with what it was begun with."""

from __future__ import annotations

from dataclasses import replace

from zkpot.artifacts.run_directory import RunDirectory
from zkpot.errors import InputError
from zkpot.pipeline.nonce import choose_nonce
from zkpot.pipeline.proving.fingerprint import fingerprint
from zkpot.pipeline.proving.request import Request
from zkpot.pipeline.rates import Rates


def resume(request: Request, directory: RunDirectory, steps: int) -> Request:
    """The request to go on with: the learning rates are the run's own where none are given.

    Raises:
        InputError: The run was begun with something else.
    """
    path, order, state = directory.path, directory.order, directory.state
    settings = directory.journal.settings
    if order.program != request.program.digest:
        raise InputError(f"{path}: this run is about another program; choose another --out")
    data = fingerprint(request.data, settings.salt)
    if data and settings.data and data != settings.data:
        raise InputError(f"{path}: this run was begun with other data")
    chosen = request.nonce is not None or request.seed is not None
    if chosen and choose_nonce(request.nonce, request.seed) != order.nonce:
        raise InputError(f"{path}: this run was begun with another nonce")
    if request.context and request.context != order.context:
        raise InputError(f"{path}: this run was begun with another context")
    if steps < state.steps or (state.kind == "seal" and steps != state.steps):
        sealed = " and is sealed" if state.kind == "seal" else ""
        raise InputError(
            f"{path}: this run has {state.steps} steps{sealed}; to train on, begin a run in "
            "another directory with the weights that 'zkpot weights' gives"
        )
    if request.rates.given is not None:
        return request
    own = Rates(settings.given_rates, settings.default_rates, request.rates.until)
    return replace(request, rates=own)
