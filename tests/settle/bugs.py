"""Bugs for the settlement contracts, one at a time, and the test that each of them must fail.

A list of what the tests are worth: `make test-planted` plants every one and runs its test.
"""

from __future__ import annotations

from dataclasses import dataclass

STAKING, BOOK, ORDERS, SCALARS, PURSE, SEALS, ENVELOPES, POSEIDON = (
    f"contracts/src/settle/{name}.sol"
    for name in (
        *("Staking", "OrderBook", "Orders", "Scalars", "Purse"),
        *("Seals", "Envelopes", "Poseidon2"),
    )
)


@dataclass(frozen=True)
class Bug:
    """A change of a line.

    Attributes:
        path: Of the contract.
        text: What is there, once.
        planted: What comes in its place.
        test: The test that fails then: contract and function.
    """

    path: str
    text: str
    planted: str
    test: str


def without(path: str, text: str, test: str) -> Bug:
    """The text is left out."""
    return Bug(path, text, "", test)


BUGS = (
    # What a proof has to show.
    without(BOOK, "training.first = order.first;", "AttacksTest.test_AProofOfAnotherRun"),
    without(BOOK, "training.shard = order.shard;", "AttacksTest.test_AProofOfAnotherRun"),
    without(BOOK, "training.nonce = order.nonce;", "AttacksTest.test_AProofOfAnotherRun"),
    without(
        BOOK, "training.before = entry.states;", "OrderLifeTest.test_ChunksArePaidAsTheyAreProven"
    ),
    Bug(
        BOOK,
        "training.earlierSteps = order.earlierSteps;",
        "training.earlierSteps = 1;",
        "AttacksTest.test_AProofOfAnotherRun",
    ),
    Bug(
        BOOK,
        "block.chainid, address(this), id, worker);",
        "uint256(1), address(this), id, worker);",
        "AttacksTest.test_AProofForAnotherChainOrContract",
    ),
    Bug(
        BOOK,
        "block.chainid, address(this), id, worker);",
        "block.chainid, address(1), id, worker);",
        "AttacksTest.test_ACopiedProofPaysTheWorker",
    ),
    Bug(
        BOOK,
        "block.chainid, address(this), id, worker);",
        "block.chainid, address(this), bytes32(0), worker);",
        "AttacksTest.test_AProofOfAnotherOrder",
    ),
    Bug(
        BOOK,
        "contextOf(id, entry.worker)",
        "contextOf(id, msg.sender)",
        "AttacksTest.test_ACopiedProofPaysTheWorker",
    ),
    Bug(
        BOOK,
        "training.contextHash = keccak256(contextOf(id, entry.worker));",
        "training.contextHash = keccak256(contextOf(id, address(0xB0B)));",
        "AttacksTest.test_AProofOfAnotherWorker",
    ),
    Bug(
        BOOK,
        "_front(order).verify(_training(order, id, entry, links), hash, proof);",
        "_front(order).standingAfter(_training(order, id, entry, links));",
        "AttacksTest.test_AnotherHashOrAnEmptyProof",
    ),
    # Paid twice, or to others.
    without(BOOK, "entry.steps = uint40(steps);", "AttacksTest.test_AChunkShownAgain"),
    without(BOOK, "entry.steps = uint40(steps);", "InvariantsTest.test_TheActorsGetEverywhere"),
    without(
        BOOK,
        "if (steps != order.steps) entry.statement = standing.statement;",
        "OrderLifeTest.test_ChunksArePaidAsTheyAreProven",
    ),
    without(BOOK, "entry.locked -= due.toUint128();", "InvariantsTest.invariant_BooksAddUp"),
    Bug(
        BOOK,
        "_credit(entry.worker, due);",
        "_credit(msg.sender, due);",
        "AttacksTest.test_ACopiedProofPaysTheWorker",
    ),
    Bug(
        BOOK,
        "_credit(entry.worker, due);",
        "_credit(entry.worker, 2 * due);",
        "InvariantsTest.invariant_BooksAddUp",
    ),
    Bug(
        BOOK,
        "            entry.state = State.Completed;\n",
        "",
        "AttacksTest.test_RefundedAfterItWasPaid",
    ),
    without(
        BOOK,
        "entry.state = State.Late;",
        "AttacksTest.test_PaidAfterItWasRefunded",
    ),
    Bug(
        BOOK,
        "        entry.locked -= amount.toUint128();\n        _credit(consumer",
        "        _credit(consumer",
        "InvariantsTest.invariant_BooksAddUp",
    ),
    Bug(
        BOOK,
        "if (standing.steps != steps || standing.statement == entry.statement)",
        "if (standing.steps != steps)",
        "OrderRefusalsTest.test_AFrontThatLiesMovesOneChunk",
    ),
    Bug(
        BOOK,
        "if (standing.steps != steps || standing.statement == entry.statement)",
        "if (standing.statement == entry.statement)",
        "OrderRefusalsTest.test_AFrontThatLiesMovesOneChunk",
    ),
    # Times.
    Bug(
        BOOK,
        "if (block.timestamp > order.deadline) revert TooLate",
        "if (false) revert TooLate",
        "OrderRefusalsTest.test_SettleAfterTheDeadline",
    ),
    Bug(
        BOOK,
        "if (block.timestamp > order.deadline) revert TooLate",
        "if (block.timestamp >= order.deadline) revert TooLate",
        "OrderLifeTest.test_SettleUntilTheDeadline",
    ),
    Bug(
        BOOK,
        "if (block.timestamp <= end) revert NotLate",
        "if (block.timestamp < end) revert NotLate",
        "OrderRefusalsTest.test_ExpireBeforeTheDeadline",
    ),
    Bug(
        BOOK,
        "uint256(order.deadline) + order.revealWindow > block.timestamp + LONGEST",
        "false",
        "OrderRefusalsTest.test_TimesAreInOrder",
    ),
    # Orders and who signed them.
    Bug(
        BOOK,
        "if (!_signed(order.consumer, id, signature)\n            &&",
        "if (signature.length == 0 &&",
        "SignaturesTest.test_TheOtherSignatureOfTheSameKey",
    ),
    Bug(
        BOOK,
        "return _hashTypedDataV4(Orders.hash(order));",
        "return Orders.hash(order);",
        "SignaturesTest.test_OnAnotherChain",
    ),
    Bug(
        ORDERS,
        "calldatacopy(add(at, 32), order, 736)",
        "calldatacopy(add(at, 32), order, 704)",
        "SignaturesTest.test_EveryTermIsSigned",
    ),
    Bug(
        BOOK,
        "if (have != order.verifierCode)",
        "if (false)",
        "AttacksTest.test_AnotherFrontAtTheSameAddress",
    ),
    Bug(
        BOOK,
        "if (msg.sender != order.consumer)",
        "if (false)",
        "OrderRefusalsTest.test_TheConsumerAloneCancels",
    ),
    without(
        BOOK,
        "        entry.state = State.Cancelled;\n",
        "OrderLifeTest.test_CancelBeforeItIsOpened",
    ),
    # Bids.
    without(
        BOOK,
        "|| (price == entry.price && best != address(0))",
        "OrderRefusalsTest.test_BidsGetLower",
    ),
    without(
        BOOK, "Orders.requireMet(order, offer);", "OrderRefusalsTest.test_OffersMeetAllConditions"
    ),
    without(
        BOOK,
        "if (order.stake != 0) staking.reserve(msg.sender, id, order.stake);",
        "AttacksTest.test_ABidWithoutStakeLeavesTheBest",
    ),
    without(
        BOOK, "            _release(order, id, best);\n", "OrderLifeTest.test_TheLowestBidWins"
    ),
    Bug(
        ORDERS,
        "offer.regions & ~order.regions != 0",
        "offer.regions & order.regions == 0",
        "OrderRefusalsTest.test_OffersMeetAllConditions",
    ),
    Bug(
        BOOK,
        "Math.Rounding.Ceil",
        "Math.Rounding.Floor",
        "OrderLifeTest.test_StakeIsLostForWhatIsMissing",
    ),
    # Scalars.
    Bug(
        SCALARS,
        "if (have != order.scalars) revert",
        "if (false) revert",
        "ScalarsOfOrdersTest.test_AnotherConstant",
    ),
    Bug(
        SCALARS,
        "if (at != end) revert NotConstant",
        "if (false) revert NotConstant",
        "ScalarsOfOrdersTest.test_AConstantChanges",
    ),
    Bug(
        SCALARS,
        "if (root != order.scalars) revert",
        "if (false) revert",
        "ScalarsOfOrdersTest.test_OneScalarOfAList",
    ),
    Bug(
        SCALARS,
        "abi.encodePacked(chunk, hashes)",
        "abi.encodePacked(uint256(0), hashes)",
        "ScalarsOfOrdersTest.test_AListOfScalars",
    ),
    # Stake.
    Bug(
        STAKING,
        "- stakes.reserved - stakes.leaving",
        "- stakes.reserved",
        "StakingTest.test_WhatIsLeavingCannotBeReserved",
    ),
    Bug(
        STAKING,
        "- stakes.reserved - stakes.leaving",
        "- stakes.leaving",
        "AttacksTest.test_OneStakeBehindManyOrders",
    ),
    without(
        STAKING,
        "        _requireFree(msg.sender, stakes, amount);\n",
        "AttacksTest.test_UnbondThenCheat",
    ),
    without(
        STAKING,
        "        _requireFree(worker, stakes, amount);\n",
        "AttacksTest.test_StakeSplitAmongSybils",
    ),
    Bug(
        STAKING,
        "if (block.timestamp < stakes.leavesAt)",
        "if (false)",
        "StakingTest.test_Leave",
    ),
    Bug(
        STAKING,
        "if (unbondingPeriod_ <= challengePeriod_)",
        "if (unbondingPeriod_ < challengePeriod_)",
        "StakingTest.test_UnbondingIsLongerThanAChallenge",
    ),
    Bug(
        STAKING,
        "if (unbondingPeriod_ > LONGEST_UNBONDING)",
        "if (false)",
        "StakingTest.test_NoStakeWaitsForEver",
    ),
    Bug(
        STAKING,
        "if (accuserShare_ > MOST_ACCUSER_SHARE)",
        "if (false)",
        "StakingTest.test_AnAccuserGetsHalfAtMost",
    ),
    Bug(
        STAKING,
        "if (!authorised[worker][msg.sender])",
        "if (false)",
        "StakingTest.test_ReserveNeedsTheWorkersWord",
    ),
    without(STAKING, " onlyRole(RESERVER_ROLE)", "StakingTest.test_ReserveNeedsTheRole"),
    Bug(
        STAKING,
        "release(address worker, bytes32 key) external nonReentrant",
        "release(address worker, bytes32 key) external nonReentrant onlyRole(RESERVER_ROLE)",
        "AttacksTest.test_AnAdminWhoTakesTheRoleAwayStopsNothing",
    ),
    Bug(
        STAKING,
        "if (have < amount) revert NotReserved",
        "if (false) revert NotReserved",
        "StakingTest.test_ReservationsBelongToTheirMaker",
    ),
    without(
        STAKING,
        "        _reserved[msg.sender][worker][key] = 0;\n",
        "StakingTest.test_ReserveAndRelease",
    ),
    Bug(
        STAKING,
        "_credit(treasury, amount - share);",
        "_credit(treasury, amount);",
        "StakingTest.testFuzz_NothingIsLostInASplit",
    ),
    # Envelopes.
    Bug(
        BOOK,
        "if (order.revealWindow == 0) _pay(order, id, entry, due);",
        "_pay(order, id, entry, _unpaid(entry));",
        "DeliveryTest.test_ASettlementWaitsForItsKey",
    ),
    Bug(
        BOOK,
        "if (block.number < final_)",
        "if (false)",
        "DeliveryAttacksTest.test_AKeyBeforeTheSettlementIsFinal",
    ),
    Bug(
        BOOK,
        "link.key, uint64(block.number),",
        "link.key, uint64(1),",
        "DeliveryAttacksTest.test_AKeyBeforeTheSettlementIsFinal",
    ),
    Bug(BOOK, "if (hash != seal.key)", "if (false)", "DeliveryAttacksTest.test_AnotherKey"),
    Bug(
        BOOK,
        "if (have != entry.seal)",
        "if (false)",
        "DeliveryAttacksTest.test_AnAcceptanceOfAnEarlierSeal",
    ),
    Bug(
        BOOK,
        "if (have != entry.seal)",
        "if (false)",
        "DeliveryAttacksTest.test_AnotherTimeOfSettlement",
    ),
    Bug(
        BOOK,
        "if (!published && !entry.accepted && ",
        "if (false && ",
        "DeliveryAttacksTest.test_AKeyThatNobodyAccepted",
    ),
    Bug(
        BOOK,
        "!_signed(order.consumer, _acceptance(id, seal), acceptance)",
        "!SignatureChecker.isValidSignatureNow(order.consumer, _acceptance(id, seal), acceptance)",
        "DeliveryAttacksTest.test_AContractAcceptsOnTheChainAlone",
    ),
    Bug(
        BOOK,
        "signer == consumer;",
        "signer != address(0);",
        "DeliveryAttacksTest.test_AnAcceptanceOfSomebodyElse",
    ),
    Bug(
        BOOK,
        "return _hashTypedDataV4(Seals.acceptance(id, seal));",
        "return Seals.acceptance(id, seal);",
        "DeliveryTest.test_AnAcceptedKeyIsPaid",
    ),
    without(
        BOOK,
        "        entry.accepted = false;\n",
        "DeliveryAttacksTest.test_AnAcceptanceOnTheChainEndsWithItsSeal",
    ),
    Bug(
        BOOK,
        "if (msg.sender != order.consumer)",
        "if (false)",
        "DeliveryAttacksTest.test_AnAcceptanceOfSomebodyElse",
    ),
    Bug(
        BOOK,
        "if (block.timestamp >= end) revert TooLate",
        "if (false) revert TooLate",
        "DeliveryAttacksTest.test_AcceptedAfterItWasPublished",
    ),
    Bug(
        BOOK,
        "!entry.accepted && block.timestamp >= _acceptanceEnds",
        "block.timestamp >= _acceptanceEnds",
        "DeliveryAttacksTest.test_PublishedForTheBond",
    ),
    Bug(
        BOOK,
        "!entry.accepted && block.timestamp >= _acceptanceEnds(order, seal)",
        "!entry.accepted",
        "DeliveryAttacksTest.test_PublishedForTheBond",
    ),
    Bug(
        BOOK,
        "            && envelopes.published(seal.ciphertext);",
        ";",
        "DeliveryAttacksTest.test_AKeyThatNobodyAccepted",
    ),
    Bug(
        BOOK,
        "published ? entry.locked - _priceOfMissing(order, entry) : _unpaid(entry)",
        "_unpaid(entry)",
        "DeliveryAttacksTest.test_AConsumerWhoNeverAccepts",
    ),
    Bug(
        BOOK,
        "published ? entry.locked - _priceOfMissing(order, entry) : _unpaid(entry)",
        "entry.locked - _priceOfMissing(order, entry)",
        "DeliveryTest.test_AnAcceptedKeyIsPaid",
    ),
    without(BOOK, "entry.paid = entry.steps;", "DeliveryAttacksTest.test_AKeyShownAgain"),
    without(BOOK, "entry.paid = entry.steps;", "InvariantsTest.invariant_BooksAddUp"),
    without(
        BOOK,
        "if (entry.steps == order.steps) entry.state = State.Proven;",
        "DeliveryAttacksTest.test_MoreStepsThanOrdered",
    ),
    Bug(
        BOOK,
        "if (block.timestamp > _end(order))",
        "if (false)",
        "DeliveryAttacksTest.test_RevealedAfterTheWindow",
    ),
    Bug(
        BOOK,
        "entry.paid == entry.steps ? order.deadline : _end(order)",
        "order.deadline",
        "DeliveryAttacksTest.test_AWorkerWhoNeverReveals",
    ),
    Bug(
        BOOK,
        "entry.paid == entry.steps ? order.deadline : _end(order)",
        "_end(order)",
        "DeliveryTest.test_NothingSealedIsNotWaitedFor",
    ),
    without(
        BOOK,
        "_slash(id, worker, slashed - forMissing, address(0));",
        "DeliveryAttacksTest.test_AWorkerWhoNeverReveals",
    ),
    Bug(
        BOOK,
        "_slash(id, worker, slashed - forMissing, address(0));",
        "_slash(id, worker, slashed - forMissing, order.consumer);",
        "DeliveryAttacksTest.test_AConsumerWhoRefusesGainsNothing",
    ),
    Bug(BOOK, " + order.bond).toUint128()", ").toUint128()", "DeliveryTest.test_OpenLocksTheBond"),
    Bug(BOOK, "entry.price - order.bond);", "entry.price);", "DeliveryTest.test_AwardKeepsTheBond"),
    Bug(
        BOOK,
        "            _refund(entry, order.consumer, entry.locked);\n            _release",
        "            _release",
        "DeliveryTest.test_AKeyForEachChunk",
    ),
    without(
        BOOK,
        "_requireWindow(order, shape.envelopes);",
        "DeliveryAttacksTest.test_WindowsFitTheCircuit",
    ),
    Bug(
        BOOK,
        "uint256(order.deadline) + order.revealWindow > block.timestamp",
        "order.deadline > block.timestamp",
        "DeliveryAttacksTest.test_WindowsEndWithinAYear",
    ),
    Bug(
        BOOK,
        "Math.min(shape.mostSteps, MOST_STEPS)",
        "shape.mostSteps",
        "OrderRefusalsTest.test_StepsThatNoNumberHolds",
    ),
    Bug(
        SEALS,
        "abi.encode(id, seal)",
        "abi.encode(bytes32(0), seal)",
        "DeliveryAttacksTest.test_AnAcceptanceOfAnotherOrder",
    ),
    Bug(
        SEALS,
        "abi.encode(TYPE, id, seal.ciphertext, seal.key)",
        "abi.encode(TYPE, bytes32(0), seal.ciphertext, seal.key)",
        "DeliveryTest.test_AnAcceptedKeyIsPaid",
    ),
    Bug(
        ENVELOPES,
        "if (key >= PublicInputs.ORDER)",
        "if (false)",
        "DeliveryAttacksTest.test_AKeyBeyondTheField",
    ),
    Bug(
        ENVELOPES,
        "if (element >= PublicInputs.ORDER)",
        "if (false)",
        "EnvelopesTest.test_ElementsAreOfTheField",
    ),
    Bug(
        ENVELOPES,
        "if (hash != ciphertext)",
        "if (false)",
        "DeliveryAttacksTest.test_AnotherCiphertextIsPublished",
    ),
    Bug(
        ENVELOPES,
        "publication = _publications[msg.sender][ciphertext];",
        "publication = _publications[address(0)][ciphertext];",
        "EnvelopesTest.test_NobodyPublishesBetween",
    ),
    Bug(
        ENVELOPES,
        "if (from != publication.next)",
        "if (false)",
        "EnvelopesTest.test_PartsComeInOrder",
    ),
    without(
        ENVELOPES,
        " || (length < missing && length % 2 != 0)",
        "EnvelopesTest.test_PartsEndWithAPermutation",
    ),
    Bug(
        ENVELOPES,
        "length == 0 || length > missing",
        "length == 0",
        "EnvelopesTest.test_PartsEndWithAPermutation",
    ),
    Bug(
        ENVELOPES,
        "(0, 0, total + ELEMENTS)",
        "(0, 0, ELEMENTS)",
        "EnvelopesTest.test_PublishedInParts",
    ),
    Bug(
        POSEIDON,
        "y := addmod(b0, s, p)",
        "y := add(b0, s)",
        "EnvelopesTest.test_ThePermutationHasItsVector",
    ),
    # Tokens.
    Bug(PURSE, "if (arrived != amount)", "if (false)", "FeeTokenTest.test_AnOrderIsRefused"),
    Bug(PURSE, "if (before < owed)", "if (false)", "RebasingTokenTest.test_BalancesShrink"),
    Bug(
        PURSE,
        "claim(address account) external nonReentrant",
        "claim(address account) external",
        "CallingTokenTest.test_WhileAnOrderIsOpened",
    ),
    without(PURSE, "        credit[account] = 0;\n", "InvariantsTest.test_TheActorsGetEverywhere"),
    Bug(
        BOOK,
        "expire(Order calldata order) external nonReentrant",
        "expire(Order calldata order) external",
        "CallingTokenTest.test_WhileCreditIsClaimed",
    ),
    Bug(
        STAKING,
        "withdraw() external nonReentrant",
        "withdraw() external",
        "CallingTokenTest.test_WhileStakeIsMoved",
    ),
)
