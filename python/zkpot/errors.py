"""Every exception that zkpot raises on purpose.

A message is one sentence that names the file, node, tensor, step or value at fault and says
what to do about it. Messages never contain secrets: no weights, no data beyond the one value
at fault, no openings.
"""

from __future__ import annotations


class ZkpotError(Exception):
    """Base of all of them. `exit_code` is what the command line ends with."""

    exit_code = 2


class InputError(ZkpotError):
    """Something given to zkpot cannot be used: a file, a value, an option."""


class ExportError(InputError):
    """A training step cannot be exported as it is."""


class UnsupportedOperator(InputError):
    """A graph contains an operator, or a form of one, that cannot be compiled."""


class ValueOutOfRange(InputError):
    """A value left the range that its program allows; training stopped before any proof of it."""


class MissingExtra(InputError):
    """An optional dependency is not installed."""


class UnsafeCircuit(InputError):
    """A circuit of EZKL's would leave something unconstrained that zkpot says is proven."""


class BackendFailed(InputError):
    """A proof system that zkpot calls failed, or ended in a way that it should not."""


class NotEnoughResources(InputError):
    """Memory or disk does not suffice for what was asked."""


class RunLocked(InputError):
    """Another process is proving in the same run directory."""


class InvalidProof(ZkpotError):
    """A proof, or something that claims to be one, is refused."""

    exit_code = 1


class IncompleteRun(ZkpotError):
    """The links verify, but the run is not closed, so nothing about its end is proven.

    `pending` says which claims are still open, as the verifier describes them.
    """

    exit_code = 1

    def __init__(self, message: str, pending: object = None) -> None:
        super().__init__(message)
        self.pending = pending


class ProgramTooWide(InputError):
    """A value of a program can need more bits than a proof has room for."""


class CalibrationFailed(InputError):
    """The float run that ranges are taken from cannot be made, or its values are not finite."""


class ChainUnavailable(InputError):
    """A chain's node does not answer, or not as one of that chain does."""


class CallReverted(InputError):
    """A contract refuses a call. `data` is what it said: a custom error, or nothing."""

    def __init__(self, message: str, data: bytes = b"") -> None:
        super().__init__(message)
        self.data = data


class TransactionRejected(InputError):
    """A node does not take a signed transaction."""


class Unconfirmed(InputError):
    """A transaction is signed and not final; the same call again goes on with it."""


class AlreadyDone(InputError):
    """What was asked of a chain has happened before, so nothing was sent."""


class AccountLocked(InputError):
    """Another process is sending with the same account."""
