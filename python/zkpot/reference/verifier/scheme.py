"""Openings of committed polynomials: the one part that is not verified independently.

rust/pcs/README.md. WHIR, hiding on the hiding channel and plain on the clear one, is checked by
`zkpot._native.Sponge.verify_opening`. The sponge is handed over in the state that the first opening
finds it in; the messages between openings and the closing challenge are still made by `transcript`.
The errors of an opening are the scheme's, too.
"""

from __future__ import annotations

from zkpot import _native
from zkpot.artifacts.channel import Channel
from zkpot.errors import InvalidProof
from zkpot.reference.verifier.opening import Evaluation
from zkpot.reference.verifier.refusal import Refusal
from zkpot.reference.verifier.transcript import Sponge, Transcript


class Openings:
    """The openings of one link, in order, and their errors together.

    Args:
        transcript: Goes on after them.
        security: Bits of the level.
        channel: The link's; the commitments of the clear one hide nothing.
    """

    def __init__(self, transcript: Transcript, security: int, channel: Channel) -> None:
        self.transcript = transcript
        self.security = security
        self.channel = channel
        self.error = 0.0
        self.log_candidates = 0.0

    def verify(self, root: bytes, lasting: bool, shown: list[Evaluation], proof: bytes) -> None:
        """Verifies that what `root` commits to has the given values.

        Raises:
            Refusal: It is not shown to.
        """
        sponge = self.transcript.sponge
        if isinstance(sponge, Sponge):
            sponge = _native.Sponge(*sponge.state())
            self.transcript.sponge = sponge
        assert isinstance(sponge, _native.Sponge)
        try:
            bits, log_candidates = sponge.verify_opening(
                root,
                len(shown[0].point),
                lasting,
                self.security,
                self.channel,
                [[z.coordinates for z in evaluation.point] for evaluation in shown],
                [evaluation.value.coordinates for evaluation in shown],
                proof,
            )
        except InvalidProof as reason:
            raise Refusal(f"opening: {reason}") from reason
        self.error += 2.0**-bits
        self.log_candidates += log_candidates
