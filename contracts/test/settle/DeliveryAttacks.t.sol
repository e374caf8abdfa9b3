// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {PublicInputs} from "../../src/PublicInputs.sol";
import {Envelopes} from "../../src/settle/Envelopes.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Order} from "../../src/settle/Orders.sol";
import {Seal} from "../../src/settle/Seals.sol";
import {Market} from "./Market.sol";
import {Wallet} from "./Signatures.t.sol";

/// Workers who want to be paid and show nothing, consumers who want to see and pay nothing, and passers-by.
contract DeliveryAttacksTest is Market {
    uint256 private constant OF_CHUNK = CHUNK * 90;
    Order private order;
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        order = _enveloped();
        id = _awarded(order, 90);
    }

    function _notAccepted(Seal memory seal) private {
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NotAccepted.selector, id, seal.ciphertext));
    }

    function _refusesKey(Seal memory seal, uint256 key, bytes memory error) private {
        bytes memory acceptance = _acceptance(id, seal);
        vm.expectRevert(error);
        book.reveal(order, seal, key, acceptance);
        vm.assertEq(book.credit(ada), 0);
    }

    function _refusesSeal(Seal memory seal, bytes32 kept, uint256 chunk) private {
        bytes memory acceptance = _acceptance(id, seal);
        vm.expectRevert(
            abi.encodeWithSelector(OrderBook.AnotherSeal.selector, keccak256(abi.encode(id, seal)), kept)
        );
        book.reveal(order, seal, _key(chunk), acceptance);
    }

    function test_AWorkerWhoNeverReveals() public {
        for (uint256 i = 0; i < 3; ++i) _settleSealed(order);
        vm.warp(DEADLINE + WINDOW);
        vm.expectRevert(
            abi.encodeWithSelector(OrderBook.NotLate.selector, DEADLINE + WINDOW, DEADLINE + WINDOW)
        );
        book.expire(order);
        vm.warp(DEADLINE + WINDOW + 1);
        book.expire(order);
        _expect(order, OrderBook.State.Late, STEPS, 0);
        vm.assertEq(book.credit(ada), 0);
        vm.assertEq(book.credit(consumer), LOCKED + BOND);
        vm.assertEq(staking.account(ada).staked, STAKE);
    }

    /// It would be for the stake of the worker that one refuses what was ordered.
    function test_AConsumerWhoRefusesGainsNothing() public {
        for (uint256 i = 0; i < 3; ++i) _settleSealed(order);
        vm.warp(DEADLINE + WINDOW + 1);
        book.expire(order);
        vm.assertEq(staking.credit(consumer), 0);
        vm.assertEq(staking.credit(treasury), STAKE);
    }

    function test_AnotherKey() public {
        Seal memory seal = _settleSealed(order);
        uint256 hash = envelopes.hashOfKey(_key(1));
        _refusesKey(seal, _key(1), abi.encodeWithSelector(OrderBook.AnotherKey.selector, hash, seal.key));
        // The same but for a bit, the highest and the lowest.
        uint256[2] memory bits = [uint256(1), 1 << 251];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 key = _key(0) ^ bits[i];
            hash = envelopes.hashOfKey(key);
            _refusesKey(seal, key, abi.encodeWithSelector(OrderBook.AnotherKey.selector, hash, seal.key));
        }
    }

    /// Another number with the same hash would be no key for who reads it as it is.
    function test_AKeyBeyondTheField() public {
        uint256 key = _key(0) + PublicInputs.ORDER;
        _refusesKey(_settleSealed(order), key, abi.encodeWithSelector(Envelopes.NotInField.selector, key));
    }

    function test_AKeyThatNobodyAccepted() public {
        Seal memory seal = _settleSealed(order);
        _notAccepted(seal);
        _revealUnsigned(order, seal, 0);
        // Published too early, and too little.
        vm.warp(BIDDING_ENDS + WINDOW / 2);
        _notAccepted(seal);
        _revealUnsigned(order, seal, 0);
        uint256[] memory part = new uint256[](4);
        for (uint256 i = 0; i < 4; ++i) part[i] = _ciphertext(0)[i];
        envelopes.publish(seal.ciphertext, 5, 0, part);
        _notAccepted(seal);
        _revealUnsigned(order, seal, 0);
    }

    function test_AnotherCiphertextIsPublished() public {
        Seal memory seal = _settleSealed(order);
        vm.warp(BIDDING_ENDS + WINDOW / 2);
        uint256[] memory elements = _ciphertext(1);
        uint256 other = _hash(elements);
        vm.expectRevert(abi.encodeWithSelector(Envelopes.AnotherCiphertext.selector, other, seal.ciphertext));
        envelopes.publish(seal.ciphertext, 5, 0, elements);
        _publish(1);
        _notAccepted(seal);
        _revealUnsigned(order, seal, 0);
    }

    function test_AConsumerWhoNeverAccepts() public {
        Seal memory seal = _settleSealed(order);
        vm.warp(BIDDING_ENDS + WINDOW / 2);
        _publish(0);
        _revealUnsigned(order, seal, 0);
        vm.assertEq(book.credit(ada), OF_CHUNK + BOND);
    }

    /// Published before the consumer could have the ciphertext: it may still accept, and keeps its bond.
    function test_PublishedForTheBond() public {
        _publish(0);
        Seal memory seal = _settleSealed(order);
        _notAccepted(seal);
        _revealUnsigned(order, seal, 0);
        vm.warp(BIDDING_ENDS + WINDOW / 2 - 1);
        _notAccepted(seal);
        _revealUnsigned(order, seal, 0);
        _accept(order, seal);
        vm.warp(BIDDING_ENDS + WINDOW / 2);
        _revealUnsigned(order, seal, 0);
        vm.assertEq(book.credit(ada), OF_CHUNK);
        _expect(order, OrderBook.State.Awarded, CHUNK, 2 * OF_CHUNK + BOND);
    }

    /// Accepted when the worker had paid for publishing: on the chain, or by who saw the key on its way.
    function test_AcceptedAfterItWasPublished() public {
        Seal memory seal = _settleSealed(order);
        vm.warp(BIDDING_ENDS + WINDOW / 2);
        _publish(0);
        vm.prank(consumer);
        vm.expectRevert(
            abi.encodeWithSelector(
                OrderBook.TooLate.selector, BIDDING_ENDS + WINDOW / 2, BIDDING_ENDS + WINDOW / 2
            )
        );
        book.accept(order, seal);
        bytes memory acceptance = _acceptance(id, seal);
        vm.prank(consumer);
        book.reveal(order, seal, _key(0), acceptance);
        vm.assertEq(book.credit(ada), OF_CHUNK + BOND);
    }

    function test_ACopiedKeyPaysTheWorker() public {
        Seal memory seal = _settleSealed(order);
        bytes memory acceptance = _acceptance(id, seal);
        vm.prank(stranger);
        book.reveal(order, seal, _key(0), acceptance);
        vm.assertEq(book.credit(ada), OF_CHUNK);
        vm.assertEq(book.credit(stranger), 0);
        // The worker's own transaction, which comes later.
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NothingSealed.selector, id));
        book.reveal(order, seal, _key(0), acceptance);
    }

    function test_AKeyShownAgain() public {
        Seal memory seal = _settleSealed(order);
        bytes memory acceptance = _acceptance(id, seal);
        book.reveal(order, seal, _key(0), acceptance);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NothingSealed.selector, id));
        book.reveal(order, seal, _key(0), acceptance);
        bytes32 first = keccak256(abi.encode(id, seal));
        vm.assertEq(book.entryOf(id).seal, first);
        Seal memory second = _settleSealed(order);
        _refusesSeal(seal, keccak256(abi.encode(id, second)), 0);
        vm.assertEq(book.credit(ada), OF_CHUNK);
    }

    /// The consumer accepted the first chunk's, and gets nothing of the second for it.
    function test_AnAcceptanceOfAnEarlierSeal() public {
        Seal memory first = _settleSealed(order);
        bytes memory acceptance = _acceptance(id, first);
        Seal memory second = _settleSealed(order);
        _refusesSeal(first, keccak256(abi.encode(id, second)), 0);
        _notAccepted(second);
        book.reveal(order, second, _key(1), acceptance);
        _reveal(order, second, 1);
        vm.assertEq(book.credit(ada), 2 * OF_CHUNK);
    }

    function test_AnAcceptanceOnTheChainEndsWithItsSeal() public {
        _accept(order, _settleSealed(order));
        Seal memory second = _settleSealed(order);
        _notAccepted(second);
        _revealUnsigned(order, second, 1);
    }

    /// Another order of the same consumer, in which everything is the same.
    function test_AnAcceptanceOfAnotherOrder() public {
        vm.warp(START);
        Order memory other = _enveloped();
        other.nonce = "another nonce";
        bytes32 otherId = _open(other);
        _bid(other, ada, 90);
        vm.warp(BIDDING_ENDS);
        book.award(other);
        Seal memory seal = _settleSealed(order);
        vm.roll(block.number - FINALITY);
        _settleSealed(other);
        bytes memory acceptance = _acceptance(id, seal);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NotAccepted.selector, otherId, seal.ciphertext));
        book.reveal(other, seal, _key(0), acceptance);
        // Nor is the seal the other's, though its fields are.
        vm.assertTrue(book.entryOf(id).seal != book.entryOf(otherId).seal);
    }

    function test_AnAcceptanceForAnotherChain() public {
        Seal memory seal = _settleSealed(order);
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        bytes memory acceptance = _acceptance(id, seal);
        vm.chainId(chain);
        _notAccepted(seal);
        book.reveal(order, seal, _key(0), acceptance);
    }

    function test_AnAcceptanceOfSomebodyElse() public {
        Seal memory seal = _settleSealed(order);
        bytes memory acceptance = _acceptanceBy(CONSUMER_KEY + 1, id, seal);
        _notAccepted(seal);
        book.reveal(order, seal, _key(0), acceptance);
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NotConsumer.selector, ada, consumer));
        book.accept(order, seal);
    }

    function test_AnAcceptanceOfSomethingElse() public {
        Seal memory seal = _settleSealed(order);
        Seal memory other = seal;
        other.ciphertext ^= 1;
        bytes memory acceptance = _acceptance(id, other);
        other.ciphertext ^= 1;
        _notAccepted(seal);
        book.reveal(order, seal, _key(0), acceptance);
        other.key ^= 1;
        acceptance = _acceptance(id, other);
        other.key ^= 1;
        _notAccepted(seal);
        book.reveal(order, seal, _key(0), acceptance);
    }

    /// Its signature could be none any more when the key is on its way.
    function test_AContractAcceptsOnTheChainAlone() public {
        vm.warp(START);
        Wallet wallet = new Wallet();
        token.mint(address(wallet), 2 * LOCKED);
        vm.prank(address(wallet));
        token.approve(address(book), 2 * LOCKED);
        Order memory its = _enveloped();
        its.consumer = address(wallet);
        wallet.sign(book.idOf(its));
        bytes32 itsId = book.open(its, "");
        _bid(its, ada, 90);
        vm.warp(BIDDING_ENDS);
        book.award(its);
        Seal memory seal = _settleSealed(its);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("zkpot"),
                keccak256("1"),
                block.chainid,
                address(book)
            )
        );
        bytes32 type_ = keccak256("Acceptance(bytes32 order,uint256 ciphertext,uint256 key)");
        bytes32 message = keccak256(abi.encode(type_, itsId, seal.ciphertext, seal.key));
        wallet.sign(keccak256(abi.encodePacked(hex"1901", domain, message)));
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NotAccepted.selector, itsId, seal.ciphertext));
        book.reveal(its, seal, _key(0), "");
        _accept(its, seal);
        book.reveal(its, seal, _key(0), "");
        vm.assertEq(book.credit(ada), OF_CHUNK);
    }

    /// A chain that is written anew must not find the key shown, and the settlement gone.
    function test_AKeyBeforeTheSettlementIsFinal() public {
        Seal memory seal = _settleSealed(order);
        vm.roll(seal.settledIn + FINALITY - 1);
        _refusesKey(
            seal,
            _key(0),
            abi.encodeWithSelector(OrderBook.NotFinal.selector, block.number, seal.settledIn + FINALITY)
        );
        // Nor with another word on when it was settled.
        seal.settledIn -= 1;
        _refusesSeal(seal, book.entryOf(id).seal, 0);
        seal.settledIn += 1;
        vm.roll(seal.settledIn + FINALITY);
        _reveal(order, seal, 0);
    }

    /// The acceptance is of the states, wherever in the chain they were settled.
    function test_SettledAgainAfterAReorganisation() public {
        Seal memory before = _seal(0);
        vm.roll(block.number + 5);
        vm.warp(block.timestamp + 60);
        bytes memory acceptance = _acceptance(id, before);
        Seal memory seal = _settleSealed(order);
        _refusesSeal(before, book.entryOf(id).seal, 0);
        book.reveal(order, seal, _key(0), acceptance);
        vm.assertEq(book.credit(ada), OF_CHUNK);
    }

    /// To be paid for publishing before the consumer's time is over.
    function test_AnotherTimeOfSettlement() public {
        Seal memory seal = _settleSealed(order);
        _publish(0);
        seal.settledAt -= WINDOW / 2;
        bytes32 kept = book.entryOf(id).seal;
        _refusesSeal(seal, kept, 0);
    }

    function test_RevealedAfterTheWindow() public {
        Seal memory seal = _settleSealed(order);
        vm.warp(DEADLINE + WINDOW + 1);
        _refusesKey(
            seal,
            _key(0),
            abi.encodeWithSelector(OrderBook.TooLate.selector, DEADLINE + WINDOW + 1, DEADLINE + WINDOW)
        );
    }

    function test_RevealedAfterItWasRefunded() public {
        Seal memory seal = _settleSealed(order);
        vm.warp(DEADLINE + WINDOW + 1);
        book.expire(order);
        vm.warp(DEADLINE);
        _refusesKey(
            seal,
            _key(0),
            abi.encodeWithSelector(
                OrderBook.WrongState.selector, id, OrderBook.State.Late, OrderBook.State.Awarded
            )
        );
    }

    /// Once all steps are proven there are no more to be paid for.
    function test_MoreStepsThanOrdered() public {
        for (uint256 i = 0; i < 3; ++i) _settleSealed(order);
        vm.expectRevert(
            abi.encodeWithSelector(
                OrderBook.WrongState.selector, id, OrderBook.State.Proven, OrderBook.State.Awarded
            )
        );
        book.settle(order, _linksOf(order, 3), HASH, "", new bytes32[](0));
    }

    function test_NothingToAcceptOrShow() public {
        Seal memory seal = _seal(0);
        vm.prank(consumer);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NothingSealed.selector, id));
        book.accept(order, seal);
        _refusesKey(seal, _key(0), abi.encodeWithSelector(OrderBook.NothingSealed.selector, id));
    }

    function test_WindowsFitTheCircuit() public {
        Order[4] memory bad = [_enveloped(), _enveloped(), _order(), _order()];
        (bad[0].revealWindow, bad[1].revealWindow, bad[2].revealWindow, bad[3].bond) = (0, WINDOW - 1, WINDOW, 1);
        for (uint256 i = 0; i < 4; ++i) {
            vm.warp(START);
            bad[i].nonce = bytes32(i);
            bytes memory signature = _signature(bad[i]);
            uint256 least = i < 2 ? WINDOW : 0;
            vm.expectRevert(abi.encodeWithSelector(OrderBook.BadWindow.selector, bad[i].revealWindow, least));
            book.open(bad[i], signature);
        }
    }

    function test_WindowsEndWithinAYear() public {
        vm.warp(START);
        Order memory long = _enveloped();
        long.revealWindow = START + 365 days - DEADLINE + 1;
        bytes memory signature = _signature(long);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.BadTimes.selector, START, BIDDING_ENDS, DEADLINE));
        book.open(long, signature);
        long.revealWindow -= 1;
        _open(long);
    }
}
