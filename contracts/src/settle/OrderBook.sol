// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ITrainingVerifier, Link, Shape, Standing, Training} from "../ITrainingVerifier.sol";
import {PublicInputs} from "../PublicInputs.sol";
import {Envelopes} from "./Envelopes.sol";
import {IStaking} from "./IStaking.sol";
import {Offer, Order, Orders} from "./Orders.sol";
import {Purse} from "./Purse.sol";
import {Scalars} from "./Scalars.sol";
import {Seal, Seals} from "./Seals.sol";

/// @title Orders for training, paid for as it is proven
/// @notice A consumer signs an order, whose price is locked. Workers bid; the lowest price that meets all
/// conditions wins. The worker is paid for each chunk of steps that a proof shows, and where the order asks for
/// envelopes, when the key of the trained states is shown. What is missing at the end goes back, and costs stake.
/// There is no owner, no role and no pause here.
///
/// @dev An order's number is its EIP-712 digest. Its terms are not stored: callers send them, and another term is
/// another order. So what a proof is asked to show comes from what the consumer signed and from storage; callers
/// supply links, hash and proof alone. docs/spec/settlement.md has the states, and a test for each attack.
///
/// - A proof of another order, chain, contract or worker: they are in the context, which every statement binds.
/// - A proof shown again, or chunks out of order: a proof starts at the last statement that was paid, which is the
///   key, and moves it. A proof's bytes are no key, since one proof has many encodings.
/// - A copied proof, sent first: the order's worker is credited, whoever sends it.
/// - Scalars, nonce or dataset that suit the worker: they are the order's.
/// - A front that pays itself: the code is the one that was signed, at every call; each call moves the run by one
///   chunk, and an order pays from what it locked, which is counted for each order by itself.
/// - Too little gas for the verifier: a failed proof changes nothing here, so it can be sent again. The front
///   tells it apart from an invalid proof, too.
/// - A signature used again, changed, or taken to another chain or contract: the digest is the key, it holds chain
///   and contract, and an order that ended stays ended.
/// - Bids that promise one stake twice, or none: the best bid's stake is reserved, by `Staking`'s rules.
/// - A worker who vanishes, a consumer who never answers, a staking contract whose admin takes the role away: every
///   wait ends at a time that the order says, at most a year ahead, and anybody may end it. Nothing waits for the
///   consumer, and release and slash ask for no role.
/// - Weights without payment, payment without weights: the key is shown with the payment, and the proof said what it
///   opens. A consumer without the ciphertext does not accept it; a worker who is not accepted publishes it.
/// - A key shown in vain: nothing that a worker has to wait for, or that the consumer signed, can be taken back. The
///   chain's settlements are as old as `finality` then, and an acceptance is a key's and not a contract's.
/// - Accounts that cannot be paid, and tokens that call back, keep fees or change balances: see `Purse`.
///
/// Not seen from here: whether an offer is true, whether the front's verifier is one for its circuit, and whether
/// anybody knows the scalars of the order. A worker compares that before it bids.
contract OrderBook is EIP712, Purse {
    using SafeCast for uint256;

    enum State {
        /// Not opened.
        None,
        /// Takes bids until their end, and then waits for the award.
        Bidding,
        /// A worker trains.
        Awarded,
        /// All steps are proven, and the last key is not shown.
        Proven,
        /// All steps are proven and paid.
        Completed,
        /// The consumer took it back.
        Cancelled,
        /// Nobody bid.
        Unfilled,
        /// Steps were missing at the end, or their key.
        Late
    }

    struct Entry {
        /// Of the best bid, then of the award.
        address worker;
        State state;
        /// Steps that are proven.
        uint40 steps;
        /// Those of them that are paid: all, where there are no envelopes.
        uint40 paid;
        /// Whether the consumer accepted the last seal on the chain.
        bool accepted;
        /// What a step costs: the most that the order pays until somebody bids.
        uint128 price;
        /// What the order still holds of the consumer's.
        uint128 locked;
        /// Commitment to the states that the next proof starts from; at the end, to what was bought.
        bytes32 states;
        /// Digest of the last statement that was settled, while there is a next one.
        bytes32 statement;
        /// Hash of the last chunk's seal (`Seals`), whether it is paid or not.
        bytes32 seal;
    }

    /// Seconds from now on that an order may last.
    uint64 public constant LONGEST = 365 days;
    /// Steps that an order may have.
    uint256 public constant MOST_STEPS = type(uint40).max;
    bytes32 private constant CONTEXT = keccak256("zkpot/v1/order/context");

    /// Where workers have their stake.
    IStaking public immutable staking;
    /// Hashes of keys, and what is published. It comes with this contract.
    Envelopes public immutable envelopes;
    /// Blocks after which the chain does not change any more: no key is taken sooner after its settlement.
    uint64 public immutable finality;
    /// Seconds that a worker has at least to show the last key, which `finality` must fit into.
    uint64 public immutable shortestWindow;

    mapping(bytes32 id => Entry) private _entries;

    event Opened(bytes32 indexed id, address indexed consumer, uint256 locked, Order order);
    event BidTaken(bytes32 indexed id, address indexed worker, uint256 price, Offer offer);
    event Outbid(bytes32 indexed id, address indexed worker);
    event Awarded(bytes32 indexed id, address indexed worker, uint256 price);
    event Settled(
        bytes32 indexed id, address indexed worker, uint256 steps, uint256 paid, bytes32 statement, bytes32 states
    );
    /// The chunk's states are in this ciphertext; block and time of this event belong to the seal.
    event Sealed(bytes32 indexed id, uint256 ciphertext, uint256 key);
    event Accepted(bytes32 indexed id, uint256 ciphertext, uint256 key);
    /// The key opens the ciphertext.
    event Revealed(bytes32 indexed id, uint256 ciphertext, uint256 key, uint256 paid);
    event Completed(bytes32 indexed id, bytes32 states);
    event Cancelled(bytes32 indexed id);
    event Unfilled(bytes32 indexed id, uint256 refunded);
    event Late(bytes32 indexed id, address indexed worker, uint256 missing, uint256 refunded, uint256 slashed);

    /// The order is in another state than this needs.
    error WrongState(bytes32 id, State have, State want);
    /// The consumer did not sign this order.
    error NotSigned(bytes32 id, address consumer);
    /// Times must be in order: now, end of bidding, deadline, its window, a year from now.
    error BadTimes(uint256 now_, uint256 biddingEnds, uint256 deadline);
    /// There is time to show a key where the front's circuit makes envelopes, and neither time nor bond elsewhere.
    error BadWindow(uint256 have, uint256 least);
    /// The front's code is not the one that was signed.
    error AnotherVerifier(bytes32 have, bytes32 want);
    /// The front's circuit is for another program.
    error AnotherProgram(bytes32 have, bytes32 want);
    /// The front's circuit proves another number of steps at once.
    error ChunkSteps(uint256 have, uint256 want);
    /// Steps are no multiple of a chunk's, none, or more than the circuit's security allows.
    error BadSteps(uint256 steps, uint256 chunkSteps, uint256 most);
    /// A commitment that no proof can show.
    error BadCommitment(string field, bytes32 commitment);
    /// Bids come before the end of bidding.
    error BiddingOver(uint256 now_, uint256 biddingEnds);
    /// That comes after the end of bidding.
    error BiddingNotOver(uint256 now_, uint256 biddingEnds);
    /// There is a bid that is as low.
    error NotBetter(uint256 have, uint256 best);
    /// Nobody bid.
    error NoBid(bytes32 id);
    /// Somebody bid.
    error HasBid(bytes32 id, address worker);
    /// The deadline has passed.
    error TooLate(uint256 now_, uint256 deadline);
    /// The deadline has not passed.
    error NotLate(uint256 now_, uint256 deadline);
    /// Only the consumer may do that.
    error NotConsumer(address have, address want);
    /// A chunk has no such number of links, which all have as many steps.
    error Links(uint256 have, uint256 chunkSteps);
    /// The front says that the run stands elsewhere than a chunk further.
    error BadStanding(uint256 have, uint256 want);

    /// All that is proven is paid.
    error NothingSealed(bytes32 id);
    /// The order's last seal is another one.
    error AnotherSeal(bytes32 have, bytes32 want);
    /// The settlement is too young to show its key.
    error NotFinal(uint256 block_, uint256 final_);
    /// The key has another hash.
    error AnotherKey(uint256 have, uint256 want);
    /// The consumer did not accept the ciphertext, and it is not published, or it is too early for that.
    error NotAccepted(bytes32 id, uint256 ciphertext);

    /// There is no code at the staking contract's address.
    error NoStaking(address staking);

    /// @param token What orders are paid in.
    /// @param staking_ Where workers have their stake. This contract needs the role there.
    /// @param finality_ Blocks after which the chain does not change any more.
    /// @param shortestWindow_ Seconds: more than so many blocks take.
    constructor(IERC20 token, IStaking staking_, uint64 finality_, uint64 shortestWindow_)
        EIP712("zkpot", "1")
        Purse(token)
    {
        if (address(staking_).code.length == 0) revert NoStaking(address(staking_));
        // It has two halves.
        if (shortestWindow_ < 2) revert BadWindow(shortestWindow_, 2);
        (staking, finality, shortestWindow) = (staking_, finality_, shortestWindow_);
        envelopes = new Envelopes();
    }

    /// Opens a signed order and locks the most that it may cost. Anybody may send it.
    /// @return id The order's number.
    function open(Order calldata order, bytes calldata signature) external nonReentrant returns (bytes32 id) {
        id = idOf(order);
        Entry storage entry = _in(id, State.None);
        if (block.timestamp >= order.biddingEnds || order.biddingEnds >= order.deadline
            || uint256(order.deadline) + order.revealWindow > block.timestamp + LONGEST) {
            revert BadTimes(block.timestamp, order.biddingEnds, order.deadline);
        }
        _requireProvable(order);
        // The key first, which is cheaper than asking whether there is a contract.
        if (!_signed(order.consumer, id, signature)
            && !SignatureChecker.isValidERC1271SignatureNowCalldata(order.consumer, id, signature)) {
            revert NotSigned(id, order.consumer);
        }
        uint128 locked = (uint256(order.steps) * order.pricePerStep + order.bond).toUint128();
        entry.state = State.Bidding;
        entry.price = order.pricePerStep;
        entry.locked = locked;
        entry.states = order.first;
        emit Opened(id, order.consumer, locked, order);
        _take(order.consumer, locked);
    }

    /// Takes an order back before bidding ends, or one that was signed and not opened.
    function cancel(Order calldata order) external nonReentrant {
        _requireConsumer(order);
        bytes32 id = idOf(order);
        Entry storage entry = _entries[id];
        if (entry.state != State.None) {
            _in(id, State.Bidding);
            if (block.timestamp >= order.biddingEnds) revert BiddingOver(block.timestamp, order.biddingEnds);
        }
        entry.state = State.Cancelled;
        emit Cancelled(id);
        _refund(entry, order.consumer, entry.locked);
        _release(order, id, entry.worker);
    }

    /// Bids for an order. The stake is reserved until somebody bids less, or the order ends.
    /// @param price What a step costs: less than the best bid, at most what the order pays.
    function bid(Order calldata order, uint128 price, Offer calldata offer) external nonReentrant {
        bytes32 id = idOf(order);
        Entry storage entry = _in(id, State.Bidding);
        if (block.timestamp >= order.biddingEnds) revert BiddingOver(block.timestamp, order.biddingEnds);
        address best = entry.worker;
        // The first bid may ask for all that the order pays; of two that are as low the earlier one wins.
        if (price > entry.price || (price == entry.price && best != address(0))) revert NotBetter(price, entry.price);
        Orders.requireMet(order, offer);
        entry.worker = msg.sender;
        entry.price = price;
        emit BidTaken(id, msg.sender, price, offer);
        if (best != address(0)) {
            emit Outbid(id, best);
            _release(order, id, best);
        }
        if (order.stake != 0) staking.reserve(msg.sender, id, order.stake);
    }

    /// Gives the order to the best bidder, and the consumer what it costs less. Anybody may send it.
    function award(Order calldata order) external nonReentrant {
        bytes32 id = idOf(order);
        Entry storage entry = _in(id, State.Bidding);
        if (block.timestamp < order.biddingEnds) revert BiddingNotOver(block.timestamp, order.biddingEnds);
        if (entry.worker == address(0)) revert NoBid(id);
        entry.state = State.Awarded;
        emit Awarded(id, entry.worker, entry.price);
        _refund(entry, order.consumer, entry.locked - uint256(order.steps) * entry.price - order.bond);
    }

    /// Takes the next chunk, which the proof shows, and pays the worker for it; with envelopes, it waits for the key.
    /// Anybody may send it. The seal of an earlier chunk is worth nothing then: the new one's key pays for both.
    /// @param links What was trained, and with which scalars.
    /// @param hash The hash of the statements' elements that the prover claims.
    /// @param path Of the chunk's scalars in the order's tree; empty where the order is constant.
    function settle(
        Order calldata order,
        Link[] calldata links,
        uint256 hash,
        bytes calldata proof,
        bytes32[] calldata path
    ) external nonReentrant {
        bytes32 id = idOf(order);
        Entry storage entry = _in(id, State.Awarded);
        if (block.timestamp > order.deadline) revert TooLate(block.timestamp, order.deadline);
        _requireScalars(order, entry.steps, links, path);
        Standing memory standing = _front(order).verify(_training(order, id, entry, links), hash, proof);
        _advance(order, id, entry, standing);
        if (order.revealWindow != 0) _keep(order, id, entry, links);
    }

    /// Accepts a ciphertext that the consumer has. Then nobody needs to publish it, and the bond stays the consumer's.
    /// In time it is that before somebody may be paid for publishing. A consumer that is a contract has no other way.
    function accept(Order calldata order, Seal calldata seal) external nonReentrant {
        _requireConsumer(order);
        bytes32 id = idOf(order);
        Entry storage entry = _sealed(order, id, seal);
        uint256 end = _acceptanceEnds(order, seal);
        if (block.timestamp >= end) revert TooLate(block.timestamp, end);
        entry.accepted = true;
        emit Accepted(id, seal.ciphertext, seal.key);
    }

    /// Shows the key of the last seal, and pays the worker for all steps up to it. Anybody may send it.
    /// @param key Opens the ciphertext.
    /// @param acceptance The consumer's signature of the seal; empty where it accepted on the chain, or did not.
    function reveal(Order calldata order, Seal calldata seal, uint256 key, bytes calldata acceptance)
        external
        nonReentrant
    {
        bytes32 id = idOf(order);
        Entry storage entry = _sealed(order, id, seal);
        uint256 final_ = uint256(seal.settledIn) + finality;
        if (block.number < final_) revert NotFinal(block.number, final_);
        uint256 hash = envelopes.hashOfKey(key);
        if (hash != seal.key) revert AnotherKey(hash, seal.key);
        bool published = _published(order, entry, seal);
        // A key's signature alone, which holds for ever: what a contract says of signatures can change while the
        // worker's key is on its way.
        if (!published && !entry.accepted && !_signed(order.consumer, _acceptance(id, seal), acceptance)) {
            revert NotAccepted(id, seal.ciphertext);
        }
        // What an order holds beside the price of its unpaid steps is the bond.
        uint256 due = published ? entry.locked - _priceOfMissing(order, entry) : _unpaid(entry);
        emit Revealed(id, seal.ciphertext, key, due);
        _pay(order, id, entry, due);
    }

    /// Ends an order that nobody bid for. Anybody may send it.
    function close(Order calldata order) external nonReentrant {
        bytes32 id = idOf(order);
        Entry storage entry = _in(id, State.Bidding);
        if (block.timestamp < order.biddingEnds) revert BiddingNotOver(block.timestamp, order.biddingEnds);
        if (entry.worker != address(0)) revert HasBid(id, entry.worker);
        entry.state = State.Unfilled;
        emit Unfilled(id, entry.locked);
        _refund(entry, order.consumer, entry.locked);
    }

    /// Ends an order whose worker is late: the rest goes back, and stake is slashed for the steps that are missing,
    /// or whose key is. Anybody may send it.
    function expire(Order calldata order) external nonReentrant {
        bytes32 id = idOf(order);
        Entry storage entry = _running(id);
        uint256 end = entry.paid == entry.steps ? order.deadline : _end(order);
        if (block.timestamp <= end) revert NotLate(block.timestamp, end);
        uint256 unpaid = order.steps - entry.paid;
        address worker = entry.worker;
        uint256 slashed = _stakeOf(order, unpaid);
        uint256 forMissing = _stakeOf(order, order.steps - entry.steps);
        entry.state = State.Late;
        emit Late(id, worker, unpaid, entry.locked, slashed);
        _refund(entry, order.consumer, entry.locked);
        _slash(id, worker, forMissing, order.consumer);
        // A consumer who does not accept must gain nothing by it.
        _slash(id, worker, slashed - forMissing, address(0));
        _release(order, id, worker);
    }

    /// An order's number: what its consumer signs (EIP-712).
    function idOf(Order calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(Orders.hash(order));
    }

    /// The context that the worker's run has to be made with.
    function contextOf(bytes32 id, address worker) public view returns (bytes memory) {
        return abi.encode(CONTEXT, block.chainid, address(this), id, worker);
    }

    /// Where an order stands.
    function entryOf(bytes32 id) external view returns (Entry memory) {
        return _entries[id];
    }

    function _in(bytes32 id, State want) private view returns (Entry storage entry) {
        entry = _entries[id];
        if (entry.state != want) revert WrongState(id, entry.state, want);
    }

    /// An order that trains, or waits for the key of what was trained.
    function _running(bytes32 id) private view returns (Entry storage entry) {
        entry = _entries[id];
        if (entry.state != State.Proven) _in(id, State.Awarded);
    }

    /// A running order, of which this is the last seal, and whose key may still be shown.
    function _sealed(Order calldata order, bytes32 id, Seal calldata seal) private view returns (Entry storage entry) {
        entry = _running(id);
        if (entry.paid == entry.steps) revert NothingSealed(id);
        bytes32 have = Seals.hash(id, seal);
        if (have != entry.seal) revert AnotherSeal(have, entry.seal);
        if (block.timestamp > _end(order)) revert TooLate(block.timestamp, _end(order));
    }

    /// When the last key must have been shown.
    function _end(Order calldata order) private pure returns (uint256) {
        return uint256(order.deadline) + order.revealWindow;
    }

    /// Until then the consumer may accept, and from then on a ciphertext that is published counts as accepted.
    function _acceptanceEnds(Order calldata order, Seal calldata seal) private pure returns (uint256) {
        return uint256(seal.settledAt) + order.revealWindow / 2;
    }

    function _published(Order calldata order, Entry storage entry, Seal calldata seal) private view returns (bool) {
        return !entry.accepted && block.timestamp >= _acceptanceEnds(order, seal)
            && envelopes.published(seal.ciphertext);
    }

    /// What a consumer signs who accepts (EIP-712).
    function _acceptance(bytes32 id, Seal calldata seal) private view returns (bytes32) {
        return _hashTypedDataV4(Seals.acceptance(id, seal));
    }

    function _signed(address consumer, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        (address signer, ECDSA.RecoverError error,) = ECDSA.tryRecoverCalldata(digest, signature);
        return error == ECDSA.RecoverError.NoError && signer == consumer;
    }

    /// An order that no proof can fulfil would cost its worker the stake.
    function _requireProvable(Order calldata order) private view {
        Shape memory shape = _front(order).shape();
        if (shape.program != order.program) revert AnotherProgram(shape.program, order.program);
        uint256 chunkSteps = uint256(shape.links) * shape.steps;
        if (chunkSteps == 0 || chunkSteps != order.chunkSteps) revert ChunkSteps(order.chunkSteps, chunkSteps);
        uint256 most = Math.min(shape.mostSteps, MOST_STEPS);
        if (order.steps == 0 || order.steps % chunkSteps != 0 || order.steps > most) {
            revert BadSteps(order.steps, chunkSteps, most);
        }
        _requireWindow(order, shape.envelopes);
        _requireCommitment("first", order.first);
        _requireCommitment("shard", order.shard);
    }

    function _requireConsumer(Order calldata order) private view {
        if (msg.sender != order.consumer) revert NotConsumer(msg.sender, order.consumer);
    }

    function _requireWindow(Order calldata order, bool enveloped) private view {
        uint256 least = enveloped ? shortestWindow : 0;
        if (order.revealWindow < least || (!enveloped && (order.revealWindow != 0 || order.bond != 0))) {
            revert BadWindow(order.revealWindow, least);
        }
    }

    function _requireCommitment(string memory field, bytes32 commitment) private pure {
        if (commitment == 0 || uint256(commitment) >= PublicInputs.ORDER) revert BadCommitment(field, commitment);
    }

    /// The front, if its code is the one that was signed.
    function _front(Order calldata order) private view returns (ITrainingVerifier) {
        bytes32 have = order.verifier.codehash;
        if (have != order.verifierCode) revert AnotherVerifier(have, order.verifierCode);
        return ITrainingVerifier(order.verifier);
    }

    function _requireScalars(Order calldata order, uint256 steps, Link[] calldata links, bytes32[] calldata path)
        private
        pure
    {
        if (links.length == 0 || order.chunkSteps % links.length != 0) revert Links(links.length, order.chunkSteps);
        Scalars.requireOrdered(order, steps / order.chunkSteps, order.chunkSteps / links.length, links, path);
    }

    /// What a proof has to show: terms that the consumer signed, and where the run stands.
    function _training(Order calldata order, bytes32 id, Entry storage entry, Link[] calldata links)
        private
        view
        returns (Training memory training)
    {
        training.first = order.first;
        training.shard = order.shard;
        training.nonce = order.nonce;
        training.earlierSteps = order.earlierSteps;
        training.contextHash = keccak256(contextOf(id, entry.worker));
        training.before = entry.states;
        training.firstStep = entry.steps;
        training.previous = entry.statement;
        training.links = links;
    }

    /// Moves the run by the chunk that was proven, and pays for it where it waits for no key.
    function _advance(Order calldata order, bytes32 id, Entry storage entry, Standing memory standing) private {
        uint256 steps = uint256(entry.steps) + order.chunkSteps;
        // What a front that follows its rules says; another one moves nothing but what was agreed.
        if (standing.steps != steps || standing.statement == entry.statement) revert BadStanding(standing.steps, steps);
        entry.steps = uint40(steps);
        entry.states = standing.states;
        if (steps != order.steps) entry.statement = standing.statement;
        uint256 due = order.revealWindow == 0 ? _unpaid(entry) : 0;
        emit Settled(id, entry.worker, steps, due, standing.statement, standing.states);
        if (order.revealWindow == 0) _pay(order, id, entry, due);
    }

    /// Keeps what the key will be compared with.
    function _keep(Order calldata order, bytes32 id, Entry storage entry, Link[] calldata links) private {
        Link calldata link = links[links.length - 1];
        entry.accepted = false;
        if (entry.steps == order.steps) entry.state = State.Proven;
        entry.seal = Seals.hash(id, Seal(link.ciphertext, link.key, uint64(block.number), uint64(block.timestamp)));
        emit Sealed(id, link.ciphertext, link.key);
    }

    /// Pays for all steps that are proven, and ends the order with the last of them.
    function _pay(Order calldata order, bytes32 id, Entry storage entry, uint256 due) private {
        entry.paid = entry.steps;
        entry.locked -= due.toUint128();
        _credit(entry.worker, due);
        if (entry.steps == order.steps) {
            entry.state = State.Completed;
            emit Completed(id, entry.states);
            _refund(entry, order.consumer, entry.locked);
            _release(order, id, entry.worker);
        }
    }

    /// The price of steps that are proven and not paid.
    function _unpaid(Entry storage entry) private view returns (uint256) {
        return uint256(entry.steps - entry.paid) * entry.price;
    }

    /// The price of steps that are not proven.
    function _priceOfMissing(Order calldata order, Entry storage entry) private view returns (uint256) {
        return uint256(order.steps - entry.steps) * entry.price;
    }

    /// What steps that are not paid cost of the stake. Rounded up: a step that is missing is never free.
    function _stakeOf(Order calldata order, uint256 steps) private pure returns (uint256) {
        return Math.mulDiv(order.stake, steps, order.steps, Math.Rounding.Ceil);
    }

    function _slash(bytes32 id, address worker, uint256 amount, address accuser) private {
        if (amount != 0) staking.slash(worker, id, amount.toUint128(), accuser);
    }

    function _refund(Entry storage entry, address consumer, uint256 amount) private {
        if (amount == 0) return;
        entry.locked -= amount.toUint128();
        _credit(consumer, amount);
    }

    function _release(Order calldata order, bytes32 id, address worker) private {
        if (order.stake != 0 && worker != address(0)) staking.release(worker, id);
    }
}
