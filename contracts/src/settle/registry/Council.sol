// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {
    GovernorVotesQuorumFraction
} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Token holders decide, a timelock does
/// @notice OpenZeppelin's governor with its parts. What is decided waits in the timelock, so that whoever does not like
/// it can leave. The timelock owns `Parameters` and `Contributions`, whose bounds hold for it, too; it has no power over
/// orders, claims or stake.
///
/// @dev Attacks, and what answers them:
///
/// - Tokens borrowed for a vote: votes are counted as they stood when voting began.
/// - A council of one, as long as hardly anybody has deposited: a number of votes has to take part that the deployment
/// says, however small a part of all votes that is.
/// - Decided and done in one block: the timelock.
contract Council is
    Governor,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorVotesQuorumFraction,
    GovernorTimelockControl
{
    /// Seconds from a proposal to the vote.
    uint48 public constant DELAY = 1 days;
    /// Seconds of a vote.
    uint32 public constant PERIOD = 7 days;
    /// Of a hundred of all votes: how many have to take part.
    uint256 public constant QUORUM = 4;
    /// Of 10,000 of all votes: how many it takes to propose.
    uint256 public constant TO_PROPOSE = 100;

    /// Votes that have to take part at least.
    uint256 public immutable leastQuorum;

    /// Nobody at all could decide.
    error NoQuorum();

    /// @param votes What counts, with time in seconds.
    /// @param timelock_ Does what was decided. This contract has to be its proposer.
    /// @param leastQuorum_ Votes that have to take part, while the usual part of all votes is less.
    constructor(IVotes votes, TimelockController timelock_, uint256 leastQuorum_)
        Governor("zkpot council")
        GovernorVotes(votes)
        GovernorVotesQuorumFraction(QUORUM)
        GovernorTimelockControl(timelock_)
    {
        if (leastQuorum_ == 0) revert NoQuorum();
        leastQuorum = leastQuorum_;
    }

    function votingDelay() public pure override returns (uint256) {
        return DELAY;
    }

    function votingPeriod() public pure override returns (uint256) {
        return PERIOD;
    }

    /// A part of the votes that there were a second ago.
    function proposalThreshold() public view override returns (uint256) {
        return token().getPastTotalSupply(clock() - 1) * TO_PROPOSE / 10_000;
    }

    /// A part of the votes that there were then, and no less than what was deployed.
    function quorum(uint256 time) public view override(Governor, GovernorVotesQuorumFraction) returns (uint256) {
        return Math.max(super.quorum(time), leastQuorum);
    }

    function state(uint256 id) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(id);
    }

    function proposalNeedsQueuing(uint256 id) public view override(Governor, GovernorTimelockControl) returns (bool) {
        return super.proposalNeedsQueuing(id);
    }

    function _queueOperations(
        uint256 id,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 description
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(id, targets, values, calldatas, description);
    }

    function _executeOperations(
        uint256 id,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 description
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(id, targets, values, calldatas, description);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 description
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, description);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
