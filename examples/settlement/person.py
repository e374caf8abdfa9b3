"""Somebody with a key, a folder, and a terminal to type commands of zkpot into."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account

from examples.settlement.chain import Chain

ZKPOT = Path(sys.executable).with_name("zkpot")


@dataclass(frozen=True)
class Person:
    """Who takes part.

    Attributes:
        name: What to call them.
        folder: What they have. Nobody reads somebody else's.
        chain: Where they act.
        account: Their key.
        variables: Of their environment.
    """

    name: str
    folder: Path
    chain: Chain
    account: Any = field(default_factory=Account.create, repr=False)
    variables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def come(cls, name: str, house: Path, chain: Chain) -> Person:
        """Somebody new, with an empty folder and some money."""
        found = cls(name, house / name, chain)
        found.folder.mkdir(parents=True)
        chain.give(found.address)
        return found

    @property
    def address(self) -> str:
        """Of their account."""
        return str(self.account.address)

    def zkpot(self, *arguments: object, code: int = 0) -> None:
        """Runs a command in their folder, and shows what it prints.

        Raises:
            RuntimeError: It ends with another code.
        """
        self._run([str(argument) for argument in arguments], code, capture=False)

    def asks(self, *arguments: object) -> Any:
        """Runs a command and takes what it says as JSON."""
        said = self._run([*map(str, arguments), "--json"], 0, capture=True)
        return json.loads(said)

    def looks(self, *arguments: object) -> Any:
        """As `asks`, where the command is not worth showing."""
        return json.loads(self._output([*map(str, arguments), "--json"], 0, capture=True))

    def gives(self, whom: Person, *names: str) -> None:
        """Hands over copies of files or folders."""
        for name in names:
            source, target = self.folder / name, whom.folder / Path(name).name
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copyfile(source, target)
        print(f"\n        {self.name} gives {whom.name}: {', '.join(names)}", flush=True)

    def sends(self, contract: str, data: bytes, gas: int = 2_000_000) -> Any:
        """Sends a call past all that zkpot looks at before; the receipt."""
        count = self.chain.web3.eth.get_transaction_count(
            self.chain.web3.to_checksum_address(self.address)
        )
        signed = self.account.sign_transaction(
            {
                "chainId": self.chain.web3.eth.chain_id,
                "nonce": count,
                "to": contract,
                "data": data,
                "value": 0,
                "gas": gas,
                "maxFeePerGas": 10 * 10**9,
                "maxPriorityFeePerGas": 10**9,
            }
        )
        return self.chain.send(signed.raw_transaction)

    def _run(self, arguments: list[str], code: int, *, capture: bool) -> str:
        print(f"\n{self.name:>9} $ zkpot {' '.join(arguments)}", flush=True)
        started = time.monotonic()
        found = self._output(arguments, code, capture=capture)
        took = time.monotonic() - started
        if took > 5:
            print(f"          {took:.0f} s", flush=True)
        return found

    def _output(self, arguments: list[str], code: int, *, capture: bool) -> str:
        done = subprocess.run(
            [ZKPOT, *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE if capture else None,
            text=True,
            check=False,
        )
        if done.returncode != code:
            raise RuntimeError(
                f"zkpot {arguments[0]}: exit code {done.returncode}, and {code} was expected"
            )
        return done.stdout or ""

    def _environment(self) -> dict[str, str]:
        key = "0x" + bytes(self.account.key).hex()
        known = {"ZKPOT_RPC": self.chain.url, "ZKPOT_PRIVATE_KEY": key}
        market = self.folder / "market.json"
        if market.exists():
            known["ZKPOT_DEPLOYMENT"] = str(market)
        # Journals of what was sent are everybody's own, too.
        state = {"XDG_STATE_HOME": str(self.folder / "state")}
        return {**os.environ, **known, **state, **self.variables}
