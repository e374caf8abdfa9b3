"""A node that goes wrong as real ones do: it is silent, late, or answers twice, forgets, lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from web3 import Web3
from web3.middleware import Web3Middleware

#: Gets the method, its parameters and who answers them; gives an answer.
Fault = Callable[[str, Any, Callable[[str, Any], Any]], Any]
SUBMIT = "eth_sendRawTransaction"


class Killed(BaseException):
    """The process ends here."""


class Faults:
    """Faults of a node, each used up by one call of its method."""

    def __init__(self, web3: Web3) -> None:
        self.calls: list[str] = []
        self._waiting: dict[str, list[Fault]] = {}
        #: Kills the process at the call of this number: before it, or after its answer.
        self.kill_at: tuple[int, str] | None = None
        outer = self

        class Middleware(Web3Middleware):
            def wrap_make_request(self, make_request: Any) -> Any:
                return lambda method, params: outer._answer(method, params, make_request)

        # Below all others, so that answers are as a provider gives them.
        web3.middleware_onion.inject(Middleware, layer=0)

    def add(self, method: str, *faults: Fault) -> None:
        self._waiting.setdefault(method, []).extend(faults)

    def _answer(self, method: str, params: Any, ask: Callable[[str, Any], Any]) -> Any:
        number = len(self.calls)
        self.calls.append(method)
        if self.kill_at == (number, "before"):
            raise Killed
        waiting = self._waiting.get(method)
        answer = waiting.pop(0)(method, params, ask) if waiting else ask(method, params)
        if self.kill_at == (number, "after"):
            raise Killed
        return answer


def same(method: str, params: Any, ask: Any) -> Any:
    """No fault."""
    return ask(method, params)


def silent(method: str, params: Any, ask: Any) -> Any:
    """The question is lost."""
    raise requests.ReadTimeout("http://user:word@host/key took too long")


def late(method: str, params: Any, ask: Any) -> Any:
    """The answer is lost."""
    ask(method, params)
    raise requests.ReadTimeout("http://user:word@host/key took too long")


def twice(method: str, params: Any, ask: Any) -> Any:
    """The question arrives twice, and the second answer is given."""
    ask(method, params)
    return ask(method, params)


def says(result: Any) -> Fault:
    """Another answer, and nobody is asked."""
    return lambda method, params, ask: {"jsonrpc": "2.0", "id": 1, "result": result}


def refuses(message: str) -> Fault:
    """An error, and nobody is asked."""
    error = {"code": -32000, "message": message}
    return lambda method, params, ask: {"jsonrpc": "2.0", "id": 1, "error": error}


def forgets(method: str, params: Any, ask: Any) -> Any:
    """The node takes a transaction and loses it."""
    name = "0x" + bytes(Web3.keccak(hexstr=params[0])).hex()
    return {"jsonrpc": "2.0", "id": 1, "result": name}
