// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ITrainingVerifier, Link, Shape, Standing, Training} from "../../ITrainingVerifier.sol";
import {OrderBook} from "../OrderBook.sol";
import {Order} from "../Orders.sol";
import {Purse} from "../Purse.sol";
import {Staking} from "../Staking.sol";
import {Parameters, Terms} from "../registry/Parameters.sol";
import {Registry} from "../registry/Registry.sol";
import {Seats} from "./Seats.sol";

/// @title Training that is taken as stated unless somebody doubts it
/// @notice Stands before a front and is one: an order that names it pays for chunks that were claimed and not
/// doubted, and for proven ones. A worker claims a chunk with its stake, a validator who is drawn looks first, then
/// anybody may doubt it with a bond. What is doubted needs the proof.
///
/// @dev A proof is all that decides. Without one nobody's word makes a claim void alone: a refusal can be appealed
/// against, and a doubt is answered by the proof or by the time for it. Every claim ends, at the latest when all
/// periods of its terms have passed (`longest`), and anybody may end a wait (`advance`). docs/spec/claims.md has the
/// states, and a test for each attack.
///
/// - A claim for somebody else: the caller is the worker of the context that the statement binds.
/// - A claim that is accepted before anybody has the order: none is taken before its bidding ended.
/// - A claim again, after it ended: a statement is claimed once.
/// - A proof copied from the mempool: what it earns is the worker's, whoever sends it. Nobody else can make one.
/// - A doubt copied from the mempool: its sender pays the bond, and the claim is doubted either way.
/// - Doubts without end: a doubt ends the claim, by the proof or without.
/// - A doubt in the last second: the whole period for the proof follows.
/// - Accuse oneself: of what is slashed, and of a lost bond, no more than half goes to the other side.
/// - A validator who is framed by a worker with a true claim and a friend who doubts it: an accuser is paid from a
/// seat that has no more stake than the claim, and of both half at most.
/// - A proof that fails, for whatever reason: it changes nothing, and decides nothing.
/// - Another front at the same address: the hash of its code is compared at every use.
/// - Terms that change: a claim keeps those that were in force when the bidding of its order ended.
contract Claims is ITrainingVerifier, Seats, Purse {
    using SafeCast for uint256;

    enum State {
        /// Nobody claimed it.
        None,
        /// Waits for the draw of a validator.
        Posted,
        /// Waits for the validator.
        Waiting,
        /// The validator was silent, and somebody asks for its answer.
        Asked,
        /// The validator says no.
        Refused,
        /// Somebody appeals against the no: a proof has to be shown.
        Appealed,
        /// Can be doubted.
        Pending,
        /// Somebody doubts it: a proof has to be shown.
        Doubted,
        /// Taken as stated.
        Accepted,
        /// Not taken. A proof that is shown with the settlement still is.
        Void
    }

    struct Claim {
        address worker;
        State state;
        /// Whether the validator said yes.
        bool attested;
        /// Whether it answered in the first period.
        bool prompt;
        /// Seconds of the epoch: the last of the current wait.
        uint64 until;
        /// Who paid the bond that the claim holds; nobody where it holds none.
        address challenger;
        /// The validator's seat; zero where there is none, or none any more.
        uint64 seat;
        /// Version of the terms.
        uint32 version;
        /// Number of the block that it was posted in.
        uint64 posted;
        /// Number of the block whose hash draws.
        uint64 draws;
        /// Seats among which it draws.
        uint64 among;
    }

    /// Blocks from a claim to the one whose hash draws.
    uint64 public constant DRAW_BLOCKS = 2;
    uint256 private constant WHOLE = 10_000;
    bytes32 private constant CONTEXT = keccak256("zkpot/v1/order/context");

    /// What verifies proofs.
    ITrainingVerifier public immutable front;
    /// Hash of its code.
    bytes32 public immutable frontCode;
    Parameters public immutable parameters;
    /// Who gets what nobody should.
    address public immutable treasury;

    mapping(bytes32 statement => Claim) private _claims;

    /// `evidence` is the digest by which validators find what they look at.
    event Posted(
        bytes32 indexed statement,
        bytes32 indexed order,
        address indexed worker,
        uint256 version,
        Standing start,
        Standing standing,
        bytes32 evidence
    );
    event Drawn(bytes32 indexed statement, uint256 indexed seat, address indexed validator, uint256 until);
    /// The block's hash was gone, and a later one draws.
    event Redrawn(bytes32 indexed statement, uint256 draws);
    event Attested(bytes32 indexed statement, address indexed validator);
    event Refused(bytes32 indexed statement, address indexed validator, uint256 until);
    event Abstained(bytes32 indexed statement, address indexed validator);
    event Challenged(bytes32 indexed statement, address indexed challenger, State state, uint256 until);
    /// From now on it can be doubted.
    event Pending(bytes32 indexed statement, uint256 until);
    event Accepted(bytes32 indexed statement, bool proven);
    event Voided(bytes32 indexed statement, bool slashed);

    /// The claim is in another state than this needs.
    error WrongState(bytes32 statement, State have);
    /// The claim was not accepted, and no proof is there.
    error NotAccepted(bytes32 statement, State have);
    /// The order names another front.
    error NotForThis(address verifier);
    /// Stake could leave before a claim ends.
    error StakeLeavesBefore(uint256 longest, uint256 challengePeriod);
    /// The block that draws is not there yet.
    error NoHashYet(uint256 block_, uint256 draws);
    /// Only the validator who was drawn, or its key.
    error NotTheValidator(address sender, address validator);
    /// The time for that has passed.
    error TooLate(uint256 now_, uint256 until);
    /// The time for that comes later.
    error TooEarly(uint256 now_, uint256 until);

    /// @param token_ What bonds and fees are paid in.
    /// @param staking_ Where stake is. This contract needs the role there.
    /// @param registry_ Who validators are.
    /// @param parameters_ The terms of claims.
    /// @param front_ What verifies proofs.
    /// @param frontCode_ The hash that its code must have.
    constructor(
        IERC20 token_,
        Staking staking_,
        Registry registry_,
        Parameters parameters_,
        ITrainingVerifier front_,
        bytes32 frontCode_
    ) Purse(token_) Seats(staking_, registry_) {
        (, Terms memory most) = parameters_.bounds();
        if (_longest(most) > staking_.challengePeriod()) {
            revert StakeLeavesBefore(_longest(most), staking_.challengePeriod());
        }
        (parameters, front, frontCode, treasury) = (parameters_, front_, frontCode_, staking_.treasury());
        _front();
    }

    /// Claims a chunk of an order, for which stake and fee are taken. The worker sends it.
    /// @param book Where the order is: a part of the context.
    /// @param start Where the run stands before the chunk. Chunks can be claimed ahead; `settle` compares.
    /// @param links What was trained, and with which scalars.
    /// @param evidence Digest of what shows it to validators, for instance of the run's proof before it is wrapped.
    /// @return statement The digest by which the claim goes.
    function post(
        OrderBook book,
        Order calldata order,
        Standing calldata start,
        Link[] calldata links,
        bytes32 evidence
    ) external nonReentrant returns (bytes32 statement) {
        if (order.verifier != address(this)) revert NotForThis(order.verifier);
        // Terms could still change, and nobody looks at claims of an order that nobody has.
        if (block.timestamp < order.biddingEnds) revert TooEarly(block.timestamp, order.biddingEnds);
        bytes32 id = book.idOf(order);
        Standing memory standing = _front().standingAfter(_training(book, order, id, start, links));
        statement = standing.statement;
        Claim storage claim_ = _claims[statement];
        if (claim_.state != State.None) revert WrongState(statement, claim_.state);
        uint256 version = parameters.versionAt(order.biddingEnds);
        Terms memory terms = parameters.termsOf(version);
        claim_.worker = msg.sender;
        claim_.state = State.Posted;
        claim_.until = _after(terms.draw);
        claim_.version = version.toUint32();
        claim_.posted = uint64(block.number);
        claim_.draws = uint64(block.number) + DRAW_BLOCKS;
        claim_.among = seats();
        emit Posted(statement, id, msg.sender, version, start, standing, evidence);
        staking.reserve(msg.sender, statement, terms.stake);
        if (terms.fee != 0) _take(msg.sender, terms.fee);
    }

    /// Draws the validator, once the hash that decides is there. Anybody may send it, and no sender chooses.
    function draw(bytes32 statement) external nonReentrant {
        Claim storage claim_ = _in(statement, State.Posted);
        _requireUntil(claim_.until);
        if (block.number <= claim_.draws) revert NoHashYet(block.number, claim_.draws);
        bytes32 hash = blockhash(claim_.draws);
        if (hash == 0) {
            // Older than the chain remembers. The wait for a draw goes on, and does not get longer.
            claim_.draws = uint64(block.number) + DRAW_BLOCKS;
            emit Redrawn(statement, claim_.draws);
            return;
        }
        Terms memory terms = _terms(claim_);
        uint64 seat = _drawn(statement, hash, claim_.among, claim_.posted, claim_.worker, terms.seat);
        if (seat == 0) return _pend(statement, claim_, terms);
        claim_.seat = seat;
        claim_.state = State.Waiting;
        claim_.until = _after(terms.response);
        _serve(seat, statement);
        emit Drawn(statement, seat, seatOf(seat).validator, claim_.until);
    }

    /// The validator says yes: it has seen what shows the claim. It loses its seat if a doubt wins.
    function attest(bytes32 statement) external nonReentrant {
        (Claim storage claim_, address validator, Terms memory terms) = _answering(statement);
        claim_.attested = true;
        emit Attested(statement, validator);
        _pend(statement, claim_, terms);
    }

    /// The validator says no. It loses its seat if a proof is shown.
    function refuse(bytes32 statement) external nonReentrant {
        (Claim storage claim_, address validator, Terms memory terms) = _answering(statement);
        claim_.state = State.Refused;
        claim_.until = _after(terms.appeal);
        emit Refused(statement, validator, claim_.until);
    }

    /// The validator says neither, as where it was shown nothing: the claim goes on without it. It earns and loses
    /// nothing, and stops nobody.
    function abstain(bytes32 statement) external nonReentrant {
        (Claim storage claim_, address validator, Terms memory terms) = _answering(statement);
        emit Abstained(statement, validator);
        _dismiss(claim_);
        _pend(statement, claim_, terms);
    }

    /// Asks a validator who was silent, with a bond, which comes back: it could not be asked before it was late.
    function ask(bytes32 statement) external nonReentrant {
        Claim storage claim_ = _in(statement, State.Waiting);
        Terms memory terms = _terms(claim_);
        if (block.timestamp <= claim_.until) revert TooEarly(block.timestamp, claim_.until);
        _requireUntil(claim_.until + terms.answer);
        _challenge(statement, claim_, State.Asked, terms.answer, terms.bond);
    }

    /// Appeals against a refusal, with a bond: the proof will be shown.
    function appeal(bytes32 statement) external nonReentrant {
        Claim storage claim_ = _in(statement, State.Refused);
        Terms memory terms = _terms(claim_);
        _requireUntil(claim_.until);
        _challenge(statement, claim_, State.Appealed, terms.proof, terms.bond);
    }

    /// Doubts a claim, with a bond: let the proof be shown.
    function doubt(bytes32 statement) external nonReentrant {
        Claim storage claim_ = _in(statement, State.Pending);
        Terms memory terms = _terms(claim_);
        _requireUntil(claim_.until);
        _challenge(statement, claim_, State.Doubted, terms.proof, terms.bond);
    }

    /// Shows the proof of a claim that has not ended, which accepts it. Anybody may send it.
    /// @param training What it says: the claim is found by its statement.
    function prove(Training calldata training, uint256 hash, bytes calldata proof) external nonReentrant {
        bytes32 statement = _front().verify(training, hash, proof).statement;
        Claim storage claim_ = _claims[statement];
        State state = claim_.state;
        if (state == State.None || state >= State.Accepted) revert WrongState(statement, state);
        bool refused = state == State.Refused || state == State.Appealed;
        if (refused || state == State.Doubted) _requireUntil(claim_.until);
        Terms memory terms = _terms(claim_);
        (address worker, address challenger) = (claim_.worker, claim_.challenger);
        if (state == State.Doubted) {
            _split(terms, worker);
        } else if (challenger != address(0)) {
            _credit(challenger, terms.bond);
        }
        uint64 wrong = refused ? claim_.seat : 0;
        if (refused) claim_.seat = 0;
        _accept(statement, claim_, terms, true);
        // Nobody's bond is on it where nobody appealed, and it is the worker who was wronged.
        if (refused) _slashSeat(wrong, challenger == address(0) ? worker : challenger);
    }

    /// Ends a wait whose time has passed. Anybody may send it.
    function advance(bytes32 statement) external nonReentrant {
        Claim storage claim_ = _claims[statement];
        State state = claim_.state;
        if (state == State.None || state >= State.Accepted) revert WrongState(statement, state);
        Terms memory terms = _terms(claim_);
        uint256 until = claim_.until;
        // The time for asking.
        if (state == State.Waiting) until += terms.answer;
        if (block.timestamp <= until) revert TooEarly(block.timestamp, until);
        if (state == State.Posted) {
            _pend(statement, claim_, terms);
        } else if (state == State.Waiting) {
            _dismiss(claim_);
            _pend(statement, claim_, terms);
        } else if (state == State.Asked) {
            (uint64 seat, address challenger) = (claim_.seat, claim_.challenger);
            (claim_.seat, claim_.challenger) = (0, address(0));
            _credit(challenger, terms.bond);
            _pend(statement, claim_, terms);
            _slashSeat(seat, challenger);
        } else if (state == State.Pending) {
            _accept(statement, claim_, terms, false);
        } else if (state == State.Doubted) {
            _condemn(statement, claim_, terms);
        } else {
            _withdraw(statement, claim_, terms);
        }
    }

    /// @inheritdoc ITrainingVerifier
    /// @dev Where the claim was accepted, hash and proof are not read. Elsewhere a proof will do: one that came too
    /// late for its claim, or that nothing was claimed for, shows what it shows.
    function verify(Training calldata training, uint256, bytes calldata proof)
        external
        view
        returns (Standing memory standing)
    {
        standing = _front().standingAfter(training);
        State state = _claims[standing.statement].state;
        if (state == State.Accepted) return standing;
        if (proof.length == 0) revert NotAccepted(standing.statement, state);
        _forward();
    }

    /// @inheritdoc ITrainingVerifier
    function standingAfter(Training calldata) external view returns (Standing memory) {
        _forward();
    }

    /// @inheritdoc ITrainingVerifier
    function elements(Training calldata) external view returns (uint256[] memory) {
        _forward();
    }

    /// @inheritdoc ITrainingVerifier
    function publicInputs(Training calldata, uint256) external view returns (uint256[3] memory) {
        _forward();
    }

    /// @inheritdoc ITrainingVerifier
    function shape() external view returns (Shape memory) {
        _forward();
    }

    /// Where a claim stands.
    function claimOf(bytes32 statement) external view returns (Claim memory) {
        return _claims[statement];
    }

    /// Seconds from a claim to its end, whatever anybody does, if each wait is ended when it can be.
    function longest(uint256 version) external view returns (uint256) {
        return _longest(parameters.termsOf(version));
    }

    /// @inheritdoc Seats
    function seatStake() public view override returns (uint128) {
        return parameters.termsOf(parameters.versionAt(block.timestamp)).seat;
    }

    function _longest(Terms memory terms) private pure returns (uint256) {
        return uint256(terms.draw) + terms.response + 2 * uint256(terms.answer)
            + Math.max(terms.appeal, terms.challenge) + terms.proof;
    }

    function _front() private view returns (ITrainingVerifier) {
        bytes32 have = address(front).codehash;
        if (have != frontCode) revert AnotherVerifier(have, frontCode);
        return front;
    }

    /// Answers as the front does, with the front's own bytes. It does not come back.
    function _forward() private view {
        address to = address(_front());
        assembly ("memory-safe") {
            let data := mload(0x40)
            calldatacopy(data, 0, calldatasize())
            let done := staticcall(gas(), to, data, calldatasize(), 0, 0)
            returndatacopy(data, 0, returndatasize())
            if done { return(data, returndatasize()) }
            revert(data, returndatasize())
        }
    }

    /// Terms are the order's, and the context is the caller's.
    function _training(OrderBook book, Order calldata order, bytes32 id, Standing calldata start, Link[] calldata links)
        private
        view
        returns (Training memory training)
    {
        training.first = order.first;
        training.shard = order.shard;
        training.nonce = order.nonce;
        training.earlierSteps = order.earlierSteps;
        training.contextHash = keccak256(abi.encode(CONTEXT, block.chainid, address(book), id, msg.sender));
        training.before = start.states;
        training.firstStep = start.steps;
        training.previous = start.statement;
        training.links = links;
    }

    function _in(bytes32 statement, State want) private view returns (Claim storage claim_) {
        claim_ = _claims[statement];
        if (claim_.state != want) revert WrongState(statement, claim_.state);
    }

    function _terms(Claim storage claim_) private view returns (Terms memory) {
        return parameters.termsOf(claim_.version);
    }

    function _after(uint32 period) private view returns (uint64) {
        return uint64(block.timestamp) + period;
    }

    function _requireUntil(uint256 until) private view {
        if (block.timestamp > until) revert TooLate(block.timestamp, until);
    }

    /// A claim whose validator answers now. Who asked gets the bond back.
    function _answering(bytes32 statement)
        private
        returns (Claim storage claim_, address validator, Terms memory terms)
    {
        claim_ = _claims[statement];
        State state = claim_.state;
        if (state != State.Waiting && state != State.Asked) revert WrongState(statement, state);
        validator = seatOf(claim_.seat).validator;
        if (!registry.acts(msg.sender, validator)) revert NotTheValidator(msg.sender, validator);
        terms = _terms(claim_);
        if (state == State.Waiting) {
            _requireUntil(claim_.until + terms.answer);
            claim_.prompt = block.timestamp <= claim_.until;
        } else {
            _requireUntil(claim_.until);
            _credit(claim_.challenger, terms.bond);
            claim_.challenger = address(0);
        }
    }

    function _challenge(bytes32 statement, Claim storage claim_, State state, uint32 period, uint128 bond) private {
        claim_.state = state;
        claim_.until = _after(period);
        claim_.challenger = msg.sender;
        emit Challenged(statement, msg.sender, state, claim_.until);
        _take(msg.sender, bond);
    }

    function _pend(bytes32 statement, Claim storage claim_, Terms memory terms) private {
        claim_.state = State.Pending;
        claim_.until = _after(terms.challenge);
        emit Pending(statement, claim_.until);
    }

    /// The claim goes on without its validator.
    function _dismiss(Claim storage claim_) private {
        _excuse(claim_.seat);
        claim_.seat = 0;
    }

    function _accept(bytes32 statement, Claim storage claim_, Terms memory terms, bool proven) private {
        claim_.state = State.Accepted;
        claim_.challenger = address(0);
        emit Accepted(statement, proven);
        // A validator who has not answered earned nothing.
        bool earned = claim_.attested && claim_.prompt;
        _credit(earned ? seatOf(claim_.seat).validator : claim_.worker, terms.fee);
        _dismiss(claim_);
        staking.release(claim_.worker, statement);
    }

    /// Nobody showed the proof of what was doubted.
    function _condemn(bytes32 statement, Claim storage claim_, Terms memory terms) private {
        (address challenger, uint64 seat) = (claim_.challenger, claim_.seat);
        claim_.state = State.Void;
        (claim_.challenger, claim_.seat) = (address(0), 0);
        emit Voided(statement, true);
        _credit(challenger, terms.bond);
        _credit(treasury, terms.fee);
        // A validator who said nothing, or is gone, has no seat here. What a worker is paid who has its true claim
        // doubted, and keeps the proof back, must be less than it loses.
        if (seat != 0) _slashSeat(seat, seatOf(seat).stake > terms.stake ? address(0) : challenger);
        staking.slash(claim_.worker, statement, terms.stake, challenger);
    }

    /// Nobody showed the proof of what was refused.
    function _withdraw(bytes32 statement, Claim storage claim_, Terms memory terms) private {
        address validator = seatOf(claim_.seat).validator;
        claim_.state = State.Void;
        emit Voided(statement, false);
        if (claim_.challenger != address(0)) {
            claim_.challenger = address(0);
            _split(terms, validator);
        }
        _credit(claim_.prompt ? validator : claim_.worker, terms.fee);
        _dismiss(claim_);
        staking.release(claim_.worker, statement);
    }

    /// Shares a lost bond between whom it accused and the treasury.
    function _split(Terms memory terms, address accused) private {
        uint256 share = uint256(terms.bond) * terms.share / WHOLE;
        _credit(accused, share);
        _credit(treasury, terms.bond - share);
    }
}
