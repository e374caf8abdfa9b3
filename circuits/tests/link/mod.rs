//! The verifier of whole links on the wrapped channel: recorded once for a shape, it says what the real
//! verifier says.

mod accepted;
mod counted;
mod enveloped;
mod lies;
mod made;
mod opened;
mod refused;
mod spy;

use crate::programs;
