// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IStaking} from "./IStaking.sol";
import {Purse} from "./Purse.sol";

/// @title What workers lose if they do not do what they promised
/// @notice A worker's stake has three parts: free, reserved by contracts, and leaving. It is reserved and sent on
/// its way out from the free part alone, so that nothing is promised twice and nothing promised leaves.
///
/// @dev Attacks, and what answers them:
///
/// - One stake behind several promises: `reserve` takes from the free part.
/// - Cheat and leave: what is reserved cannot be sent on its way out. What is leaving takes longer than a challenge
///   may, which the constructor requires.
/// - Many accounts with little stake each: every promise is backed by the account that makes it.
/// - A contract with the role that reserves and slashes whom it likes: it needs the worker's authorisation, too.
/// - A contract that touches what another one reserved: reservations are kept by their maker.
/// - An admin who takes the role away to lock stake: release and slash ask for no role.
/// - Accuse oneself to save the stake, or accuse for profit: the accuser's share is half at most, and the rest goes
///   to the treasury, which may be an address that nobody has the key of.
/// - Tokens that call back, keep fees or change balances: see `Purse`.
contract Staking is IStaking, Purse, AccessControl {
    using SafeCast for uint256;

    struct Account {
        /// All of it, free, reserved or leaving.
        uint128 staked;
        uint128 reserved;
        uint128 leaving;
        /// Seconds of the epoch from which on what is leaving can be withdrawn.
        uint64 leavesAt;
    }

    /// Contracts that may reserve.
    bytes32 public constant RESERVER_ROLE = keccak256("zkpot/v1/staking/reserver");
    /// Of 10,000: what an accuser gets at most.
    uint16 public constant MOST_ACCUSER_SHARE = 5_000;
    /// Seconds that stake waits at most, so that none waits for ever.
    uint64 public constant LONGEST_UNBONDING = 365 days;
    uint256 private constant WHOLE = 10_000;

    /// Seconds that a challenge may take, whoever decides it.
    uint64 public immutable challengePeriod;
    /// Seconds from the request to the withdrawal.
    uint64 public immutable unbondingPeriod;
    /// Of 10,000: what an accuser gets of what is slashed.
    uint16 public immutable accuserShare;
    /// Who gets the rest.
    address public immutable treasury;

    mapping(address worker => Account) private _accounts;
    mapping(address reserver => mapping(address worker => mapping(bytes32 key => uint128))) private _reserved;
    /// Whether a worker lets a contract reserve.
    mapping(address worker => mapping(address reserver => bool)) public authorised;

    event Staked(address indexed worker, uint256 amount);
    event UnbondingRequested(address indexed worker, uint256 amount, uint256 leavesAt);
    event UnbondingCancelled(address indexed worker, uint256 amount);
    event Withdrawn(address indexed worker, uint256 amount);
    event Authorised(address indexed worker, address indexed reserver, bool authorised);
    event Reserved(address indexed reserver, address indexed worker, bytes32 indexed key, uint256 amount);
    event Released(address indexed reserver, address indexed worker, bytes32 indexed key, uint256 amount);
    event Slashed(
        address indexed reserver, address indexed worker, bytes32 indexed key, uint256 amount, address accuser
    );

    /// Stake could be gone before a challenge is decided.
    error UnbondingTooShort(uint256 have, uint256 challengePeriod);
    /// Stake would wait too long.
    error UnbondingTooLong(uint256 have, uint256 most);
    /// An accuser would get more than half.
    error ShareTooLarge(uint256 have, uint256 most);
    /// What is slashed must go somewhere.
    error NoTreasury();
    /// Nothing of nothing.
    error ZeroAmount();
    /// The worker has less free stake than that.
    error NotFree(address worker, uint256 have, uint256 want);
    /// Nothing is leaving.
    error NothingLeaving(address worker);
    /// What is leaving cannot be withdrawn yet.
    error StillBonded(uint256 now_, uint256 leavesAt);
    /// The worker does not let this contract reserve.
    error NotAuthorised(address worker, address reserver);
    /// There is a reservation with this key.
    error AlreadyReserved(address worker, bytes32 key);
    /// Less is reserved than that.
    error NotReserved(address worker, bytes32 key, uint256 have, uint256 want);

    /// @param token_ What is staked.
    /// @param admin Who grants the role.
    /// @param treasury_ Who gets what accusers do not.
    /// @param challengePeriod_ Seconds that a challenge may take.
    /// @param unbondingPeriod_ Seconds from request to withdrawal; longer, and a year at most.
    /// @param accuserShare_ Of 10,000, at most 5,000.
    constructor(
        IERC20 token_,
        address admin,
        address treasury_,
        uint64 challengePeriod_,
        uint64 unbondingPeriod_,
        uint16 accuserShare_
    ) Purse(token_) {
        if (unbondingPeriod_ <= challengePeriod_) revert UnbondingTooShort(unbondingPeriod_, challengePeriod_);
        if (unbondingPeriod_ > LONGEST_UNBONDING) revert UnbondingTooLong(unbondingPeriod_, LONGEST_UNBONDING);
        if (accuserShare_ > MOST_ACCUSER_SHARE) revert ShareTooLarge(accuserShare_, MOST_ACCUSER_SHARE);
        if (treasury_ == address(0)) revert NoTreasury();
        (challengePeriod, unbondingPeriod) = (challengePeriod_, unbondingPeriod_);
        (accuserShare, treasury) = (accuserShare_, treasury_);
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    /// Stakes tokens that the caller approved.
    function stake(uint128 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        uint256 staked = uint256(_accounts[msg.sender].staked) + amount;
        _accounts[msg.sender].staked = staked.toUint128();
        emit Staked(msg.sender, amount);
        _take(msg.sender, amount);
    }

    /// Sends free stake on its way out. For all that is leaving the wait begins again.
    function requestUnbonding(uint128 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        Account storage stakes = _accounts[msg.sender];
        _requireFree(msg.sender, stakes, amount);
        stakes.leaving += amount;
        stakes.leavesAt = uint64(block.timestamp) + unbondingPeriod;
        emit UnbondingRequested(msg.sender, amount, stakes.leavesAt);
    }

    /// Makes free again what is leaving.
    function cancelUnbonding() external nonReentrant {
        Account storage stakes = _accounts[msg.sender];
        uint128 amount = stakes.leaving;
        if (amount == 0) revert NothingLeaving(msg.sender);
        stakes.leaving = 0;
        emit UnbondingCancelled(msg.sender, amount);
    }

    /// Withdraws what has left.
    function withdraw() external nonReentrant {
        Account storage stakes = _accounts[msg.sender];
        uint128 amount = stakes.leaving;
        if (amount == 0) revert NothingLeaving(msg.sender);
        if (block.timestamp < stakes.leavesAt) revert StillBonded(block.timestamp, stakes.leavesAt);
        stakes.leaving = 0;
        stakes.staked -= amount;
        emit Withdrawn(msg.sender, amount);
        _send(msg.sender, amount);
    }

    /// Lets a contract reserve the caller's stake, or no longer. What it has reserved stays so.
    function authorise(address reserver, bool whether) external {
        authorised[msg.sender][reserver] = whether;
        emit Authorised(msg.sender, reserver, whether);
    }

    /// @inheritdoc IStaking
    function reserve(address worker, bytes32 key, uint128 amount) external nonReentrant onlyRole(RESERVER_ROLE) {
        if (!authorised[worker][msg.sender]) revert NotAuthorised(worker, msg.sender);
        if (amount == 0) revert ZeroAmount();
        if (_reserved[msg.sender][worker][key] != 0) revert AlreadyReserved(worker, key);
        Account storage stakes = _accounts[worker];
        _requireFree(worker, stakes, amount);
        stakes.reserved += amount;
        _reserved[msg.sender][worker][key] = amount;
        emit Reserved(msg.sender, worker, key, amount);
    }

    /// @inheritdoc IStaking
    function release(address worker, bytes32 key) external nonReentrant returns (uint128 amount) {
        amount = _reserved[msg.sender][worker][key];
        if (amount == 0) return 0;
        _reserved[msg.sender][worker][key] = 0;
        _accounts[worker].reserved -= amount;
        emit Released(msg.sender, worker, key, amount);
    }

    /// @inheritdoc IStaking
    function slash(address worker, bytes32 key, uint128 amount, address accuser) external nonReentrant {
        uint128 have = _reserved[msg.sender][worker][key];
        if (amount == 0) revert ZeroAmount();
        if (have < amount) revert NotReserved(worker, key, have, amount);
        _reserved[msg.sender][worker][key] = have - amount;
        Account storage stakes = _accounts[worker];
        stakes.reserved -= amount;
        stakes.staked -= amount;
        uint256 share = accuser == address(0) ? 0 : uint256(amount) * accuserShare / WHOLE;
        emit Slashed(msg.sender, worker, key, amount, accuser);
        _credit(accuser, share);
        _credit(treasury, amount - share);
    }

    /// A worker's stake, and its parts.
    function account(address worker) external view returns (Account memory) {
        return _accounts[worker];
    }

    /// What can be reserved, or sent on its way out.
    function free(address worker) external view returns (uint256) {
        return _free(_accounts[worker]);
    }

    /// @inheritdoc IStaking
    function reserved(address reserver, address worker, bytes32 key) external view returns (uint128) {
        return _reserved[reserver][worker][key];
    }

    function _requireFree(address worker, Account storage stakes, uint128 amount) private view {
        uint256 have = _free(stakes);
        if (have < amount) revert NotFree(worker, have, amount);
    }

    function _free(Account storage stakes) private view returns (uint256) {
        return uint256(stakes.staked) - stakes.reserved - stakes.leaving;
    }
}
