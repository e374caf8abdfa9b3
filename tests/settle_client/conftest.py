"""Chains and compiled contracts, made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from web3 import EthereumTesterProvider, HTTPProvider, Web3

from contracts.anvil import anvil
from contracts.compile import Contract
from contracts.interfaces import compile_settlement
from tests.settle_client.chains import Bench
from tests.settle_client.ground import Ground
from tests.settle_client.market import Market, put_market
from tests.settle_client.sealing import Waiting, put_waiting
from tests.settle_client.shell import front, sealing_front, shell
from zkpot.settle.embedded_gas import estimate

__all__ = ["front", "sealing_front", "shell"]


@pytest.fixture(scope="session")
def settlement() -> Mapping[str, Contract]:
    return compile_settlement()


@pytest.fixture(scope="session")
def anvil_url() -> Iterator[str]:
    with anvil() as address:
        yield address


@pytest.fixture(scope="session")
def anvil_ground(anvil_url: str) -> Ground:
    return Ground.of_anvil(Web3(HTTPProvider(anvil_url)))


@pytest.fixture(scope="session")
def tester() -> EthereumTester:
    tester = EthereumTester(PyEVMBackend())
    tester.backend.chain.gas_estimator = estimate
    # Whoever goes back to the first block forgets that.
    tester.mine_block()
    return tester


@pytest.fixture(scope="session")
def tester_ground(tester: EthereumTester) -> Ground:
    return Ground.of_tester(tester)


@pytest.fixture
def on_anvil(anvil_url: str, anvil_ground: Ground, tmp_path: Path) -> Iterator[Bench]:
    def connect() -> Web3:
        return Web3(HTTPProvider(anvil_url, exception_retry_configuration=None))

    bench = Bench(connect(), connect, "pending", tmp_path / "journal", anvil_ground)
    anvil_ground.restore()
    yield bench
    bench.rpc("evm_setAutomine", True)
    bench.rpc("anvil_dropAllTransactions")


@pytest.fixture
def in_process(tester: EthereumTester, tester_ground: Ground, tmp_path: Path) -> Bench:
    def connect() -> Web3:
        return Web3(EthereumTesterProvider(tester))

    tester_ground.restore()
    return Bench(connect(), connect, "latest", tmp_path / "journal", tester_ground, tester)


@pytest.fixture(params=["in_process", "on_anvil"])
def bench(request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def token(bench: Bench) -> str:
    return bench.ground.having("token", lambda: bench.put("Token"))


@pytest.fixture
def market(bench: Bench, settlement: Mapping[str, Contract]) -> Market:
    return put_market(bench, settlement, "market")


@pytest.fixture
def sealed(bench: Bench, settlement: Mapping[str, Contract]) -> Market:
    """One that pays for keys of envelopes."""
    return put_market(bench, settlement, "sealed", envelopes=True)


@pytest.fixture
def waiting(bench: Bench, settlement: Mapping[str, Contract]) -> Waiting:
    return put_waiting(put_market(bench, settlement, "waiting", envelopes=True))


@pytest.fixture
def final(bench: Bench, settlement: Mapping[str, Contract]) -> Waiting:
    """One whose book waits for four blocks."""
    return put_waiting(put_market(bench, settlement, "final", envelopes=True, finality=4))
