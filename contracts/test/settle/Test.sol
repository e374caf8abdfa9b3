// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

/// Gas of a call, of which `gasTotalUsed` is without what is given back.
struct Gas {
    uint64 gasLimit;
    uint64 gasTotalUsed;
    uint64 gasMemoryUsed;
    int64 gasRefunded;
    uint64 gasRemaining;
}

/// Those of forge's cheatcodes that the tests use.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function assertEq(uint256 left, uint256 right) external pure;
    function assertEq(uint256 left, uint256 right, string calldata what) external pure;
    function assertEq(bytes32 left, bytes32 right) external pure;
    function assertEq(address left, address right) external pure;
    function assertLe(uint256 left, uint256 right) external pure;
    function assertTrue(bool holds) external pure;
    function chainId(uint256 chain) external;
    function eip712HashTypedData(string calldata json) external pure returns (bytes32);
    function etch(address where, bytes calldata code) external;
    function expectEmit() external;
    function expectRevert(bytes calldata error) external;
    function expectRevert() external;
    function lastCallGas() external view returns (Gas memory gas);
    function prank(address sender) external;
    function roll(uint256 block_) external;
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
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
