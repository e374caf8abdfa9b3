"""What tests begin with on a chain: it is put there once, and every test goes back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from eth_tester import EthereumTester
from web3 import Web3

T = TypeVar("T")


class Ground:
    """A chain that each test finds as the one before did.

    What several tests need is put after what is there already, so that there is one state to go
    back to: anvil forgets all that is later than the one it went back to.
    """

    def __init__(self, take: Callable[[], Any], go_back: Callable[[Any], Any]) -> None:
        self._take, self._go_back = take, go_back
        self._state = take()
        self._made: dict[str, Any] = {}

    @classmethod
    def of_anvil(cls, web3: Web3) -> Ground:
        def ask(method: str, *params: Any) -> Any:
            answer: Any = web3.provider.make_request(cast(Any, method), list(params))
            assert answer.get("result"), answer
            return answer["result"]

        return cls(lambda: ask("evm_snapshot"), lambda state: ask("evm_revert", state))

    @classmethod
    def of_tester(cls, tester: EthereumTester) -> Ground:
        return cls(tester.take_snapshot, tester.revert_to_snapshot)

    def restore(self) -> None:
        """Forgets what the test before did."""
        self._go_back(self._state)
        # Anvil goes back to a state once.
        self._state = self._take()

    def having(self, name: str, make: Callable[[], T]) -> T:
        """What `make` puts on the chain, for this test and all later ones.

        A test asks for it before it does anything else, which would be forgotten.
        """
        if name not in self._made:
            self.restore()
            self._made[name] = make()
            self._state = self._take()
        return cast(T, self._made[name])
