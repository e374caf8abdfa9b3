// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

/// Those of forge's cheatcodes that the tests use.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function assertEq(uint256 left, uint256 right) external pure;
    function assertEq(uint256 left, uint256 right, string calldata what) external pure;
    function assertEq(bytes32 left, bytes32 right) external pure;
    function assertEq(address left, address right) external pure;
    function assertLe(uint256 left, uint256 right) external pure;
    function assertTrue(bool holds) external pure;
    function assume(bool condition) external pure;
    function chainId(uint256 chain) external;
    function deployCodeTo(string calldata artifact, bytes calldata arguments, address where) external;
    function eip712HashTypedData(string calldata json) external pure returns (bytes32);
    function etch(address where, bytes calldata code) external;
    function expectEmit() external;
    function expectRevert(bytes calldata error) external;
    function expectRevert() external;
    function prank(address sender) external;
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function startPrank(address sender) external;
    function stopPrank() external;
    function toString(address value) external pure returns (string memory);
    function toString(bytes32 value) external pure returns (string memory);
    function toString(uint256 value) external pure returns (string memory);
    function warp(uint256 time) external;
}

/// What forge runs. Its library would come from somebody who is not its author; the tests need this much.
abstract contract Test {
    bool public constant IS_TEST = true;
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
}
