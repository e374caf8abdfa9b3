"""What workers lose if they do not do what they promised: the contract `Staking`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from zkpot.errors import AlreadyDone, InputError
from zkpot.settle.contracts.interface import interface
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.token import Token
from zkpot.settle.transactions.actions import Action


@dataclass(frozen=True)
class Stake:
    """A worker's stake, in units of the token.

    Attributes:
        staked: All of it.
        reserved: What contracts have set aside.
        leaving: What is on its way out.
        leaves_at: Seconds of the epoch from which on that can be withdrawn.
    """

    staked: int
    reserved: int
    leaving: int
    leaves_at: int

    @property
    def free(self) -> int:
        """What can be promised, or sent on its way out."""
        return self.staked - self.reserved - self.leaving


@dataclass(frozen=True)
class Staking:
    """Workers' stake. Its methods give actions, which `perform` does.

    Attributes:
        chain: Where it is.
        address: Of its contract.
    """

    chain: Chain
    address: str

    def stake(self, worker: str) -> Stake:
        """A worker's stake."""
        found = self._ask("account", worker)
        return Stake(found["staked"], found["reserved"], found["leaving"], found["leavesAt"])

    def is_authorised(self, worker: str, reserver: str) -> bool:
        """Whether a worker lets a contract reserve."""
        return bool(self._ask("authorised", worker, reserver))

    def may_reserve(self, reserver: str) -> bool:
        """Whether a contract has the role."""
        return bool(self._ask("hasRole", bytes(self._ask("RESERVER_ROLE")), reserver))

    def is_admin(self, account: str) -> bool:
        """Whether somebody may give the role."""
        role = self._ask("getRoleAdmin", bytes(self._ask("RESERVER_ROLE")))
        return bool(self._ask("hasRole", bytes(role), account))

    def token(self) -> Token:
        """What is staked."""
        return Token(self.chain, str(self._ask("token")))

    def credit(self, account: str) -> int:
        """What an account can claim: shares of what was slashed."""
        return int(self._ask("credit", account))

    def add(self, amount: int, worker: str) -> Action:
        """Stakes so much more; what the contract takes is approved before."""
        approval = self.token().approve(worker, self.address, amount, "stake")
        return self._action("stake", f"{amount}", amount, before=(approval,))

    def unbond(self, amount: int) -> Action:
        """Sends free stake on its way out."""
        return self._action("requestUnbonding", f"{amount}", amount)

    def keep(self) -> Action:
        """Makes free again what is leaving."""
        return self._action("cancelUnbonding", "")

    def withdraw(self, worker: str) -> Action:
        """Withdraws what has left."""
        stake = self.stake(worker)
        return self._action("withdraw", f"{stake.leaving}, leaving at {stake.leaves_at}")

    def authorise(self, worker: str, reserver: str, whether: bool = True) -> Action:
        """Lets a contract reserve, or no longer."""

        def guard() -> None:
            if self.is_authorised(worker, reserver) == whether:
                state = "may" if whether else "may not"
                raise AlreadyDone(f"{reserver} {state} reserve stake of {worker} already")

        about = reserver if whether else f"{reserver} no longer"
        action = self._action("authorise", about, reserver, whether)
        return Action(action.intent, guard)

    def grant(self, reserver: str) -> Action:
        """Gives a contract the role, which the admin may."""

        def guard() -> None:
            if self.may_reserve(reserver):
                raise AlreadyDone(f"{reserver} has the role already")

        role = bytes(self._ask("RESERVER_ROLE"))
        return Action(self._action("grantRole", reserver, role, reserver).intent, guard)

    def role_call(self, reserver: str) -> bytes:
        """The call by which an admin that is a contract gives the role."""
        role = bytes(self._ask("RESERVER_ROLE"))
        return interface("Staking").encode("grantRole", role, reserver)

    def hand_over(self, admin: str, to: str) -> Action:
        """Lets somebody else administer the role, and the admin no longer.

        Args:
            admin: Who sends it.
            to: Who administers the role then.

        Raises:
            InputError: Both are the same.
        """
        if admin == to:
            raise InputError(f"{to} cannot hand over to itself")
        role = bytes(self._ask("getRoleAdmin", bytes(self._ask("RESERVER_ROLE"))))

        def given() -> None:
            if self.is_admin(to):
                raise AlreadyDone(f"{to} administers the role already")
            self._require_admin(admin)

        def guard() -> None:
            if self.is_admin(to) and not self.is_admin(admin):
                raise AlreadyDone(f"{to} administers the role in place of {admin} already")
            self._require_admin(admin)

        grant = Action(self._action("grantRole", f"admin {to}", role, to).intent, given)
        renounce = self._action("renounceRole", f"admin {admin}", role, admin, before=(grant,))
        return replace(renounce, guard=guard)

    def _require_admin(self, account: str) -> None:
        if not self.is_admin(account):
            raise InputError(f"{account} does not administer the role to reserve")

    def claim(self, account: str) -> Action:
        """Sends an account what it can claim."""

        def guard() -> None:
            if self.credit(account) == 0:
                raise AlreadyDone(f"{account} has nothing to claim from {self.address}")

        return Action(self._action("claim", f"for {account}", account).intent, guard)

    def _action(
        self, function: str, subject: str, *arguments: object, before: tuple[Action, ...] = ()
    ) -> Action:
        return Action.of(self.address, "Staking", function, subject, *arguments, before=before)

    def _ask(self, function: str, *arguments: object) -> Any:
        staking = interface("Staking")
        data = staking.encode(function, *arguments)
        return staking.decode(function, self.chain.node.call(self.address, data))
