"""A market with a front whose proofs are ideal: the double of the contracts' own tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.compile import Contract
from contracts.interfaces import FRONT_DOUBLE
from tests.settle_client.chains import Bench
from zkpot.artifacts.evm_proof import EvmProof, Hashes, ProvenLink, Start, Terms
from zkpot.backends import native
from zkpot.settle.book import Book, Entry
from zkpot.settle.contracts.interface import Interface
from zkpot.settle.deployment import Deployment, deploy
from zkpot.settle.front import Front
from zkpot.settle.keys import Keys
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.order import Offer, Order
from zkpot.settle.order_file import OrderFile
from zkpot.settle.scalars import Scalars
from zkpot.settle.staking import Staking
from zkpot.settle.token import Token
from zkpot.settle.transactions.actions import perform
from zkpot.settle.transactions.sending import Sender
from zkpot.settle.transactions.signer import Signer

PROGRAM = "0x" + "ab" * 32
LINK_STEPS, LINKS, CHUNKS = 4, 2, 3
CHUNK = LINK_STEPS * LINKS
STEPS = CHUNK * CHUNKS
PRICE, STAKE = 100, 1_000
BOND, WINDOW = 500, 7200
HASH = 7
VALUES = (5, -6)
OFFER = Offer(regions=2, privacy=3, accelerators=1, memory_gib=16, cores=4)


@dataclass
class Market:
    """Contracts, a consumer and a worker with money."""

    bench: Bench
    deployment: Deployment
    front: str
    double: Interface
    consumer: Signer
    worker: Signer
    admin: Signer
    envelopes: bool = False

    @property
    def chain(self) -> Chain:
        return Chain.of(self.bench.node()[0])

    @property
    def book(self) -> Book:
        return Book(self.chain, self.deployment.book)

    @property
    def keys(self) -> Keys:
        return Keys(self.book)

    @property
    def staking(self) -> Staking:
        return Staking(self.chain, self.deployment.staking)

    @property
    def token(self) -> Token:
        return Token(self.chain, self.deployment.token)

    def sender(self, signer: Signer) -> Sender:
        return self.bench.sender(signer, known=self.deployment.known())[0]

    def order(self, **other: Any) -> Order:
        now = self.bench.web3.eth.get_block("latest")["timestamp"]
        order = Order(
            consumer=self.consumer.address,
            verifier=self.front,
            verifier_code=Front(self.chain, self.front).code_hash(),
            program=PROGRAM,
            first="0x" + f"{11:064x}",
            shard="0x" + f"{12:064x}",
            nonce="0x" + "cd" * 32,
            earlier_steps=0,
            schedule=self.scalars().schedule,
            scalars=self.scalars().name,
            steps=STEPS,
            chunk_steps=CHUNK,
            price_per_step=PRICE,
            stake=STAKE,
            bond=BOND if self.envelopes else 0,
            bidding_ends=now + 3600,
            deadline=now + 24 * 3600,
            reveal_window=WINDOW if self.envelopes else 0,
            regions=6,
            privacy=1,
            accelerators=1,
            memory_gib=16,
            cores=4,
        )
        return replace(order, **other)

    def scalars(self, *, listed: bool = False) -> Scalars:
        rows = [[value + (step if listed else 0) for step in range(STEPS)] for value in VALUES]
        return Scalars.of(rows, LINK_STEPS, LINKS)

    def signed(self, order: Order) -> OrderFile:
        found = OrderFile(self.chain.id, self.deployment.book, order)
        return replace(
            found, signature=self.consumer.message(order.message(found.chain_id, found.book))
        )

    def opened(self, order: Order) -> OrderFile:
        signed = self.signed(order)
        action = self.book.open(order, signed.signature, self.consumer.address)
        perform(self.sender(self.consumer), action)
        return signed

    def staked(self) -> None:
        sender = self.sender(self.worker)
        perform(sender, self.staking.add(2 * STAKE, self.worker.address))
        perform(sender, self.staking.authorise(self.worker.address, self.deployment.book))

    def awarded(self, order: Order, price: int = 80) -> OrderFile:
        signed = self.opened(order)
        self.staked()
        worker = self.sender(self.worker)
        perform(worker, self.book.bid(order, price, OFFER, self.worker.address))
        self.pass_time(3600)
        perform(worker, self.book.award(order))
        return signed

    def proof(self, given: OrderFile, *, listed: bool = False) -> EvmProof:
        """Of the next chunk."""
        return self._proven(self._unproven(given, self.book.entry(given.number), listed))

    def _unproven(self, given: OrderFile, entry: Entry, listed: bool) -> EvmProof:
        order, chunk = given.order, entry.steps // CHUNK
        links = self.scalars(listed=listed).chunks[chunk]
        return EvmProof(
            circuit="00" * 32,
            terms=Terms(
                program=order.program[2:],
                security=100,
                rows=64,
                steps=LINK_STEPS,
                first=order.first[2:],
                shard=order.shard[2:],
                nonce=order.nonce[2:],
                earlier_steps=order.earlier_steps,
                context=self.book.context(given.number, entry.worker).hex(),
            ),
            start=Start(entry.states[2:], entry.steps, entry.statement[2:]),
            links=tuple(
                ProvenLink(
                    f"{1000 + chunk * LINKS + at:064x}",
                    scalars,
                    (),
                    hashes(chunk) if self.envelopes else None,
                )
                for at, scalars in enumerate(links)
            ),
            hash=f"{HASH:064x}",
            proof="00",
        )

    def _proven(self, proof: EvmProof) -> EvmProof:
        data = self.double.encode("prove", proof.training(), HASH)
        answer = self.chain.node.call(self.front, data)
        return replace(proof, proof=bytes(self.double.decode("prove", answer)).hex())

    def pass_time(self, seconds: int) -> None:
        now = self.bench.web3.eth.get_block("latest")["timestamp"]
        self.bench.travel(now + seconds)


def content(chunk: int) -> bytes:
    """A ciphertext of five elements."""
    return b"".join(value.to_bytes(32, "big") for value in range(chunk + 1, chunk + 6))


def key(chunk: int) -> bytes:
    """Of that ciphertext, for all that the double knows."""
    return (0x1234567890ABCDEF << 128 | chunk).to_bytes(32, "big")


def hashes(chunk: int) -> Hashes:
    return Hashes(native.hash_ciphertext(content(chunk)), native.hash_key(key(chunk)))


def put_market(
    bench: Bench,
    settlement: Mapping[str, Contract],
    name: str,
    *,
    envelopes: bool = False,
    finality: int | None = None,
) -> Market:
    """A market that several tests begin with, by its name."""
    made = bench.ground.having(name, lambda: _put(bench, settlement, envelopes, finality))
    return replace(made, bench=bench)


def _put(
    bench: Bench, settlement: Mapping[str, Contract], envelopes: bool, finality: int | None
) -> Market:
    consumer, worker = bench.signer(), bench.signer()
    owner = bench.signer()
    admin, _ = bench.sender(owner)
    deployment = deploy(admin, treasury="0x" + "00" * 19 + "01", finality=finality)
    compiled = settlement[FRONT_DOUBLE]
    double = Interface("FrontDouble", compiled.abi, bytes.fromhex(compiled.code))
    arguments = (bytes.fromhex(PROGRAM[2:]), LINK_STEPS, LINKS, 1_000, envelopes)
    front = bench.put_code(double.creation(*arguments))
    market = Market(bench, deployment, front, double, consumer, worker, owner, envelopes)
    for account, amount in ((consumer, 10 * STEPS * PRICE), (worker, 10 * STAKE)):
        perform(admin, market.token.mint(account.address, amount, f"for {account.address}"))
    return market
