"""Whether a verifier's keys come from the secret that everybody knows.

A generated verifier holds that secret times the generator of BN254's second group, which it puts
into its pairing. Two coordinates of it do not change with its sign. So it is recognised in the
code itself, whatever a file beside it says.
"""

from __future__ import annotations

from zkpot.errors import InputError
from zkpot.settle.nodes.chain import Chain

#: `x` of the point, its imaginary part first: circuits/src/keys/known.rs.
KNOWN_POINT = (
    bytes.fromhex("19cded016522e0ff6cb8445e00467204a7289b17290ec9f5744bfe5078b6c861"),
    bytes.fromhex("144b000c0c7a596f0169e7e62e0d0b312318d9e1350837e215551b5ecbc53cad"),
)


def is_known(code: bytes) -> bool:
    """Whether everybody can forge proofs that this verifier accepts."""
    return all(coordinate in code for coordinate in KNOWN_POINT)


def refuse_known(chain: Chain, verifier: str, code: bytes) -> None:
    """Refuses such a verifier on a chain where money is worth something.

    Raises:
        InputError: It is one.
    """
    if is_known(code) and not chain.is_local:
        raise InputError(
            f"{verifier}: the front's verifier comes from a test SRS, so that anybody can forge "
            f"proofs; chain {chain.id} is no local one, so the order is refused"
        )
