"""Keccak-256, which statements are hashed with.

The Keccak reference (Bertoni, Daemen, Peeters, Van Assche, 2011) with the padding that Ethereum
uses.
"""

from __future__ import annotations

KECCAK_RATE = 136
LANE = 2**64 - 1


def _round_constants() -> list[int]:
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for place in range(7):
            constant |= (register & 1) << (2**place - 1)
            register <<= 1
            register ^= 0x171 * (register >> 8)
        constants.append(constant)
    return constants


ROUND_CONSTANTS = _round_constants()


def _rotate_lane(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & LANE if by else lane


def _keccak_permutation(lanes: list[list[int]]) -> list[list[int]]:
    """Keccak-f[1600] on `lanes[x][y]`."""
    for constant in ROUND_CONSTANTS:
        columns = [
            lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)
        ]
        mixed = [columns[x - 1] ^ _rotate_lane(columns[(x + 1) % 5], 1) for x in range(5)]
        lanes = [[lane ^ mixed[x] for lane in lanes[x]] for x in range(5)]
        x, y, current = 1, 0, lanes[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x][y] = (
                lanes[x][y],
                _rotate_lane(current, (step + 1) * (step + 2) // 2 % 64),
            )
        lanes = [
            [lanes[x][y] ^ (~lanes[(x + 1) % 5][y] & lanes[(x + 2) % 5][y]) for y in range(5)]
            for x in range(5)
        ]
        lanes[0][0] ^= constant
    return lanes


def keccak256(content: bytes) -> bytes:
    """keccak256 with Ethereum's padding, 32 bytes."""
    padded = bytearray(content)
    padded += bytes(KECCAK_RATE - len(content) % KECCAK_RATE)
    padded[len(content)] ^= 1
    padded[-1] ^= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), KECCAK_RATE):
        for lane in range(KECCAK_RATE // 8):
            word = padded[start + 8 * lane : start + 8 * lane + 8]
            lanes[lane % 5][lane // 5] ^= int.from_bytes(word, "little")
        lanes = _keccak_permutation(lanes)
    return b"".join(lanes[x][0].to_bytes(8, "little") for x in range(4))
