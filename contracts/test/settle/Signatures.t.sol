// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Order} from "../../src/settle/Orders.sol";
import {Market} from "./Market.sol";

/// A consumer that is a contract, and signs what it was told to.
contract Wallet is IERC1271 {
    bytes32 public signed;

    function sign(bytes32 digest) external {
        signed = digest;
    }

    function isValidSignature(bytes32 digest, bytes memory) external view returns (bytes4) {
        return digest == signed ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

/// What opens an order is a signature of all its terms, for one contract on one chain, once.
contract SignaturesTest is Market {
    uint256 private constant ORDER_OF_CURVE = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function _notSigned(OrderBook where, Order memory order, bytes memory signature) private {
        bytes32 id = where.idOf(order);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NotSigned.selector, id, order.consumer));
        where.open(order, signature);
    }

    /// forge computes the digest of the typed data by itself.
    function test_TheNumberIsWhatAWalletSigns() public view {
        Order memory order = _order();
        string memory domain = string.concat(
            '{"domain":{"name":"zkpot","version":"1","chainId":',
            vm.toString(block.chainid),
            ',"verifyingContract":"',
            vm.toString(address(book)),
            '"},"primaryType":"Order","types":{"EIP712Domain":[{"name":"name","type":"string"},',
            '{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},',
            '{"name":"verifyingContract","type":"address"}],"Order":['
        );
        vm.assertEq(
            vm.eip712HashTypedData(string.concat(domain, _types(), "]},", _message(order), "}")), book.idOf(order)
        );
    }

    function _types() private pure returns (string memory types) {
        string[46] memory fields = [
            "consumer", "address", "verifier", "address", "verifierCode", "bytes32", "program", "bytes32",
            "first", "bytes32", "shard", "bytes32", "nonce", "bytes32", "earlierSteps", "uint64",
            "schedule", "uint8", "scalars", "bytes32", "steps", "uint64", "chunkSteps", "uint64",
            "pricePerStep", "uint128", "stake", "uint128", "bond", "uint128", "biddingEnds", "uint64",
            "deadline", "uint64", "revealWindow", "uint64", "regions", "uint256", "privacy", "uint256", "accelerators", "uint32", "memoryGiB", "uint32",
            "cores", "uint32"
        ];
        for (uint256 i = 0; i < fields.length; i += 2) {
            string memory field = string.concat('{"name":"', fields[i], '","type":"', fields[i + 1], '"}');
            types = i == 0 ? field : string.concat(types, ",", field);
        }
    }

    function _message(Order memory order) private pure returns (string memory message) {
        message = string.concat('"message":{"consumer":"', vm.toString(order.consumer));
        message = string.concat(message, '","verifier":"', vm.toString(order.verifier));
        message = string.concat(message, '","verifierCode":"', vm.toString(order.verifierCode));
        message = string.concat(message, '","program":"', vm.toString(order.program));
        message = string.concat(message, '","first":"', vm.toString(order.first));
        message = string.concat(message, '","shard":"', vm.toString(order.shard));
        message = string.concat(message, '","nonce":"', vm.toString(order.nonce));
        message = string.concat(message, '","earlierSteps":', vm.toString(uint256(order.earlierSteps)));
        message = string.concat(message, ',"schedule":', vm.toString(uint256(order.schedule)));
        message = string.concat(message, ',"scalars":"', vm.toString(order.scalars));
        message = string.concat(message, '","steps":', vm.toString(uint256(order.steps)));
        message = string.concat(message, ',"chunkSteps":', vm.toString(uint256(order.chunkSteps)));
        message = string.concat(message, ',"pricePerStep":', vm.toString(uint256(order.pricePerStep)));
        message = string.concat(message, ',"stake":', vm.toString(uint256(order.stake)));
        message = string.concat(message, ',"bond":', vm.toString(uint256(order.bond)));
        message = string.concat(message, ',"biddingEnds":', vm.toString(uint256(order.biddingEnds)));
        message = string.concat(message, ',"deadline":', vm.toString(uint256(order.deadline)));
        message = string.concat(message, ',"revealWindow":', vm.toString(uint256(order.revealWindow)));
        message = string.concat(message, ',"regions":', vm.toString(order.regions));
        message = string.concat(message, ',"privacy":', vm.toString(order.privacy));
        message = string.concat(message, ',"accelerators":', vm.toString(uint256(order.accelerators)));
        message = string.concat(message, ',"memoryGiB":', vm.toString(uint256(order.memoryGiB)));
        return string.concat(message, ',"cores":', vm.toString(uint256(order.cores)), "}");
    }

    /// Each word of an order is one field, and each is signed.
    function test_EveryTermIsSigned() public {
        Order memory order = _order();
        bytes32 id = book.idOf(order);
        bytes memory encoded = abi.encode(order);
        vm.assertEq(encoded.length, 23 * 32);
        for (uint256 field = 0; field < 23; ++field) {
            bytes memory changed = bytes.concat(encoded);
            uint256 at = 32 * field + 31;
            changed[at] ^= 0x01;
            vm.assertTrue(book.idOf(abi.decode(changed, (Order))) != id);
        }
        bytes memory signature = _signature(order);
        order.stake += 1;
        _notSigned(book, order, signature);
    }

    function test_SignedBySomebodyElse() public {
        Order memory order = _order();
        bytes32 id = book.idOf(order);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CONSUMER_KEY + 1, id);
        _notSigned(book, order, abi.encodePacked(r, s, v));
        _notSigned(book, order, "");
        order.consumer = address(0);
        _notSigned(book, order, new bytes(65));
    }

    function test_TheOtherSignatureOfTheSameKey() public {
        Order memory order = _order();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CONSUMER_KEY, book.idOf(order));
        _notSigned(book, order, abi.encodePacked(r, bytes32(ORDER_OF_CURVE - uint256(s)), v == 27 ? 28 : 27));
    }

    function test_OnAnotherChain() public {
        Order memory order = _order();
        bytes memory signature = _signature(order);
        vm.chainId(block.chainid + 1);
        _notSigned(book, order, signature);
    }

    function test_AtAnotherContract() public {
        Order memory order = _order();
        bytes memory signature = _signature(order);
        _notSigned(new OrderBook(token, staking, FINALITY, WINDOW), order, signature);
    }

    function test_AContractSigns() public {
        Wallet wallet = new Wallet();
        token.mint(address(wallet), LOCKED);
        vm.prank(address(wallet));
        token.approve(address(book), LOCKED);
        Order memory order = _order();
        order.consumer = address(wallet);
        _notSigned(book, order, "");
        wallet.sign(book.idOf(order));
        book.open(order, "");
        _expect(order, OrderBook.State.Bidding, 0, LOCKED);
    }
}
