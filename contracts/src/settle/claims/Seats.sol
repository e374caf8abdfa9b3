// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Registry, Role} from "../registry/Registry.sol";
import {Staking} from "../Staking.sol";

/// @title Where validators sit with their stake
/// @notice A validator takes seats, each with a stake of its own. A claim draws a seat, which is then on duty for
/// that claim alone until it lets go: no stake answers for two claims at once.
///
/// @dev Attacks, and what answers them:
///
/// - Many validators with little stake: every seat reserves as much, so that chances go by stake.
/// - Seats taken when the draw's outcome is known: one that was taken in or after the block of the claim is not
///   drawn for it, and the claim's block says among how many is drawn.
/// - Seats taken and vacated to leave holes, so that draws find nobody: the last seat moves to where one was vacated.
/// - Unbond, then cheat: a seat's stake is reserved, and a seat on duty cannot be vacated.
/// - A draw that walks for ever: a bounded number of seats is tried.
///
/// What a draw is worth. The hash of a block after the claim's decides. Who makes that block may withhold it for
/// another hash, once for each block that it makes in a row; a sequencer that makes all of them may choose. A worker
/// with a part of the seats draws one of its own as often as that part says; by vacating seats that it had when it
/// posted it makes that part of the places empty, and where the last seat was drawn, draws again. For every claim that
/// goes otherwise fee and stake are spent or tied. So a validator is the first who looks, and decides nothing alone:
/// see `Claims`.
abstract contract Seats is ReentrancyGuardTransient {
    using SafeCast for uint256;

    struct Seat {
        address validator;
        /// Number of the block in which it was taken.
        uint64 since;
        uint128 stake;
        /// Where it is in the row of all seats.
        uint64 place;
        /// The claim that it is on duty for; zero where it is free.
        bytes32 duty;
    }

    /// Seats that a draw tries.
    uint256 public constant TRIES = 16;
    bytes32 private constant KEY = keccak256("zkpot/v1/claims/seat");

    /// Where validators and workers have their stake.
    Staking public immutable staking;
    /// Who is a validator.
    Registry public immutable registry;

    /// By number, from 1.
    mapping(uint256 number => Seat) private _seats;
    /// Numbers of all that are taken. A vacated one is replaced by the last.
    uint64[] private _row;
    /// The number that was given last; none is given twice.
    uint64 private _last;

    event Taken(uint256 indexed number, address indexed validator, uint256 stake);
    event Vacated(uint256 indexed number, address indexed validator);

    /// Validators enrol first.
    error NotValidator(address account);
    /// Somebody else's seat, or nobody's.
    error NotYourSeat(uint256 number, address validator);
    /// The seat is on duty for a claim.
    error OnDuty(uint256 number, bytes32 statement);
    /// There is no code at the registry's address.
    error NoRegistry(address registry);
    /// There is no code at the staking contract's address.
    error NoStaking(address staking);

    constructor(Staking staking_, Registry registry_) {
        if (address(staking_).code.length == 0) revert NoStaking(address(staking_));
        if (address(registry_).code.length == 0) revert NoRegistry(address(registry_));
        (staking, registry) = (staking_, registry_);
    }

    /// Stake of a seat that is taken now.
    function seatStake() public view virtual returns (uint128);

    /// Takes a seat, for which the caller's stake is reserved.
    /// @return number Its number.
    function take() external nonReentrant returns (uint64 number) {
        if (!registry.has(msg.sender, Role.Validator)) revert NotValidator(msg.sender);
        number = ++_last;
        uint128 stake = seatStake();
        _seats[number] = Seat(msg.sender, block.number.toUint64(), stake, seats(), bytes32(0));
        _row.push(number);
        emit Taken(number, msg.sender, stake);
        staking.reserve(msg.sender, keyOf(number), stake);
    }

    /// Gives a seat up that is not on duty. Its stake is free again.
    function vacate(uint64 number) external nonReentrant {
        Seat storage seat = _seats[number];
        if (seat.validator != msg.sender) revert NotYourSeat(number, seat.validator);
        if (seat.duty != 0) revert OnDuty(number, seat.duty);
        _empty(number);
        staking.release(msg.sender, keyOf(number));
    }

    /// How many seats are taken.
    function seats() public view returns (uint64) {
        return _row.length.toUint64();
    }

    /// The number of the seat at a place, from 0.
    function numberAt(uint256 place) external view returns (uint64) {
        return _row[place];
    }

    /// A seat, by its number.
    function seatOf(uint256 number) public view returns (Seat memory) {
        return _seats[number];
    }

    /// What a seat's stake is reserved under.
    function keyOf(uint256 number) public pure returns (bytes32) {
        return keccak256(abi.encode(KEY, number));
    }

    /// The seat that a hash draws for a claim; zero where none of those tried can serve.
    /// @param among Seats that there were when the claim was posted.
    /// @param before Number of the claim's block.
    /// @param stake What the seat must have.
    function _drawn(
        bytes32 statement,
        bytes32 hash,
        uint64 among,
        uint64 before,
        address worker,
        uint128 stake
    ) internal view returns (uint64) {
        if (among == 0) return 0;
        for (uint256 i = 0; i < TRIES; ++i) {
            uint256 place = uint256(keccak256(abi.encode(hash, statement, i))) % among;
            // Seats were vacated since.
            if (place >= _row.length) continue;
            uint64 number = _row[place];
            Seat storage seat = _seats[number];
            if (
                seat.validator != worker && seat.duty == 0 && seat.since < before && seat.stake >= stake
            ) return number;
        }
        return 0;
    }

    /// Puts a seat on duty.
    function _serve(uint64 number, bytes32 statement) internal {
        _seats[number].duty = statement;
    }

    /// Lets a seat go, if there is one.
    function _excuse(uint64 number) internal {
        if (number != 0) _seats[number].duty = 0;
    }

    /// Takes all of a seat's stake, and with it the seat.
    function _slashSeat(uint64 number, address accuser) internal {
        (address validator, uint128 stake) = (_seats[number].validator, _seats[number].stake);
        _empty(number);
        staking.slash(validator, keyOf(number), stake, accuser);
    }

    function _empty(uint64 number) private {
        Seat storage seat = _seats[number];
        emit Vacated(number, seat.validator);
        uint64 moved = _row[_row.length - 1];
        _row[seat.place] = moved;
        _seats[moved].place = seat.place;
        _row.pop();
        delete _seats[number];
    }
}
