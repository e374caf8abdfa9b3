// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

/// What a member says that it does.
enum Role {
    Consumer,
    Worker,
    Validator
}

/// @title Who takes part, and with which keys
/// @notice An account enrols with its roles, names a key that may act for it, and publishes bytes by which others
/// encrypt to it or find it in the network. Enrolling costs nothing and proves nothing: what a role may do is
/// decided by stake, where the role acts.
///
/// @dev An account's own key stays offline, and its key here does the daily work. Attacks, and what answers them:
///
/// - A stolen key that makes itself permanent: it can revoke itself, and nothing else. Another key takes effect
///   after a delay, in which the account can stop it.
/// - A key that is named by somebody whose key it is not: a key is taken on by itself.
/// - One key of two accounts, or one that was revoked and comes back: a key belongs to one account for ever.
/// - Bytes without end: their number is bounded.
contract Registry {
    /// Bytes that a member may publish.
    uint256 public constant MOST_BYTES = 1_024;
    /// Seconds that a rotation waits at least, and at most.
    uint64 public constant SHORTEST_DELAY = 1 hours;
    uint64 public constant LONGEST_DELAY = 30 days;

    struct Member {
        /// A bit for each role.
        uint8 roles;
        /// Who may act for the account beside itself; nobody where it is zero.
        address key;
        /// The key that was proposed.
        address next;
        /// Seconds of the epoch from which on the next key can be taken on.
        uint64 from;
        /// For encryption and the network. No contract reads it.
        bytes published;
        /// What is published when the next key is taken on.
        bytes nextPublished;
    }

    /// Seconds from the proposal of a key to its use.
    uint64 public immutable delay;

    mapping(address account => Member) private _members;
    /// Whose a key is, or was.
    mapping(address key => address account) public accountOf;
    mapping(address key => bool) public revoked;

    event Enrolled(address indexed account, uint8 roles, bytes published);
    event Proposed(address indexed account, address indexed key, uint256 from, bytes published);
    event Withdrawn(address indexed account, address indexed key);
    event Rotated(address indexed account, address indexed key, bytes published);
    event Revoked(address indexed account, address indexed key);

    /// The delay is none, or too long.
    error BadDelay(uint256 have, uint256 least, uint256 most);
    /// More bytes than a member may publish.
    error TooManyBytes(uint256 have, uint256 most);
    /// A bit that is no role.
    error NoRole(uint8 roles);
    /// The account never enrolled.
    error NotEnrolled(address account);
    /// The key belongs, or belonged, to somebody.
    error KeyTaken(address key, address account);
    /// This key was not proposed.
    error NotProposed(address account, address key);
    /// The proposed key cannot be taken on yet.
    error TooEarly(uint256 now_, uint256 from);
    /// Only the account or its key may do that.
    error NotTheirs(address account, address sender);

    /// @param delay_ Seconds that a new key waits.
    constructor(uint64 delay_) {
        if (delay_ < SHORTEST_DELAY || delay_ > LONGEST_DELAY) {
            revert BadDelay(delay_, SHORTEST_DELAY, LONGEST_DELAY);
        }
        delay = delay_;
    }

    /// Enrols the caller with these roles, and no others. The first time it publishes at once; later `published`
    /// stays what it is, and changes with the key.
    /// @param roles A bit for each role; none to leave.
    function enrol(uint8 roles, bytes calldata published) external {
        if (roles >> (uint8(type(Role).max) + 1) != 0) revert NoRole(roles);
        Member storage member = _members[msg.sender];
        if (accountOf[msg.sender] == address(0)) {
            // An account is a key of its own, so that nobody else can name it.
            accountOf[msg.sender] = msg.sender;
            _requireShort(published);
            member.published = published;
        } else if (accountOf[msg.sender] != msg.sender) {
            revert KeyTaken(msg.sender, accountOf[msg.sender]);
        }
        member.roles = roles;
        emit Enrolled(msg.sender, roles, member.published);
    }

    /// Proposes another key and other bytes. Until the key takes them on, all stays as it is.
    /// @param key A fresh address, or the one in use, or the account itself where only the bytes change.
    function propose(address key, bytes calldata published) external {
        Member storage member = _enrolled(msg.sender);
        _requireFor(key, msg.sender);
        _requireShort(published);
        (member.next, member.from) = (key, uint64(block.timestamp) + delay);
        member.nextPublished = published;
        emit Proposed(msg.sender, key, member.from, published);
    }

    /// Takes a proposal back.
    function withdraw() external {
        Member storage member = _enrolled(msg.sender);
        if (member.next == address(0)) revert NotProposed(msg.sender, address(0));
        emit Withdrawn(msg.sender, member.next);
        _forget(member);
    }

    /// Takes on what was proposed. The key itself sends it, and shows by it that somebody holds it.
    function accept(address account) external {
        Member storage member = _enrolled(account);
        if (member.next != msg.sender) revert NotProposed(account, msg.sender);
        if (block.timestamp < member.from) revert TooEarly(block.timestamp, member.from);
        // Another account may have been quicker.
        _requireFor(msg.sender, account);
        accountOf[msg.sender] = account;
        // What it replaces is not used again.
        address before = member.key;
        if (before != msg.sender && before != account && before != address(0)) revoked[before] = true;
        member.key = msg.sender;
        member.published = member.nextPublished;
        emit Rotated(account, msg.sender, member.published);
        _forget(member);
    }

    /// Ends the use of a key at once, with what was published and what was proposed. The account or the key sends it.
    function revoke(address account) external {
        Member storage member = _enrolled(account);
        address key = member.key;
        if (msg.sender != account && msg.sender != key) revert NotTheirs(account, msg.sender);
        if (key != address(0) && key != account) revoked[key] = true;
        member.key = address(0);
        delete member.published;
        emit Revoked(account, key);
        _forget(member);
    }

    /// Whether an account has a role.
    function has(address account, Role role) external view returns (bool) {
        return _members[account].roles >> uint8(role) & 1 == 1;
    }

    /// Whether somebody may act for an account: the account itself, or its key.
    function acts(address sender, address account) external view returns (bool) {
        return sender == account || (sender != address(0) && _members[account].key == sender);
    }

    /// What is known of an account.
    function memberOf(address account) external view returns (Member memory) {
        return _members[account];
    }

    function _enrolled(address account) private view returns (Member storage) {
        if (accountOf[account] != account) revert NotEnrolled(account);
        return _members[account];
    }

    function _requireFor(address key, address account) private view {
        address owner = accountOf[key];
        if (key == address(0) || revoked[key] || (owner != address(0) && owner != account)) {
            revert KeyTaken(key, owner);
        }
    }

    function _requireShort(bytes calldata published) private pure {
        if (published.length > MOST_BYTES) revert TooManyBytes(published.length, MOST_BYTES);
    }

    function _forget(Member storage member) private {
        (member.next, member.from) = (address(0), 0);
        delete member.nextPublished;
    }
}
