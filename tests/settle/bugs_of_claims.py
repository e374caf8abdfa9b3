"""Bugs for claims, one at a time, and the test that each of them must fail."""

from __future__ import annotations

from tests.settle.bugs import Bug, without

CLAIMS, SEATS = (f"contracts/src/settle/claims/{name}.sol" for name in ("Claims", "Seats"))
LIFE, REFUSALS, ATTACKS, INVARIANTS = (
    f"Claim{name}Test" for name in ("Life", "Refusals", "Attacks", "Invariants")
)

BUGS_OF_CLAIMS = (
    # What a claim says, and for whom.
    *(
        without(CLAIMS, text, f"{ATTACKS}.test_AClaimSaysWhatTheOrderSays")
        for text in (
            "training.first = order.first;",
            "training.shard = order.shard;",
            "training.nonce = order.nonce;",
            "training.earlierSteps = order.earlierSteps;",
        )
    ),
    Bug(
        CLAIMS,
        "block.chainid, address(book), id, msg.sender)",
        "uint256(1), address(book), id, msg.sender)",
        f"{ATTACKS}.test_AClaimOnAnotherChain",
    ),
    Bug(
        CLAIMS,
        "block.chainid, address(book), id, msg.sender)",
        "block.chainid, address(this), id, msg.sender)",
        f"{ATTACKS}.test_AClaimForAnotherBook",
    ),
    Bug(
        CLAIMS,
        "block.chainid, address(book), id, msg.sender)",
        "block.chainid, address(book), bytes32(0), msg.sender)",
        f"{ATTACKS}.test_AClaimForAnotherOrder",
    ),
    Bug(
        CLAIMS,
        "block.chainid, address(book), id, msg.sender)",
        "block.chainid, address(book), id, address(0xADA))",
        f"{ATTACKS}.test_AClaimOfAnotherWorker",
    ),
    without(
        CLAIMS,
        "        if (order.verifier != address(this)) revert NotForThis(order.verifier);\n",
        f"{REFUSALS}.test_AnOrderOfAnotherFront",
    ),
    without(
        CLAIMS,
        "        if (block.timestamp < order.biddingEnds)"
        " revert TooEarly(block.timestamp, order.biddingEnds);\n",
        f"{ATTACKS}.test_AClaimBeforeTheBiddingEnds",
    ),
    without(
        CLAIMS,
        "        if (claim_.state != State.None) revert WrongState(statement, claim_.state);\n",
        f"{REFUSALS}.test_WhatWasVoidIsNotClaimedAgain",
    ),
    # What is paid.
    Bug(
        CLAIMS,
        "if (state == State.Accepted) return standing;",
        "if (state >= State.Accepted) return standing;",
        f"{LIFE}.test_AVoidClaimIsSettledWithAProof",
    ),
    Bug(
        CLAIMS,
        "if (state == State.Accepted) return standing;",
        "if (state >= State.Pending) return standing;",
        f"{REFUSALS}.testFuzz_OnlyWhatWasAcceptedIsPaid",
    ),
    without(
        CLAIMS,
        "        if (proof.length == 0) revert NotAccepted(standing.statement, state);\n",
        f"{REFUSALS}.test_WhatNobodyClaimed",
    ),
    Bug(
        CLAIMS,
        "if (have != frontCode) revert",
        "if (false) revert",
        f"{ATTACKS}.test_AnotherFrontAtTheSameAddress",
    ),
    # Proofs.
    Bug(
        CLAIMS,
        "_front().verify(training, hash, proof).statement",
        "_front().standingAfter(training).statement",
        f"{ATTACKS}.test_AnInvalidProofDecidesNothing",
    ),
    Bug(
        CLAIMS,
        "if (refused || state == State.Doubted) _requireUntil(claim_.until);",
        "if (refused) _requireUntil(claim_.until);",
        f"{REFUSALS}.test_ProvenInTime",
    ),
    Bug(
        CLAIMS,
        "if (refused || state == State.Doubted) _requireUntil(claim_.until);",
        "if (state == State.Doubted) _requireUntil(claim_.until);",
        f"{REFUSALS}.test_ARefusedClaimIsProvenInTime",
    ),
    Bug(
        CLAIMS,
        "            _split(terms, worker);",
        "            _split(terms, msg.sender);",
        f"{LIFE}.test_DoubtedAndProven",
    ),
    Bug(
        CLAIMS,
        "challenger == address(0) ? worker : challenger);",
        "msg.sender);",
        f"{ATTACKS}.test_ACopiedProofEarnsNothing",
    ),
    Bug(
        CLAIMS,
        "        } else if (challenger != address(0)) {\n"
        "            _credit(challenger, terms.bond);\n        }",
        "        }",
        f"{LIFE}.test_RefusedAppealedAndProven",
    ),
    # Ends.
    Bug(
        CLAIMS,
        "        claim_.state = State.Accepted;\n        claim_.challenger = address(0);\n",
        "        claim_.state = State.Accepted;\n",
        f"{INVARIANTS}.test_TheActorsGetEverywhere",
    ),
    Bug(
        CLAIMS,
        "claim_.attested && claim_.prompt;",
        "claim_.attested;",
        f"{LIFE}.test_ALateValidatorEarnsNothing",
    ),
    Bug(
        CLAIMS,
        "        bool earned = claim_.attested && claim_.prompt;",
        "        bool earned = claim_.seat != 0;",
        f"{LIFE}.test_ProvenWhileTheValidatorLooks",
    ),
    Bug(
        CLAIMS,
        "_credit(claim_.prompt ? validator : claim_.worker, terms.fee);",
        "_credit(validator, terms.fee);",
        f"{LIFE}.test_RefusedLateAndLeft",
    ),
    Bug(
        CLAIMS,
        "        _credit(treasury, terms.fee);\n",
        "        _credit(challenger, terms.fee);\n",
        f"{LIFE}.test_DoubtedAndNotProven",
    ),
    without(
        CLAIMS,
        "        staking.slash(claim_.worker, statement, terms.stake, challenger);\n",
        f"{INVARIANTS}.test_TheActorsGetEverywhere",
    ),
    without(
        CLAIMS,
        "        if (seat != 0)"
        " _slashSeat(seat, seatOf(seat).stake > terms.stake ? address(0) : challenger);\n",
        f"{LIFE}.test_DoubtedAndNotProven",
    ),
    Bug(
        CLAIMS,
        "seatOf(seat).stake > terms.stake",
        "false",
        f"{ATTACKS}.test_AWorkerWhoFramesItsValidator",
    ),
    Bug(
        CLAIMS,
        "uint256(terms.bond) * terms.share / WHOLE",
        "uint256(terms.bond)",
        f"{ATTACKS}.test_DoubtOneselfAndProve",
    ),
    without(
        CLAIMS,
        "        _credit(treasury, terms.bond - share);\n",
        f"{INVARIANTS}.test_TheActorsGetEverywhere",
    ),
    Bug(
        CLAIMS,
        "            _slashSeat(seat, challenger);\n",
        "            _excuse(seat);\n",
        f"{LIFE}.test_ASilentValidatorIsAskedAndSlashed",
    ),
    # Times.
    Bug(
        CLAIMS,
        "if (block.timestamp <= until) revert TooEarly",
        "if (block.timestamp < until) revert TooEarly",
        f"{REFUSALS}.test_DoubtedInTime",
    ),
    Bug(
        CLAIMS,
        "if (block.timestamp > until) revert TooLate",
        "if (block.timestamp >= until) revert TooLate",
        f"{ATTACKS}.test_ADoubtInTheLastSecond",
    ),
    Bug(
        CLAIMS,
        "if (block.timestamp > until) revert TooLate",
        "if (false) revert TooLate",
        f"{REFUSALS}.test_AppealedInTime",
    ),
    Bug(
        CLAIMS,
        "if (block.timestamp <= claim_.until) revert TooEarly",
        "if (false) revert TooEarly",
        f"{REFUSALS}.test_AskedAfterTheResponse",
    ),
    without(
        CLAIMS,
        "        if (state == State.Waiting) until += terms.answer;\n",
        f"{REFUSALS}.test_AskedAfterTheResponse",
    ),
    Bug(
        CLAIMS,
        "_challenge(statement, claim_, State.Doubted, terms.proof, terms.bond);",
        "_challenge(statement, claim_, State.Doubted, 0, terms.bond);",
        f"{ATTACKS}.test_ADoubtInTheLastSecond",
    ),
    Bug(
        CLAIMS,
        "terms.response + 2 * uint256(terms.answer)",
        "terms.response + uint256(terms.answer)",
        f"{LIFE}.test_TheLongestWay",
    ),
    Bug(
        CLAIMS,
        "if (_longest(most) > staking_.challengePeriod())",
        "if (false)",
        f"{REFUSALS}.test_StakeOutlastsEveryClaim",
    ),
    Bug(
        CLAIMS,
        "parameters.versionAt(order.biddingEnds)",
        "parameters.versionAt(block.timestamp)",
        f"{ATTACKS}.test_TermsThatChange",
    ),
    Bug(
        CLAIMS,
        "return parameters.termsOf(claim_.version);",
        "return parameters.termsOf(parameters.versionAt(block.timestamp));",
        f"{ATTACKS}.test_TermsThatChange",
    ),
    # Who may.
    Bug(
        CLAIMS,
        "if (!registry.acts(msg.sender, validator))",
        "if (false)",
        f"{REFUSALS}.test_TheDrawnAnswersAlone",
    ),
    without(
        CLAIMS,
        "        staking.reserve(msg.sender, statement, terms.stake);\n",
        f"{ATTACKS}.test_OneStakeBehindManyClaims",
    ),
    without(
        CLAIMS, "        _take(msg.sender, bond);\n", f"{ATTACKS}.test_ACopiedDoubtPaysTheBond"
    ),
    Bug(
        CLAIMS,
        "doubt(bytes32 statement) external nonReentrant",
        "doubt(bytes32 statement) external",
        "CallingBondTest.test_WhileABondIsPaid",
    ),
    # Draws.
    Bug(
        CLAIMS,
        "if (block.number <= claim_.draws) revert",
        "if (false) revert",
        f"{REFUSALS}.test_DrawnWhenTheHashIsThere",
    ),
    Bug(
        CLAIMS,
        "if (hash == 0) {",
        "if (false) {",
        f"{REFUSALS}.test_DrawnAgainWhenTheHashIsGone",
    ),
    Bug(
        CLAIMS,
        "claim_.among = seats();",
        "claim_.among = seats() + 5;",
        f"{ATTACKS}.test_SeatsAddedAfterAClaim",
    ),
    Bug(SEATS, "seat.since < before", "true", f"{ATTACKS}.test_ASeatTakenForADraw"),
    Bug(SEATS, "seat.validator != worker", "true", f"{ATTACKS}.test_AWorkerDrawnForItself"),
    without(SEATS, " && seat.duty == 0", f"{ATTACKS}.test_OneSeatForTwoClaims"),
    without(SEATS, " && seat.stake >= stake", f"{ATTACKS}.test_ASeatWithTooLittleStake"),
    Bug(
        SEATS,
        "keccak256(abi.encode(hash, statement, i))",
        "keccak256(abi.encode(statement, i))",
        f"{ATTACKS}.test_TheHashDecides",
    ),
    without(
        SEATS,
        "            if (place >= _row.length) continue;\n",
        f"{ATTACKS}.test_SeatsVacatedForADraw",
    ),
    without(SEATS, "        _row[seat.place] = moved;\n", f"{ATTACKS}.test_SeatsTakenToLeaveHoles"),
    without(
        SEATS,
        "        _seats[moved].place = seat.place;\n",
        f"{ATTACKS}.test_SeatsTakenToLeaveHoles",
    ),
    # Seats.
    Bug(
        SEATS,
        "if (!registry.has(msg.sender, Role.Validator))",
        "if (false)",
        f"{REFUSALS}.test_SeatsAreOfValidators",
    ),
    Bug(
        SEATS,
        "if (seat.validator != msg.sender)",
        "if (false)",
        f"{REFUSALS}.test_SeatsAreOfValidators",
    ),
    without(
        SEATS,
        "        if (seat.duty != 0) revert OnDuty(number, seat.duty);\n",
        f"{ATTACKS}.test_UnbondThenCheat",
    ),
    without(
        SEATS,
        "        staking.reserve(msg.sender, keyOf(number), stake);\n",
        f"{ATTACKS}.test_OneStakeBehindManyClaims",
    ),
    without(
        SEATS,
        "        staking.release(msg.sender, keyOf(number));\n",
        f"{REFUSALS}.test_AVacatedSeatIsGone",
    ),
    without(
        SEATS,
        "        _seats[number].duty = statement;\n",
        f"{INVARIANTS}.invariant_BooksAddUp",
    ),
    Bug(
        SEATS,
        "if (number != 0) _seats[number].duty = 0;",
        "",
        f"{LIFE}.test_TheValidatorAbstains",
    ),
)
