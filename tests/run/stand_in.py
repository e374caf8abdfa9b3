"""A stand-in for the native module: the protocol's bookkeeping without any cryptography.

It refuses what the real one refuses about commitments (a second opening, a link that does not
follow, a shard that was not given), so that the tests of this folder find mistakes in how a
run is conducted, in milliseconds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import Any

import numpy as np
import pytest

from zkpot.errors import IncompleteRun, InvalidProof, ValueOutOfRange


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Program:
    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def from_json(cls, text: str) -> Program:
        return cls(text)

    @classmethod
    def from_bytes(cls, content: bytes) -> Program:
        return cls(content.decode())

    def to_json(self) -> str:
        return self._text

    def security(self, steps: int, security: int = 100) -> str:
        term = {"name": "queries 0", "challenges": 2, "bits": 113.25}
        opening = {"polynomial": "witness", "variables": 14, "log_candidates": 2.0}
        link = {
            "bits": 112.5,
            "weakest": "opening of the witness: queries 0",
            "interactive": [{"name": "lookup rounds", "challenges": 1, "bits": 170.0}],
            "openings": [opening | {"bits": 112.5, "terms": [term]}],
        }
        return json.dumps(
            {
                "level": security,
                "steps": steps,
                "import": link,
                "training": link,
                "seal": link,
                "hash": 157.0,
                "max_links": 2000,
                "runs": [{"links": 1, "bits": 110.9}],
            }
        )

    def work(
        self,
        kind: str,
        steps: int,
        states: bool | None,
        shards: list[tuple[int, bool, bool]],
        channel: str,
    ) -> str:
        """A witness that is as long as the link; nothing is computed."""
        taken = sum(rows for rows, owned, _ in shards if owned)
        entries = (10_000 * steps if kind == "training" else 0) + 5 * taken + 600
        columns = [
            {"tensor": 2, "what": "value", "elements": 500, "entries": 600, "digit": True},
            {"tensor": None, "what": "table", "elements": 64, "entries": 64, "digit": False},
        ]
        node = {"tensor": 3, "matrix": 0, "loops": 0, "elements": 40, "scratch": 0}
        roles = {"witness": True, "states in": True, "states out": False, "shard in": True}
        return json.dumps(
            {
                "polynomials": [
                    {
                        "role": role,
                        "opened": opened,
                        "variables": max(14, entries.bit_length() if role == "witness" else 0),
                        "entries": entries,
                    }
                    for role, opened in roles.items()
                ],
                "columns": columns,
                "elsewhere": [],
                "products": [{"level": 0, "tensors": [2, 3], "elements": [30, 40], "variables": 6}],
                "claims": {"claims": 5, "parts": 12, "weighed": 2 * entries, "vectors": 60},
                "masks": 100 if channel == "hiding" else None,
                "trace": {"nodes": [node]} if kind == "training" else None,
            }
        )

    def to_bytes(self) -> bytes:
        return self._text.encode()

    @property
    def digest(self) -> str:
        return _digest(self._text.encode())


class Held:
    def __init__(
        self,
        kind: str,
        values: list[list[int]],
        seed: str | None = None,
        pending: str | None = None,
    ) -> None:
        self.kind, self.values, self.seed = kind, values, seed or secrets.token_hex(8)
        # The link that left a claim on it.
        self.pending = pending

    @property
    def root(self) -> str:
        return _digest(json.dumps([self.kind, self.values, self.seed]).encode())

    def to_bytes(self) -> bytes:
        return json.dumps([self.kind, self.values, self.seed, self.pending]).encode()

    def claimed(self, link: str) -> Held:
        return Held(self.kind, self.values, self.seed, link)

    @classmethod
    def from_bytes(cls, content: bytes) -> Held:
        return cls(*json.loads(content))

    def states(self) -> list[np.ndarray]:
        return [np.array(value, np.int64) for value in self.values]

    def copy(self) -> Held:
        return Held(self.kind, self.values)


def _statement_digest(link: dict[str, Any]) -> str:
    """Without what is only known after the links before are proven."""
    return _digest(json.dumps({key: link[key] for key in link if key != "claims"}).encode())


class Link:
    """A link before its proof, and after it."""

    def __init__(
        self,
        kind: str,
        at: tuple[str, int, bool],
        states: Held | None,
        fresh: Held | None,
        shards: dict[int, Held],
        copies: dict[int, Held | None],
        *,
        steps: int,
    ) -> None:
        previous, first, _channel = at
        self.states, self.shards = fresh, copies
        self.losses = [1.0 / (step + 1) for step in range(first, first + steps)]
        self.seconds_training = 0.25
        self._before = [held.root for held in _used(states, shards)]
        self._stated = {
            "kind": kind,
            "previous": previous,
            "before": self._before,
            "after": fresh.root if fresh else None,
            "leaves": [held.root for held in (fresh, *copies.values()) if held],
            "steps": steps,
        }

    def envelope(self, _program: Any) -> None:
        """States are not delivered."""

    @property
    def digest(self) -> str:
        return _statement_digest(self._stated)

    @property
    def phases(self) -> list[tuple[str, float]]:
        phases = {
            "import": [],
            "training": [("witness", 0.25), ("open witness", 0.25)],
            "seal": [("open witness", 0.5)],
        }
        return phases[self._stated["kind"]]

    def prove(self, _program: Any, _threads: int | None = None, progress: Any = None) -> Link:
        if progress is not None:
            progress("witness", 1, 1)
        # A proof takes a while.
        time.sleep(0.01)
        return self

    def open(
        self,
        _program: Any,
        unopened: Link,
        states: Held | None,
        shards: dict[int, Held],
        _progress: Any,
    ) -> Any:
        assert unopened is self
        assert [held.root for held in _used(states, shards)] == self._before
        # The links before have left their claims on all that comes in from them.
        phases = [("commit outputs", 0.125)] if self._stated["kind"] == "training" else []
        claims = [held.pending for held in _used(states, shards)]
        link = json.dumps(self._stated | {"claims": claims}).encode()
        return (
            link,
            self.states and self.states.claimed(_digest(link)),
            {i: held and held.claimed(_digest(link)) for i, held in self.shards.items()},
            phases,
        )


def _used(states: Held | None, shards: dict[int, Held]) -> list[Held]:
    return [*([states] if states else []), *shards.values()]


class Native:
    """The functions of `zkpot._native`."""

    Program = Program
    Held = Held
    Link = Link

    def __init__(self) -> None:
        self.out_of_range_at: int | None = None
        self.interrupt_at: int | None = None

    def commit_states(
        self,
        _program: Program,
        states: list[np.ndarray],
        _security: int = 100,
        _channel: str = "hiding",
    ) -> Held:
        return Held("states", [value.ravel().tolist() for value in states])

    def commit_shard(
        self,
        _program: Program,
        fields: list[np.ndarray],
        public: bool = False,
        _security: int = 100,
        _channel: str = "hiding",
    ) -> Held:
        values = [value.ravel().tolist() for value in fields]
        return Held("shard", values, "public" if public else None)

    def data_root(self, shards: list[str], rows: list[int]) -> str:
        return _digest(json.dumps([list(shards), list(rows)]).encode())

    def scheduled_shards(
        self, program: Program, order: str, first: int, steps: int, _channel: str = "hiding"
    ) -> list[int]:
        """Rows in order, over and over."""
        batch = json.loads(program.to_json())["batch"]
        ends = np.cumsum(json.loads(order)["shard_rows"])
        rows = np.arange(first * batch, (first + steps) * batch) % ends[-1]
        return sorted(set(np.searchsorted(ends, rows, side="right").tolist()))

    def import_link(
        self, _program: Any, order: str, at: Any, states: Any, shards: Any, _seed: bytes
    ) -> Link:
        terms = json.loads(order)
        assert states is None or states.root == terms["first"]
        assert all(held.root == terms["shards"][index] for index, held in shards.items())
        fresh = states.copy() if states else None
        copies = {index: held.copy() for index, held in shards.items()}
        return Link("import", at, states, fresh, shards, copies, steps=0)

    def train_link(
        self,
        program: Any,
        order: str,
        at: Any,
        states: Any,
        shards: Any,
        scalars: Any,
        steps: int,
        keep: Any,
        _witness: bool,
        _envelope: bool,
        _seed: bytes,
        progress: Any,
    ) -> Link:
        terms, first = json.loads(order), at[1]
        assert sorted(shards) == self.scheduled_shards(program, order, first, steps)
        # Weights come from their owner once.
        assert first == 0 or states.root != terms["first"]
        assert all(len(row) == steps for row in scalars)
        for step in range(first, first + steps):
            if step == self.out_of_range_at:
                raise ValueOutOfRange(f"tensor 'w' at step {step} is 70000, outside its range")
            if step == self.interrupt_at:
                raise KeyboardInterrupt
            progress("training", step - first, steps)
        trained = Held("states", [[v + steps for v in value] for value in states.values])
        copies = {i: held.copy() if i in keep else None for i, held in shards.items()}
        return Link("training", at, states, trained, shards, copies, steps=steps)

    def seal_link(
        self,
        _program: Any,
        _order: str,
        at: Any,
        states: Any,
        shards: Any,
        keep: Any,
        _seed: bytes,
    ) -> Link:
        copies = {i: held.copy() if i in keep else None for i, held in shards.items()}
        return Link("seal", at, states, states.copy(), shards, copies, steps=0)

    def statement_digest(self, link: bytes) -> str:
        return _statement_digest(json.loads(link))

    def continuation(
        self, _program: Any, link: bytes, states: Held, shards: dict[int, Held], root: str
    ) -> str:
        left = {str(index): held.root for index, held in shards.items()}
        statement = self.statement_digest(link)
        return json.dumps([statement, states.root, left, root]).encode().hex()

    def verify_run(self, program: bytes, order: str, links: list[bytes], expectations: str) -> str:
        terms, expected = json.loads(order), json.loads(expectations)
        terms, expected = json.loads(order), json.loads(expectations)
        last, steps, opened, kind, before, after = "00" * 32, 0, set(), "", "", ""
        makers: dict[str, str] = {}
        for content in links:
            link = json.loads(content)
            if link["previous"] != last:
                raise InvalidProof("a link does not follow the one before it")
            if any(
                makers.get(root, claim) != claim
                for root, claim in zip(link["before"], link["claims"], strict=True)
            ):
                raise InvalidProof("a commitment is opened without the claim that is pending on it")
            if opened & set(link["before"]):
                raise InvalidProof("a commitment is opened twice")
            opened |= set(link["before"])
            steps += link["steps"]
            kind = link["kind"]
            if link["after"]:
                before, after = link["before"][0], link["after"]
            last = _statement_digest(link)
            makers.update(dict.fromkeys(link["leaves"], _digest(content)))
        if kind != "seal":
            raise IncompleteRun("the run is not closed", pending=[after])
        actual = {
            "program": _digest(program),
            "first": terms["first"],
            "data_root": self.data_root(terms["shards"], terms["shard_rows"]),
            "nonce": terms["nonce"],
            "steps": steps,
            "earlier_steps": terms["earlier_steps"],
            "context": terms["context"],
        }
        expected.pop("allow_clear", None)
        previous = expected.pop("previous", None)
        if terms["origin"] != "arbitrary":
            statement, head, _, _ = json.loads(bytes.fromhex(previous))
            assert terms["origin"] == f"run {statement}"
            assert terms["first"] == head
        for name, value in expected.items():
            if value != actual[name]:
                raise InvalidProof(f"{name} is {actual[name]}, and {value} was expected")
        return json.dumps(
            {
                **{k: v for k, v in actual.items() if k != "first"},
                "first_commitment": actual["first"],
                "window": 1,
                "links": len(links),
                "last_commitment": before,
                "head": after,
                "continuation": "",
                "data_lineage": actual["data_root"],
                "outputs": {},
                "output_terms": {},
                "rows": 0,
                "origin": terms["origin"],
                "complete": True,
                "unchecked": [
                    name for name in actual if name not in expected and name != "earlier_steps"
                ],
                "zero_knowledge": False,
                "envelopes": False,
                "security_bits": 100,
            }
        )

    def release_memory(self) -> None:
        pass

    def evaluate(self, _program: Any, _states: Any, _fields: Any) -> dict[str, float]:
        return {"loss": 0.5, "accuracy": 0.9}

    def train(
        self,
        program: Any,
        states: Any,
        fields: Any,
        scalars: Any,
        nonce: str,
        progress: Any,
        *,
        shard_rows: Any,
        steps: int,
    ) -> Any:
        assert shard_rows is None
        progress("training", steps, steps)
        return [value + steps for value in states], [1.0 / (step + 1) for step in range(steps)]


def install(monkeypatch: pytest.MonkeyPatch) -> Native:
    """Puts the stand-in in place of the native module, wherever it is imported."""
    native = Native()
    from zkpot.artifacts import program
    from zkpot.backends import native as backend

    for module in (program, backend):
        monkeypatch.setattr(module, "_native", native)
    return native


#: Rows for the program of `description`.
DATA = {"x": np.linspace(-1, 1, 120).reshape(40, 3), "y": np.arange(40) % 10}


def description(batch: int = 4) -> dict[str, Any]:
    """A program with one weight matrix, one input and class numbers; nothing computes it."""
    unit = {"numerator": 1, "denominator": 1, "fraction_bits": 8}
    one = {"numerator": 1, "denominator": 1, "fraction_bits": 0}
    return {
        "arithmetic": 3,
        "name": "stand-in",
        "batch": batch,
        "window": 1,
        "max_steps": 64,
        "tensors": [
            {"name": "x", "shape": [batch, 3], "scale": unit, "range": {"lo": -32768, "bits": 16}},
            {"name": "y", "shape": [batch], "scale": one, "range": {"lo": 0, "bits": 4}},
            {"name": "w", "shape": [3, 10], "scale": unit, "range": {"lo": -32768, "bits": 16}},
            {"name": "hot", "shape": [batch, 10], "scale": one, "range": {"lo": 0, "bits": 1}},
        ],
        "tables": [],
        "data": [{"name": "x", "tensor": 0}, {"name": "y", "tensor": 1}],
        "states": [{"name": "param.w", "tensor": 2, "next": 2, "initial": 0, "shape": [3, 10]}],
        "scalars": [{"name": "lr.0", "fraction_bits": 8, "lo": 0, "hi": 256}],
        "nodes": [{"OneHot": {"input": 1, "out": 3}}],
        "reading": "Shuffled",
        "outputs": [],
        "monitor": {"predictions": [3], "target": 1, "loss": "CrossEntropy"},
    }
