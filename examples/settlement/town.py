"""Everybody of the story, and the market that they meet on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.compile import compile_sources
from examples.settlement.chain import Chain
from examples.settlement.person import Person
from zkpot.settle.contracts.interface import interface
from zkpot.settle.deployment import Deployment
from zkpot.settle.nodes.chain import Chain as Seen
from zkpot.settle.nodes.node import Node
from zkpot.settle.order_file import OrderFile
from zkpot.settle.token import Token
from zkpot.settle.transactions.actions import perform
from zkpot.settle.transactions.sending import Sender
from zkpot.settle.transactions.signer import Signer

#: Gets what is slashed and accusers do not get.
TREASURY = "0x000000000000000000000000000000000000dEaD"
MONEY = 1_000_000
#: Steps of a link, which is a chunk of an order.
CHUNK = 16
RATE = 0.1
BIDDING, WORKING = 3600, 24 * 3600
#: Of every order: most that a step costs, what a late worker loses, what publishing is worth.
MOST, AT_STAKE, BOND = 100, 4_000, 500


@dataclass(frozen=True)
class Town:
    """The market and who is there.

    Attributes:
        chain: Where the market is.
        keys: The folder of the circuit's keys, which are public and large.
        operator: Who puts contracts on the chain, and has no say over orders afterwards.
        consumer: Who has a model and data, and pays.
        ada: A worker.
        ben: A worker.
        val: A validator of claims.
        eve: Everybody else on the chain: a thief, and who asks.
    """

    chain: Chain
    keys: Path
    operator: Person
    consumer: Person
    ada: Person
    ben: Person
    val: Person
    eve: Person

    @classmethod
    def built(cls, house: Path, keys: Path, chain: Chain) -> Town:
        """With a market, and money for all."""
        names = ("operator", "consumer", "ada", "ben", "val", "eve")
        town = cls(chain, keys, *(Person.come(name, house, chain) for name in names))
        town.operator.zkpot("order", "deploy", "--treasury", TREASURY, "-o", "market.json")
        for person in town.people[1:]:
            town.operator.gives(person, "market.json")
            # Anybody can make this token. Real ones are somebody's.
            town._mint(person)
        return town

    @property
    def people(self) -> tuple[Person, ...]:
        """All who have money."""
        return self.operator, self.consumer, self.ada, self.ben, self.val, self.eve

    @property
    def market(self) -> Deployment:
        """The contracts' addresses."""
        return Deployment.read(self.operator.folder / "market.json")

    def money(self, whom: Person | str) -> int:
        """Units of the token that somebody has, or a contract."""
        account = whom if isinstance(whom, str) else whom.address
        return Token(self.seen(), self.market.token).balance(account)

    def staked(self, whom: Person) -> int:
        """Units of somebody's stake, wherever it is reserved."""
        return int(whom.looks("stake", "show", whom.address)["staked"])

    def seen(self) -> Seen:
        """The chain, as zkpot.settle sees it."""
        return Seen.of(Node.at(self.chain.url))

    def put_front(self) -> str:
        """Has the operator put a front for the consumer's program on the chain; its address.

        It is made for a run like the one that will be ordered: this one is of noise. Everybody can
        make it again, and compare the code.
        """
        me = self.operator
        me.zkpot(
            *("prove", "digits.zkprog", "--data", "noise.npz", "--steps", CHUNK),
            *("--link-steps", CHUNK, "--wrapped", "--envelopes", "--seed", 1, "-o", "trial"),
        )
        me.zkpot("wrap", "contract", "trial", "--keys", self.keys, "--test-srs", "-o", "contract")
        folder = me.folder / "contract"
        terms = json.loads((folder / "front.json").read_text())
        source = {"Verifier.sol": (folder / "Verifier.sol").read_text()}
        print(f"\n        solc {terms['solc']} compiles Verifier.sol", flush=True)
        made = compile_sources(source, settings=terms["settings"])
        (me.folder / "Verifier.bin").write_text(made["Verifier.sol:Halo2Verifier"].code)
        found = me.asks("order", "deploy-front", "contract", "--code", "Verifier.bin")
        return str(found["front"])

    def order(self, name: str, front: str, steps: int, bids: Sequence[tuple[Person, int]]) -> None:
        """Has the consumer order, workers bid, and the best one win."""
        me, file = self.consumer, f"{name}.json"
        me.zkpot(
            *("order", "new", "digits.zkprog", "--front", front, "--steps", steps),
            *("--first", "commitment", "--shard", "commitment", "--price", MOST),
            *("--lr", RATE, "--stake", AT_STAKE, "--bond", BOND, "--cores", 2, "-o", file),
        )
        me.zkpot("order", "sign", file)
        me.zkpot("order", "open", file)
        for worker, price in bids:
            me.gives(worker, file)
            worker.zkpot("bid", file, "--price", price, "--cores", 2)
        self.chain.pass_time(BIDDING)
        me.zkpot("order", "award", file)

    def trains(self, worker: Person, name: str, steps: int) -> None:
        """Has the worker train what was ordered, bound to the order and to it."""
        told = ("--program", "digits.zkprog", "--lr", RATE)
        bound = worker.asks("order", "context", f"{name}.json", *told)
        worker.zkpot(
            *("prove", "digits.zkprog", "--data", "train.npz", "--steps", steps),
            *("--weights", "weights.safetensors", "--commitments", "commitment"),
            *("--lr", RATE, "--link-steps", CHUNK, "--wrapped", "--envelopes"),
            *("--context", bound["context"], "--nonce", bound["nonce"], "-o", f"{name}-run"),
        )

    def given(self, name: str) -> OrderFile:
        """An order's file."""
        return OrderFile.read(self.consumer.folder / f"{name}.json")

    def state(self, name: str) -> Any:
        """Where an order stands."""
        return self.consumer.looks("order", "show", f"{name}.json")

    def sender(self, person: Person, claims: str = "") -> Sender:
        """Sends what no command does."""
        known = dict(self.market.known())
        if claims:
            known[claims] = interface("Claims")
        journal = person.folder / "state" / "zkpot" / "transactions"
        return Sender(self.seen(), Signer(person.account), root=journal, known=known)

    def _mint(self, person: Person) -> None:
        minted = Token(self.seen(), self.market.token).mint(person.address, MONEY, "play")
        perform(self.sender(person), minted)
