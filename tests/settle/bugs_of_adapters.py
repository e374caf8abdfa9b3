"""Bugs for what stands before other verifiers, and the test that each of them must fail."""

from __future__ import annotations

from tests.settle.bugs import Bug, without

EZKL = "contracts/src/settle/adapters/EzklVerifier.sol"
PINNED = "contracts/src/PinnedVerifier.sol"
TEST = "EzklVerifierTest"

BUGS_OF_ADAPTERS = (
    Bug(
        EZKL,
        "            trained = step.trained;\n",
        "",
        f"{TEST}.test_StepsThatFollowFromEachOther",
    ),
    Bug(
        EZKL,
        "[trained, step.batch, step.salt, step.trained]",
        "[trained, step.batch, step.salt, trained]",
        f"{TEST}.test_StepsThatFollowFromEachOther",
    ),
    without(
        EZKL,
        "            if (value >= PublicInputs.ORDER)"
        " revert StepNotInField(step, _field(i), value);\n",
        f"{TEST}.test_ANameBeyondTheOrder",
    ),
    without(
        EZKL,
        "                if (coordinate >= COORDINATES)"
        " revert NoPoint(step, _field(i), coordinate);\n",
        f"{TEST}.test_APointBeyondTheField",
    ),
    Bug(
        EZKL,
        "if (have != names[i])",
        "if (i != 0 && have != names[i])",
        f"{TEST}.test_AStepLeftOut",
    ),
    Bug(
        EZKL,
        "if (have != names[i])",
        "if (i == 0 && have != names[i])",
        f"{TEST}.test_AnotherCommitment",
    ),
    Bug(
        EZKL,
        "if (step.proof.length != proofBytes)",
        "if (step.proof.length < proofBytes)",
        f"{TEST}.test_BytesMoreOrLess",
    ),
    Bug(EZKL, "if (steps.length == 0)", "if (false)", f"{TEST}.test_BytesMoreOrLess"),
    Bug(
        EZKL,
        "        PinnedVerifier.requireCode(verifier, codeHash);\n        trained",
        "        trained",
        f"{TEST}.test_AnotherVerifierAtTheSameAddress",
    ),
    Bug(
        PINNED,
        "and(eq(returndatasize(), 32), eq(mload(0), 1))",
        "eq(returndatasize(), 32)",
        f"{TEST}.test_AnswersThatAreNoYes",
    ),
    Bug(
        PINNED,
        "and(eq(returndatasize(), 32), eq(mload(0), 1))",
        "eq(mload(0), 1)",
        f"{TEST}.test_AnswersThatAreNoYes",
    ),
    Bug(
        PINNED,
        "        if (have < need) revert ITrainingVerifier.NotEnoughGas(have, need);\n"
        '        assembly ("memory-safe") {\n            // To the scratch',
        '        assembly ("memory-safe") {\n            // To the scratch',
        f"{TEST}.testFuzz_TooLittleGasIsNoInvalidProof",
    ),
)
