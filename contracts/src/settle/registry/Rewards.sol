// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Purse} from "../Purse.sol";
import {Contributions} from "./Contributions.sol";

/// @title A pot for each epoch, shared by contribution
/// @notice Anybody pays into the pot of an epoch that has not ended. After its end each worker has the part of the pot
/// that its units are of all units of the epoch, and draws it when it likes.
///
/// @dev Attacks, and what answers them:
///
/// - Drawn twice: what was drawn is kept, by epoch and worker.
/// - More than the pot: parts are rounded down, so that they add up to the pot at most. What rounding leaves, less than
///   a unit of the token for each worker, stays.
/// - Units that come late: an epoch's units end with it, since a record counts where it is made.
/// - A pot that nobody may draw from, since nobody contributed: it is moved to the epoch that runs.
/// - Many workers: nothing walks over them.
contract Rewards is Purse {
    /// Who contributed.
    Contributions public immutable contributions;

    /// What was paid in for an epoch.
    mapping(uint256 epoch => uint256) public pot;
    /// What was drawn from it.
    mapping(uint256 epoch => uint256) public paid;
    mapping(uint256 epoch => mapping(address worker => bool)) public drawn;

    event Funded(uint256 indexed epoch, address indexed from, uint256 amount);
    event Drawn(uint256 indexed epoch, address indexed worker, uint256 amount);
    event Moved(uint256 indexed epoch, uint256 indexed to, uint256 amount);

    /// The epoch has ended.
    error Ended(uint256 epoch, uint256 now_);
    /// The epoch has not ended.
    error NotEnded(uint256 epoch, uint256 now_);
    /// The worker has drawn its part.
    error AlreadyDrawn(uint256 epoch, address worker);
    /// There is nothing to draw, or to move.
    error Nothing(uint256 epoch);
    /// Workers contributed, and the pot is theirs.
    error Theirs(uint256 epoch, uint256 units);

    /// @param token_ What pots are of.
    /// @param contributions_ Who contributed.
    constructor(IERC20 token_, Contributions contributions_) Purse(token_) {
        contributions = contributions_;
    }

    /// Pays into the pot of an epoch, from what the caller approved.
    function fund(uint256 epoch, uint256 amount) external nonReentrant {
        uint256 now_ = _now();
        if (epoch < now_) revert Ended(epoch, now_);
        if (amount == 0) revert Nothing(epoch);
        pot[epoch] += amount;
        emit Funded(epoch, msg.sender, amount);
        _take(msg.sender, amount);
    }

    /// Credits a worker with its part of an epoch that has ended. Anybody may send it.
    function draw(uint256 epoch, address worker) external nonReentrant returns (uint256 amount) {
        _requireEnded(epoch);
        if (drawn[epoch][worker]) revert AlreadyDrawn(epoch, worker);
        amount = partOf(epoch, worker);
        if (amount == 0) revert Nothing(epoch);
        drawn[epoch][worker] = true;
        paid[epoch] += amount;
        // Whatever the contributions say.
        assert(paid[epoch] <= pot[epoch]);
        emit Drawn(epoch, worker, amount);
        _credit(worker, amount);
    }

    /// Moves a pot that nobody has a part of to the epoch that runs. Anybody may send it.
    function move(uint256 epoch) external nonReentrant {
        _requireEnded(epoch);
        uint256 all = contributions.total(epoch);
        if (all != 0) revert Theirs(epoch, all);
        uint256 amount = pot[epoch];
        if (amount == 0) revert Nothing(epoch);
        uint256 to = _now();
        pot[epoch] = 0;
        pot[to] += amount;
        emit Moved(epoch, to, amount);
    }

    /// What a worker's part of a pot is, so far.
    function partOf(uint256 epoch, address worker) public view returns (uint256) {
        uint256 all = contributions.total(epoch);
        return all == 0 ? 0 : Math.mulDiv(pot[epoch], contributions.units(epoch, worker), all);
    }

    function _now() private view returns (uint256) {
        return contributions.epochAt(block.timestamp);
    }

    function _requireEnded(uint256 epoch) private view {
        uint256 now_ = _now();
        if (epoch >= now_) revert NotEnded(epoch, now_);
    }
}
