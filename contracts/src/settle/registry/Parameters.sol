// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// What claims go by. Periods are seconds, amounts are units of the token they are held in.
struct Terms {
    /// Until a claim goes on without a validator, if none was drawn.
    uint32 draw;
    /// In which a validator answers.
    uint32 response;
    /// In which a silent validator is asked, and again the one in which it answers then.
    uint32 answer;
    /// In which a refusal is appealed against, or proven wrong.
    uint32 appeal;
    /// In which a claim is challenged.
    uint32 challenge;
    /// In which a proof is shown once somebody paid for asking.
    uint32 proof;
    /// Of 10,000: what of a lost bond goes to whom it accused. The treasury gets the rest.
    uint16 share;
    /// Of the worker, for each claim.
    uint128 stake;
    /// Of the validator, for each seat.
    uint128 seat;
    /// Of a challenger.
    uint128 bond;
    /// For a validator who answers.
    uint128 fee;
}

/// @title What governance may choose, between bounds that it may not
/// @notice Versions are added and never changed. Whoever began under one, or agreed on an order while it was in
/// force, keeps it. The owner is the timelock of the council (`Council`).
///
/// @dev Attacks, and what answers them:
///
/// - Terms that make cheating free, or honesty impossible: bounds are those of the deployment.
/// - Bonds that all go to one side: the share is half at most.
/// - Terms changed under a running order or claim: a claim keeps its version, and takes the one in force when the
///   bidding of its order ended. A version is in force from the second after the one it is added in, so that no
///   second has two.
/// - Periods that outlast the wait for stake: `Claims` compares the longest that the bounds allow.
contract Parameters is Ownable {
    using Checkpoints for Checkpoints.Trace208;
    using SafeCast for uint256;

    /// Of 10,000: what a side of a dispute gets of the other's bond at most.
    uint16 public constant MOST_SHARE = 5_000;

    Terms private _least;
    Terms private _most;
    Terms[] private _versions;
    /// Number of the version by the second from which on it is in force.
    Checkpoints.Trace208 private _from;

    event Added(uint256 indexed version, uint256 from, Terms terms);

    /// A term is beyond its bounds.
    error OutOfBounds(string term, uint256 have, uint256 least, uint256 most);
    /// There is no such version.
    error NoVersion(uint256 version);

    /// @param owner_ Who may add versions.
    /// @param least What no term may be below.
    /// @param most What no term may be above.
    /// @param first The first version, in force at all times before the second.
    constructor(address owner_, Terms memory least, Terms memory most, Terms memory first) Ownable(owner_) {
        // A period of nothing cannot be met, and a stake or a bond of nothing deters nobody.
        _require("draw", least.draw, 1, most.draw);
        _require("response", least.response, 1, most.response);
        _require("answer", least.answer, 1, most.answer);
        _require("appeal", least.appeal, 1, most.appeal);
        _require("challenge", least.challenge, 1, most.challenge);
        _require("proof", least.proof, 1, most.proof);
        _require("share", most.share, least.share, MOST_SHARE);
        _require("stake", least.stake, 1, most.stake);
        _require("seat", least.seat, 1, most.seat);
        _require("bond", least.bond, 1, most.bond);
        _require("fee", least.fee, 0, most.fee);
        (_least, _most) = (least, most);
        _add(first, 0);
    }

    /// Adds a version, which is in force from the next second on.
    /// @return version Its number.
    function add(Terms calldata terms) external onlyOwner returns (uint256 version) {
        return _add(terms, block.timestamp + 1);
    }

    /// The terms of a version.
    function termsOf(uint256 version) external view returns (Terms memory) {
        if (version >= _versions.length) revert NoVersion(version);
        return _versions[version];
    }

    /// The version in force at a time. For a time that has passed it stays the same.
    function versionAt(uint256 time) external view returns (uint256) {
        return _from.upperLookup(time.toUint48());
    }

    /// What no term may be below, and above.
    function bounds() external view returns (Terms memory least, Terms memory most) {
        return (_least, _most);
    }

    function _add(Terms memory terms, uint256 from) private returns (uint256 version) {
        (Terms memory least, Terms memory most) = (_least, _most);
        _require("draw", terms.draw, least.draw, most.draw);
        _require("response", terms.response, least.response, most.response);
        _require("answer", terms.answer, least.answer, most.answer);
        _require("appeal", terms.appeal, least.appeal, most.appeal);
        _require("challenge", terms.challenge, least.challenge, most.challenge);
        _require("proof", terms.proof, least.proof, most.proof);
        _require("share", terms.share, least.share, most.share);
        _require("stake", terms.stake, least.stake, most.stake);
        _require("seat", terms.seat, least.seat, most.seat);
        _require("bond", terms.bond, least.bond, most.bond);
        _require("fee", terms.fee, least.fee, most.fee);
        version = _versions.length;
        _versions.push(terms);
        _from.push(from.toUint48(), uint208(version));
        emit Added(version, from, terms);
    }

    function _require(string memory term, uint256 have, uint256 least, uint256 most) private pure {
        if (have < least || have > most) revert OutOfBounds(term, have, least, most);
    }
}
