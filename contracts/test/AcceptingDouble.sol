// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.19;

/// A verifier that takes everything, so that what the front refuses before is seen.
contract AcceptingDouble {
    fallback() external {}
}
