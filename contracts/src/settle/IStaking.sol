// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

/// What contracts that rely on stake ask for. Reservations belong to whom made them: no other contract can name,
/// release or slash one.
interface IStaking {
    /// Sets stake of a worker aside. The worker authorised the caller, who has the role.
    /// @param key What it is for: one reservation for each key of a caller.
    function reserve(address worker, bytes32 key, uint128 amount) external;

    /// Gives all that is reserved back to the worker's free stake.
    /// @return amount How much that is; zero where nothing is reserved.
    function release(address worker, bytes32 key) external returns (uint128 amount);

    /// Takes part of what is reserved, for good. The rest stays reserved.
    /// @param accuser Who is credited the accuser's share; nobody where it is zero.
    function slash(address worker, bytes32 key, uint128 amount, address accuser) external;

    /// What is reserved.
    function reserved(address reserver, address worker, bytes32 key) external view returns (uint128);
}
