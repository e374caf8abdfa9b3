// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {OrderBook} from "../OrderBook.sol";
import {Order} from "../Orders.sol";

/// @title Who trained what, for good
/// @notice An order that ended with steps that were proven and paid is recorded by anybody, once. The record says
/// who trained, for which order, how many steps, and the commitment to the states that came out. Nothing is changed
/// or taken back.
///
/// @dev The witness is the order's book: it knows worker, steps and states, and the order's digest binds the rest. So
/// nobody is trusted to write, and nothing is taken from the caller but the order itself. The digest of the last
/// statement is not in a record, since a book does not keep it behind the last chunk; its log has it.
///
/// Attacks, and what answers them:
///
/// - A book that lies: the owner (the council's timelock) recognises books.
/// - A front that takes anything. Whoever signs an order chooses its front, and may pay itself: so fronts are
///   recognised, too, by the hash of their code, with what a step of their circuit counts. One that is not can be
///   paid by an order, and leaves no record.
/// - Small steps that count as much as large ones: units of a front are the owner's choice.
/// - An order, or states, recorded twice: both are keys. Commitments are hiding, so that honest runs do not meet.
/// - Units that change: those in force when the record is made count. Whoever did the work can make it at once.
///
/// Not answered: who orders from itself, with a recognised front, and pays itself, has done the work that is counted.
/// What units are worth should be less than what proving them costs.
contract Contributions is Ownable {
    using SafeCast for uint256;

    struct Contribution {
        address worker;
        /// Seconds of the epoch in which it was recorded.
        uint64 at;
        /// The order's number.
        bytes32 order;
        /// Commitment to the trained states.
        bytes32 states;
        /// Steps that were proven.
        uint64 steps;
        /// What they count.
        uint128 units;
    }

    /// Seconds of an epoch.
    uint64 public constant EPOCH = 30 days;

    /// Books whose word is taken.
    mapping(address book => bool) public recognised;
    /// What a step counts, by the hash of the front's code; nothing where it is not recognised.
    mapping(bytes32 verifierCode => uint64) public unitsOf;
    /// By number, from 0.
    Contribution[] private _contributions;
    mapping(address book => mapping(bytes32 order => bool)) public recorded;
    mapping(bytes32 states => bool) public known;
    /// What a worker's contributions of an epoch count.
    mapping(uint256 epoch => mapping(address worker => uint256)) public units;
    /// What all of them count.
    mapping(uint256 epoch => uint256) public total;

    event BookRecognised(address indexed book, bool whether);
    event FrontRecognised(bytes32 indexed verifierCode, uint256 units);
    event Recorded(
        uint256 indexed number,
        address indexed worker,
        bytes32 indexed order,
        bytes32 states,
        uint256 steps,
        uint256 units
    );

    /// Nobody takes this book's word.
    error UnknownBook(address book);
    /// Steps of this front do not count.
    error UnknownFront(bytes32 verifierCode);
    /// The order goes on, or has no steps that were proven.
    error NothingProven(bytes32 order, OrderBook.State state);
    /// The order is in the record.
    error AlreadyRecorded(bytes32 order);
    /// The states are in the record, as those of another order.
    error KnownStates(bytes32 states);

    /// @param owner_ Who recognises books and fronts.
    constructor(address owner_) Ownable(owner_) {}

    /// Takes a book's word, or no longer. What is recorded stays.
    function recogniseBook(address book, bool whether) external onlyOwner {
        recognised[book] = whether;
        emit BookRecognised(book, whether);
    }

    /// Says what a step of a front's circuit counts.
    /// @param verifierCode Hash of the front's code.
    /// @param each Nothing, so that it is not recognised any more.
    function recogniseFront(bytes32 verifierCode, uint64 each) external onlyOwner {
        unitsOf[verifierCode] = each;
        emit FrontRecognised(verifierCode, each);
    }

    /// Records an order that ended with proven steps. Anybody may send it.
    /// @return number Of the record.
    function record(OrderBook book, Order calldata order) external returns (uint256 number) {
        if (!recognised[address(book)]) revert UnknownBook(address(book));
        uint64 each = unitsOf[order.verifierCode];
        if (each == 0) revert UnknownFront(order.verifierCode);
        bytes32 id = book.idOf(order);
        OrderBook.Entry memory entry = book.entryOf(id);
        bool ended = entry.state == OrderBook.State.Completed || entry.state == OrderBook.State.Late;
        // A key that was not shown is no contribution, though its steps are proven.
        if (!ended || entry.paid == 0) revert NothingProven(id, entry.state);
        if (recorded[address(book)][id]) revert AlreadyRecorded(id);
        if (known[entry.states]) revert KnownStates(entry.states);
        recorded[address(book)][id] = true;
        known[entry.states] = true;
        uint128 counted = (uint256(entry.paid) * each).toUint128();
        uint256 epoch = epochAt(block.timestamp);
        units[epoch][entry.worker] += counted;
        total[epoch] += counted;
        number = _contributions.length;
        _contributions.push(
            Contribution(entry.worker, block.timestamp.toUint64(), id, entry.states, entry.paid, counted)
        );
        emit Recorded(number, entry.worker, id, entry.states, entry.paid, counted);
    }

    /// How many records there are.
    function count() external view returns (uint256) {
        return _contributions.length;
    }

    /// A record, by its number.
    function contributionOf(uint256 number) external view returns (Contribution memory) {
        return _contributions[number];
    }

    /// The epoch of a time, counted from the beginning of 1970.
    function epochAt(uint256 time) public pure returns (uint256) {
        return time / EPOCH;
    }
}
