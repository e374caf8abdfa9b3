"""Chains and compiled contracts, made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from web3 import EthereumTesterProvider, HTTPProvider, Web3

from contracts.anvil import anvil
from contracts.compile import Contract, compile_sources, sources
from contracts.interfaces import compile_settlement
from tests.settle_client.chains import Bench
from tests.settle_client.market import Market, put_market
from tests.settle_client.shell import front, sealing_front, shell

__all__ = ["front", "sealing_front", "shell"]


@pytest.fixture(scope="session")
def settlement() -> Mapping[str, Contract]:
    return compile_settlement()


@pytest.fixture(scope="session")
def front_contracts() -> Mapping[str, Contract]:
    return compile_sources(sources())


@pytest.fixture(scope="session")
def anvil_url() -> Iterator[str]:
    with anvil() as address:
        yield address


@pytest.fixture(scope="session")
def tester() -> EthereumTester:
    return EthereumTester(PyEVMBackend())


@pytest.fixture
def on_anvil(anvil_url: str, tmp_path: Path) -> Iterator[Bench]:
    def connect() -> Web3:
        return Web3(HTTPProvider(anvil_url, exception_retry_configuration=None))

    bench = Bench(connect(), connect, "pending", tmp_path / "journal")
    bench.rpc("evm_setAutomine", True)
    bench.rpc("anvil_dropAllTransactions")
    yield bench
    bench.rpc("evm_setAutomine", True)
    bench.rpc("anvil_dropAllTransactions")


@pytest.fixture
def in_process(tester: EthereumTester, tmp_path: Path) -> Bench:
    def connect() -> Web3:
        return Web3(EthereumTesterProvider(tester))

    return Bench(connect(), connect, "latest", tmp_path / "journal", tester)


@pytest.fixture(params=["in_process", "on_anvil"])
def bench(request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def market(bench: Bench, settlement: Mapping[str, Contract]) -> Market:
    return put_market(bench, settlement)
