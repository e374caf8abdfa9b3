"""Bugs for the registry and what stands beside it, and the test that each of them must fail."""

from __future__ import annotations

from tests.settle.bugs import Bug, without

REGISTRY, PARAMETERS, CONTRIBUTIONS, REWARDS, COUNCIL, VOTES = (
    f"contracts/src/settle/registry/{name}.sol"
    for name in ("Registry", "Parameters", "Contributions", "Rewards", "Council", "Votes")
)

BUGS_OF_REGISTRY = (
    # Keys.
    Bug(
        REGISTRY,
        "if (block.timestamp < member.from)",
        "if (false)",
        "RegistryTest.test_AKeyTakesEffectAfterTheDelay",
    ),
    Bug(
        REGISTRY,
        "if (member.next != msg.sender) revert",
        "if (member.next == address(0)) revert",
        "RegistryTest.test_AKeyTakesEffectAfterTheDelay",
    ),
    Bug(
        REGISTRY,
        "if (msg.sender != account && msg.sender != key)",
        "if (false)",
        "RegistryTest.test_OthersRevokeNothing",
    ),
    Bug(
        REGISTRY,
        "if (key != address(0) && key != account) revoked[key] = true;",
        "",
        "RegistryTest.test_ARevokedKeyIsGoneAtOnce",
    ),
    without(
        REGISTRY,
        "        member.key = address(0);\n",
        "RegistryTest.test_ARevokedKeyIsGoneAtOnce",
    ),
    Bug(
        REGISTRY,
        "        emit Revoked(account, key);\n        _forget(member);\n",
        "        emit Revoked(account, key);\n",
        "RegistryTest.test_ARevokedKeyIsGoneAtOnce",
    ),
    Bug(
        REGISTRY,
        "        _requireFor(msg.sender, account);\n",
        "",
        "RegistryTest.test_AKeyOfTwoAccounts",
    ),
    Bug(
        REGISTRY,
        "(owner != address(0) && owner != account)",
        "false",
        "RegistryTest.test_AKeyOfTwoAccounts",
    ),
    Bug(
        REGISTRY,
        "if (accountOf[account] != account) revert NotEnrolled",
        "if (accountOf[account] == address(0)) revert NotEnrolled",
        "RegistryTest.test_AStolenKeyGainsNothing",
    ),
    Bug(
        REGISTRY,
        "(sender != address(0) && _members[account].key == sender)",
        "(_members[account].key == sender)",
        "RegistryTest.test_OthersRevokeNothing",
    ),
    Bug(
        REGISTRY,
        "if (published.length > MOST_BYTES)",
        "if (false)",
        "RegistryTest.test_ManyBytes",
    ),
    Bug(
        REGISTRY,
        ">> uint8(role) & 1 == 1",
        "!= 0",
        "RegistryTest.test_RolesAreWhatTheAccountSays",
    ),
    # Terms.
    without(PARAMETERS, " onlyOwner", "ParametersTest.test_TheOwnerAlone"),
    Bug(
        PARAMETERS,
        "if (have < least || have > most)",
        "if (have < least)",
        "CouncilTest.test_BoundsHoldForTheCouncil",
    ),
    Bug(
        PARAMETERS,
        "if (have < least || have > most)",
        "if (have > most)",
        "ParametersTest.test_EachTermHasItsBounds",
    ),
    Bug(
        PARAMETERS,
        "_add(terms, block.timestamp + 1)",
        "_add(terms, block.timestamp)",
        "ParametersTest.test_VersionsHaveTheirTimes",
    ),
    *(
        without(
            PARAMETERS,
            f'        _require("{term}", terms.{term}, least.{term}, most.{term});\n',
            "ParametersTest.test_EachTermHasItsBounds",
        )
        for term in ("challenge", "proof", "share", "bond")
    ),
    Bug(
        PARAMETERS,
        "least.share, MOST_SHARE);",
        "least.share, 10_000);",
        "ParametersTest.test_NoSideGetsAll",
    ),
    # Contributions.
    Bug(
        CONTRIBUTIONS,
        "if (!recognised[address(book)])",
        "if (false)",
        "ContributionsTest.test_ABookThatLies",
    ),
    Bug(
        CONTRIBUTIONS,
        "if (each == 0) revert",
        "if (false) revert",
        "ContributionsTest.test_AFrontThatNobodyKnows",
    ),
    Bug(
        CONTRIBUTIONS,
        "if (!ended || entry.paid == 0)",
        "if (entry.paid == 0)",
        "ContributionsTest.test_OrdersThatShowNothing",
    ),
    Bug(
        CONTRIBUTIONS,
        "if (!ended || entry.paid == 0)",
        "if (!ended)",
        "ContributionsTest.test_OrdersThatShowNothing",
    ),
    without(
        CONTRIBUTIONS,
        "        if (recorded[address(book)][id]) revert AlreadyRecorded(id);\n",
        "ContributionsTest.test_RecordedOnce",
    ),
    without(
        CONTRIBUTIONS,
        "        known[entry.states] = true;\n",
        "ContributionsTest.test_StatesAreRecordedOnce",
    ),
    Bug(
        CONTRIBUTIONS,
        "(uint256(entry.paid) * each)",
        "(uint256(entry.steps) * each)",
        "ContributionsTest.test_AnOrderWhoseLastKeyIsMissing",
    ),
    Bug(
        CONTRIBUTIONS,
        "(uint256(entry.paid) * each)",
        "(uint256(order.steps) * each)",
        "ContributionsTest.test_AnOrderThatWasLate",
    ),
    Bug(
        CONTRIBUTIONS,
        "units[epoch][entry.worker] += counted;",
        "units[epoch][msg.sender] += counted;",
        "ContributionsTest.test_AnOrderThatWasCompleted",
    ),
    Bug(
        CONTRIBUTIONS,
        "recogniseBook(address book, bool whether) external onlyOwner",
        "recogniseBook(address book, bool whether) external",
        "ContributionsTest.test_TheOwnerAloneRecognises",
    ),
    Bug(
        CONTRIBUTIONS,
        "recogniseFront(bytes32 verifierCode, uint64 each) external onlyOwner",
        "recogniseFront(bytes32 verifierCode, uint64 each) external",
        "ContributionsTest.test_TheOwnerAloneRecognises",
    ),
    # Rewards.
    without(REWARDS, "        drawn[epoch][worker] = true;\n", "RewardsTest.test_DrawnOnce"),
    Bug(
        REWARDS,
        "    function draw(uint256 epoch, address worker) external nonReentrant"
        " returns (uint256 amount) {\n        _requireEnded(epoch);\n",
        "    function draw(uint256 epoch, address worker) external nonReentrant"
        " returns (uint256 amount) {\n",
        "RewardsTest.test_DrawnAfterTheEnd",
    ),
    Bug(
        REWARDS,
        "if (epoch < now_) revert",
        "if (false) revert",
        "RewardsTest.test_DrawnAfterTheEnd",
    ),
    Bug(REWARDS, "if (all != 0) revert", "if (false) revert", "RewardsTest.test_WhoHasNoPart"),
    without(
        REWARDS,
        "        pot[epoch] = 0;\n",
        "RewardInvariantsTest.test_TheActorsGetEverywhere",
    ),
    Bug(
        REWARDS,
        "contributions.units(epoch, worker), all)",
        "contributions.units(epoch, worker), all, Math.Rounding.Ceil)",
        "RewardsTest.testFuzz_RoundingStaysBelowThePot",
    ),
    # Governance.
    Bug(
        COUNCIL,
        "Math.max(super.quorum(time), leastQuorum)",
        "super.quorum(time)",
        "CouncilTest.test_ACouncilOfOne",
    ),
    Bug(
        COUNCIL,
        "clock() - 1) * TO_PROPOSE / 10_000",
        "clock() - 1) * 0",
        "CouncilTest.test_WhoHasTooFewVotesProposesNothing",
    ),
    Bug(
        VOTES,
        "uint48(block.timestamp)",
        "uint48(block.number)",
        "CouncilTest.test_WhatIsDecidedIsDoneAfterTheTimelock",
    ),
)
