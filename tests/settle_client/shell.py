"""Somebody's terminal, on the chain in this process and on anvil, with a front to order from."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from eth_account import Account
from stand_in import description

from contracts.compile import Contract
from tests.contracts.front import ACCEPTING
from tests.settle_client.chains import Bench
from zkpot.artifacts.evm_proof import EvmProof, ProvenLink, Start, Terms
from zkpot.artifacts.initial import InitialState
from zkpot.artifacts.program import Program
from zkpot.cli import main
from zkpot.settle import embedded
from zkpot.settle.contracts.interface import interface
from zkpot.settle.order_file import OrderFile

LINK_STEPS, STEPS = 4, 8
RATE = 0.125
FIRST, SHARD = f"{11:064x}", f"{12:064x}"


@dataclass
class Shell:
    """Somebody's terminal."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    options: tuple[str, ...]
    #: Lets the chain's time pass.
    wait: Callable[[int], None]
    keys: Mapping[str, str]

    def run(self, who: str, *arguments: str) -> tuple[int, str, str]:
        self.monkeypatch.setenv("ZKPOT_PRIVATE_KEY", self.keys[who])
        code = 0
        try:
            main([*arguments, *self.options])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        out, err = self.capsys.readouterr()
        # Nobody's key is ever shown.
        assert not [key for key in self.keys.values() if key.removeprefix("0x") in out + err]
        return code, out, err

    def value(self, who: str, *arguments: str) -> Any:
        code, out, err = self.run(who, *arguments, "--json")
        assert code == 0, out + err
        return json.loads(out)

    def pass_time(self, seconds: int) -> None:
        """On the chain; the one in this process has the machine's clock, and goes ahead of it."""
        if self.options:
            self.wait(seconds)
        else:
            _set_ahead(seconds)

    def address(self, who: str) -> str:
        return str(Account.from_key(self.keys[who]).address)


def key() -> str:
    return "0x" + bytes(Account.create().key).hex()


def keep_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves doing all of the chain's transactions again for each command."""
    opened: dict[Path, Any] = {}
    real = embedded._provider

    def provider(path: Path) -> Any:
        if path not in opened:
            opened[path] = real(path)
        return opened[path]

    monkeypatch.setattr(embedded, "_provider", provider)


@pytest.fixture(params=["embedded", "anvil"])
def shell(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("ZKPOT_RPC", "ZKPOT_DEPLOYMENT", "ZKPOT_KEYSTORE", "ZKPOT_CHAIN"):
        monkeypatch.delenv(name, raising=False)
    keys = {"consumer": key(), "worker": key()}
    if request.param != "anvil":
        if request.param == "embedded":
            keep_open(monkeypatch)
        yield Shell(monkeypatch, capsys, (), lambda seconds: time.sleep(seconds + 1), keys)
        return
    bench: Bench = request.getfixturevalue("on_anvil")
    url: str = request.getfixturevalue("anvil_url")
    # A chain that was set back is as late as tests have taken, and orders have the machine's clock.
    bench.travel(max(_now(bench) + 1, int(time.time())))
    made = Shell(monkeypatch, capsys, (), lambda seconds: bench.travel(_now(bench) + seconds), keys)
    for who in keys:
        bench._do({"to": made.address(who), "value": 10**19})
    # As a provider's address is: with a secret in it.
    monkeypatch.setenv("ZKPOT_RPC", url.replace("http://", "http://user:word@"))
    market = made.value(
        "consumer", "order", "deploy", "--treasury", "0x" + "00" * 19 + "01", "-o", "market.json"
    )
    made.options = ("--deployment", "market.json")
    for who in keys:
        data = interface("Token").encode("mint", made.address(who), 10**9)
        bench._do({"to": market["token"], "data": data})
    yield made


def _now(bench: Bench) -> int:
    return int(bench.web3.eth.get_block("latest")["timestamp"])


@pytest.fixture
def front(shell: Shell, compiled: Mapping[str, Contract]) -> str:
    """The real front before a double of the verifier that takes everything."""
    return put_front(shell, compiled)


@pytest.fixture
def sealing_front(shell: Shell, compiled: Mapping[str, Contract]) -> str:
    """One that takes envelopes."""
    return put_front(shell, compiled, envelopes=True)


def put_front(shell: Shell, compiled: Mapping[str, Contract], envelopes: bool = False) -> str:
    folder = Path.cwd()
    program = Program.from_description(
        description(), InitialState({"param.w": np.zeros((3, 10), np.int64)}, {"lr.0": RATE})
    )
    program.write(folder / "p.zkprog")
    shape = {"program": program.digest, "security": 100, "rows": 64, "steps": LINK_STEPS}
    shape |= {"scalars": 1, "outputs": 0, "links": 1, "mostSteps": 1000, "proofBytes": 64}
    shape |= {"envelopes": envelopes}
    contract = folder / "contract"
    contract.mkdir(exist_ok=True)
    terms = {"circuit": "ab" * 32, "test_srs": True, "gas_cap": 700_000, "shape": shape}
    (contract / "front.json").write_text(json.dumps(terms | {"solc": "0.8.19", "settings": {}}))
    code = compiled[ACCEPTING].code
    (folder / "Verifier.bin").write_text(f"== Verifier.sol ==\nBinary:\n{code}\n")
    found = shell.value("consumer", "order", "deploy-front", "contract", "--code", "Verifier.bin")
    assert found["test_srs"]
    return str(found["front"])


def new(shell: Shell, front: str, *other: str) -> Any:
    return shell.value(
        *("consumer", "order", "new", "p.zkprog", "--front", front, "--first", FIRST),
        *("--shard", SHARD, "--steps", str(STEPS), "--price", "100", "--stake", "50"),
        *("--bidding", "600", "--cores", "4", "-o", "order.json", *other),
    )


def proof(shell: Shell, chunk: int, **other: Any) -> EvmProof:
    """What the worker's run would show; the double takes it."""
    given = OrderFile.read(Path("order.json"))
    order = given.order
    found = shell.value("worker", "order", "show", "order.json")
    context = shell.value("worker", "order", "context", "order.json")
    bits = Program.read("p.zkprog").scalars[0].fraction_bits
    start = Start(found["states"][2:], found["steps"], other.pop("previous", "00" * 32))
    return EvmProof(
        circuit="ab" * 32,
        terms=Terms(
            program=order.program[2:],
            security=100,
            rows=64,
            steps=LINK_STEPS,
            first=order.first[2:],
            shard=order.shard[2:],
            nonce=context["nonce"],
            earlier_steps=0,
            context=context["context"],
        ),
        start=start,
        links=(
            ProvenLink(
                f"{100 + chunk:064x}",
                (int(RATE * 2**bits),) * LINK_STEPS,
                (),
                other.pop("envelope", None),
            ),
        ),
        hash=f"{7:064x}",
        proof="11" * 64,
    )


def _set_ahead(seconds: int) -> None:
    from zkpot.cli.market import embedded_folder

    with embedded.EmbeddedChain.opened(embedded_folder()) as chain:
        chain.pass_time(seconds)
