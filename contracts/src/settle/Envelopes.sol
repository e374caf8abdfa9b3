// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {PublicInputs} from "../PublicInputs.sol";
import {Poseidon2} from "./Poseidon2.sol";

/// @title Keys of envelopes, and ciphertexts that lie open
/// @notice Says what the hash of a key is, and whether a ciphertext is on the chain whole, in the log of `Published`.
/// Anybody may publish anything; whoever has a hash and finds it here can read what it is the hash of.
///
/// @dev Attacks, and what answers them:
///
/// - Parts of somebody else's between one's own: each publisher has a sponge of its own for each ciphertext.
/// - A part again, one left out, or in another order: a part says where it starts, which is where the last one ended.
/// - A part that ends in the middle of a permutation: all but the last have an even number of elements.
/// - The same elements by other numbers, which decrypt to something else: all are below the field's order.
/// - Something else than was announced, longer or shorter: the hash decides, and holds the number of elements.
contract Envelopes {
    struct Publication {
        /// The sponge.
        uint256 first;
        uint256 second;
        uint256 third;
        /// Elements of the whole ciphertext.
        uint64 total;
        /// Elements so far.
        uint64 next;
    }

    /// In the third element of the state of a key's permutation.
    uint256 private constant KEY = 1 << 67;
    /// In that of a ciphertext's, with the number of elements.
    uint256 private constant ELEMENTS = 1 << 65;

    /// Whether the ciphertext with this hash has been published whole.
    mapping(uint256 ciphertext => bool) public published;
    /// Of those that are not whole.
    mapping(address publisher => mapping(uint256 ciphertext => Publication)) private _publications;

    /// Elements of a ciphertext, from this place on.
    event Published(uint256 indexed ciphertext, address indexed publisher, uint256 from, uint256[] elements);
    /// All elements of the ciphertext have been published, by this publisher the last.
    event Whole(uint256 indexed ciphertext, address indexed publisher, uint256 total);

    /// A number that is not below the order of BN254's scalar field.
    error NotInField(uint256 value);
    /// A part begins where the last one of the publisher ended, or at zero.
    error BadStart(uint256 have, uint256 want);
    /// A part has elements, no more than are missing, and an even number where more follow.
    error BadPart(uint256 length, uint256 missing);
    /// What was published has another hash.
    error AnotherCiphertext(uint256 have, uint256 want);

    /// The hash of a key: one permutation of `(key, 0, 2^67)`, of which the first element is left.
    function hashOfKey(uint256 key) external pure returns (uint256 hash) {
        if (key >= PublicInputs.ORDER) revert NotInField(key);
        (hash,,) = Poseidon2.permute(key, 0, KEY);
    }

    /// Publishes a part of a ciphertext. Beginning at zero throws away what the caller has published of it.
    /// @param ciphertext Its hash.
    /// @param total Elements of all of it; what is said with the first part counts.
    /// @param from Place of the part's first element.
    function publish(uint256 ciphertext, uint64 total, uint64 from, uint256[] calldata elements) external {
        Publication storage publication = _publications[msg.sender][ciphertext];
        if (from == 0) {
            (publication.first, publication.second, publication.third) = (0, 0, total + ELEMENTS);
            (publication.total, publication.next) = (total, 0);
        }
        if (from != publication.next) revert BadStart(from, publication.next);
        uint256 missing = publication.total - from;
        uint256 length = elements.length;
        if (length == 0 || length > missing || (length < missing && length % 2 != 0)) revert BadPart(length, missing);
        publication.next = uint64(from + length);
        emit Published(ciphertext, msg.sender, from, elements);
        uint256 hash = _absorb(publication, elements);
        if (length == missing) {
            if (hash != ciphertext) revert AnotherCiphertext(hash, ciphertext);
            delete _publications[msg.sender][ciphertext];
            published[ciphertext] = true;
            emit Whole(ciphertext, msg.sender, from + length);
        }
    }

    /// How far somebody is: elements published so far, of how many.
    function progress(address publisher, uint256 ciphertext) external view returns (uint64 next, uint64 total) {
        Publication storage publication = _publications[publisher][ciphertext];
        return (publication.next, publication.total);
    }

    /// Two elements a permutation. Returns the first element of the state.
    function _absorb(Publication storage publication, uint256[] calldata elements) private returns (uint256 first) {
        (uint256 second, uint256 third) = (publication.second, publication.third);
        first = publication.first;
        for (uint256 i = 0; i < elements.length; i += 2) {
            first = _add(first, elements[i]);
            if (i + 1 < elements.length) second = _add(second, elements[i + 1]);
            (first, second, third) = Poseidon2.permute(first, second, third);
        }
        (publication.first, publication.second, publication.third) = (first, second, third);
    }

    function _add(uint256 state, uint256 element) private pure returns (uint256) {
        if (element >= PublicInputs.ORDER) revert NotInField(element);
        return addmod(state, element, PublicInputs.ORDER);
    }
}
