"""Chains and compiled contracts, made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from web3 import EthereumTesterProvider, HTTPProvider, Web3

from contracts.anvil import anvil
from contracts.compile import Contract
from tests.contracts.chain import Chain
from tests.contracts.front import Front, put

Put = Callable[..., Front]


@pytest.fixture(scope="session")
def in_process() -> Chain:
    return Chain("py-evm", Web3(EthereumTesterProvider(EthereumTester(PyEVMBackend()))))


@pytest.fixture(scope="session")
def on_anvil() -> Iterator[Chain]:
    with anvil() as address:
        yield Chain("anvil", Web3(HTTPProvider(address)))


@pytest.fixture(scope="session", params=["in_process", "on_anvil"])
def chain(request: pytest.FixtureRequest) -> Chain:
    found: Chain = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def placed(chain: Chain, compiled: Mapping[str, Contract]) -> Put:
    """Puts a front and its double on the chain."""
    return partial(put, chain, compiled)
