// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

/// Stands for EZKL's generated verifier: it says yes to the call that it was told of, and otherwise no, in one of the
/// ways in which that can be said.
contract EzklDouble {
    enum Answer {
        False,
        Fails,
        Burns,
        Nothing,
        Two,
        Long
    }

    /// Gas that verifying takes, much of the cap.
    uint256 private constant WORK = 100_000;
    mapping(bytes32 call_ => bool) public valid;
    Answer private _answer;

    function take(bytes calldata proof, uint256[] calldata instances) external {
        valid[keccak256(abi.encode(proof, instances))] = true;
    }

    function refuseWith(Answer answer) external {
        _answer = answer;
    }

    function verifyProof(bytes calldata proof, uint256[] calldata instances) external view returns (bool) {
        uint256 work = WORK;
        assembly ("memory-safe") {
            let start := gas()
            for {} lt(sub(start, gas()), work) {} { mstore(0, keccak256(0, 0x40)) }
        }
        if (valid[keccak256(abi.encode(proof, instances))]) return true;
        Answer answer = _answer;
        assembly {
            mstore(0, 0)
            switch answer
            case 1 { revert(0, 0) }
            case 2 { invalid() }
            case 3 { return(0, 0) }
            case 4 {
                mstore(0, 2)
                return(0, 32)
            }
            case 5 {
                mstore(0, 1)
                return(0, 64)
            }
        }
        return false;
    }
}
