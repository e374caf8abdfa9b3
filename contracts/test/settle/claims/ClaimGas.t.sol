// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Link, Shape, Standing, Training} from "../../../src/ITrainingVerifier.sol";
import {TrainingVerifier} from "../../../src/TrainingVerifier.sol";
import {Claims} from "../../../src/settle/claims/Claims.sol";
import {Order} from "../../../src/settle/Orders.sol";
import {WorkingDouble} from "../Gas.t.sol";
import {Claimed} from "./Claimed.sol";

/// What a claim costs with the front that is deployed. Every call is a transaction of its own, with its calldata.
contract ClaimGasTest is Claimed {
    uint32 private constant LINK = 64;
    uint256 private constant PROOF_BYTES = 3_800;
    uint256 private constant CAP = 700_000;
    TrainingVerifier private real;

    function setUp() public override {
        super.setUp();
        WorkingDouble verifier = new WorkingDouble();
        Shape memory shape;
        (shape.program, shape.security, shape.rows, shape.steps) = (PROGRAM, 100, 1_797, LINK);
        (shape.scalars, shape.links, shape.mostSteps) = (1, 1, 1_000_000);
        shape.proofBytes = uint32(PROOF_BYTES);
        real = new TrainingVerifier(address(verifier), address(verifier).codehash, CAP, shape);
        claims = new Claims(bondToken, staking, registry, parameters, real, address(real).codehash);
        vm.startPrank(admin);
        staking.grantRole(staking.RESERVER_ROLE(), address(claims));
        vm.stopPrank();
        blocks.roll(POSTED_AT - 1);
        _fund(ada);
        _fund(stranger);
        _sit(vic);
        _sit(val);
        blocks.roll(POSTED_AT);
    }

    function _count(string memory name) private {
        vm.snapshotValue("Claims", name, vm.lastCallGas().gasTotalUsed);
    }

    function _ordered() private returns (Order memory order) {
        order = _claimable();
        (order.chunkSteps, order.steps) = (LINK, LINK);
        order.scalars = keccak256(abi.encodePacked([int64(1 << 20)]));
        (order.first, order.shard) = (keccak256("first") >> 4, keccak256("shard") >> 4);
        _awarded(order, 90);
    }

    function _trained() private pure returns (Link[] memory links) {
        links = new Link[](1);
        links[0].trained = keccak256("trained") >> 4;
        links[0].scalars = new int64[](LINK);
        for (uint256 i = 0; i < LINK; ++i) links[0].scalars[i] = 1 << 20;
    }

    function _proof() private pure returns (bytes memory proof) {
        proof = new bytes(PROOF_BYTES);
        // No zeros, which would cost less.
        for (uint256 i = 0; i < PROOF_BYTES; ++i) proof[i] = bytes1(uint8(i % 255) + 1);
    }

    function _postAndDraw(Order memory order) private returns (bytes32 statement) {
        Standing memory start = _start(order);
        vm.prank(ada);
        statement = claims.post(book, order, start, _trained(), EVIDENCE);
        _count("post");
        blocks.roll(POSTED_AT + 3);
        claims.draw(statement);
        _count("draw");
    }

    function _validator(bytes32 statement) private view returns (address) {
        return claims.seatOf(claims.claimOf(statement).seat).validator;
    }

    /// forge-config: default.isolate = true
    function test_AClaimThatNobodyDoubts() public {
        Order memory order = _ordered();
        bytes32 statement = _postAndDraw(order);
        address validator = _validator(statement);
        vm.prank(validator);
        claims.attest(statement);
        _count("attest");
        _pass(statement);
        claims.advance(statement);
        _count("advance: accepted");
        book.settle(order, _trained(), 0, "", new bytes32[](0));
        _count("settle what was accepted");
        _stands(statement, Claims.State.Accepted);
    }

    /// forge-config: default.isolate = true
    function test_AClaimThatIsDoubted() public {
        Order memory order = _ordered();
        bytes32 statement = _postAndDraw(order);
        address validator = _validator(statement);
        vm.prank(validator);
        claims.attest(statement);
        vm.prank(stranger);
        claims.doubt(statement);
        _count("doubt");
        Training memory training = _training(order, ada, _trained());
        claims.prove(training, uint256(keccak256("hash")) >> 4, _proof());
        _count("prove what was doubted");
        _stands(statement, Claims.State.Accepted);
    }

    /// forge-config: default.isolate = true
    function test_AFalseClaim() public {
        Order memory order = _ordered();
        bytes32 statement = _postAndDraw(order);
        address validator = _validator(statement);
        vm.prank(validator);
        claims.attest(statement);
        vm.prank(stranger);
        claims.doubt(statement);
        _pass(statement);
        claims.advance(statement);
        _count("advance: void, both slashed");
        _stands(statement, Claims.State.Void);
    }

    /// forge-config: default.isolate = true
    function test_ARefusal() public {
        Order memory order = _ordered();
        bytes32 statement = _postAndDraw(order);
        address validator = _validator(statement);
        vm.prank(validator);
        claims.refuse(statement);
        _count("refuse");
        vm.prank(stranger);
        claims.appeal(statement);
        _count("appeal");
        Training memory training = _training(order, ada, _trained());
        claims.prove(training, uint256(keccak256("hash")) >> 4, _proof());
        _count("prove what was refused");
        _stands(statement, Claims.State.Accepted);
    }

    /// forge-config: default.isolate = true
    function test_ASilentValidator() public {
        Order memory order = _ordered();
        bytes32 statement = _postAndDraw(order);
        _pass(statement);
        vm.prank(stranger);
        claims.ask(statement);
        _count("ask");
        _pass(statement);
        claims.advance(statement);
        _count("advance: validator slashed");
        _stands(statement, Claims.State.Pending);
    }
}
