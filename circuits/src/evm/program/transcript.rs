//! A transcript that notes what is read and drawn.

use halo2_base::halo2_proofs::halo2curves::bn256::G1Affine;
use snark_verifier::Error;
use snark_verifier::util::transcript::{Transcript, TranscriptRead};
use zkpot_wrapped::program::Message;

use super::recorder::{Point, Recorder, Scalar};

/// Stands for `EvmTranscript`, whose hashing the program's reader does.
pub struct Recorded {
    recorder: Recorder,
}

impl Recorded {
    /// Notes on a recorder's tape.
    pub fn new(recorder: &Recorder) -> Self {
        Self { recorder: recorder.clone() }
    }
}

impl Transcript<G1Affine, Recorder> for Recorded {
    fn loader(&self) -> &Recorder {
        &self.recorder
    }

    fn squeeze_challenge(&mut self) -> Scalar {
        self.recorder.scalar(|tape| tape.draw(Message::Challenge))
    }

    fn common_ec_point(&mut self, _: &Point) -> Result<(), Error> {
        // Only where instances are committed to, which contracts do not ask for.
        Err(Error::InvalidProtocol("a point that both sides know is absorbed".into()))
    }

    fn common_scalar(&mut self, scalar: &Scalar) -> Result<(), Error> {
        self.recorder.note(|tape| tape.absorb(scalar.place));
        Ok(())
    }
}

impl TranscriptRead<G1Affine, Recorder> for Recorded {
    fn read_scalar(&mut self) -> Result<Scalar, Error> {
        Ok(self.recorder.scalar(|tape| tape.draw(Message::Scalar)))
    }

    fn read_ec_point(&mut self) -> Result<Point, Error> {
        Ok(self.recorder.point(|tape| tape.read_point()))
    }
}
