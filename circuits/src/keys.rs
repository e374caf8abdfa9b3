//! Keys of circuits, and the parameters that they are made with.
//!
//! - [`parameters`]: powers of a secret, from a ceremony's file, checked when they are read;
//! - [`known`]: parameters whose secret is public, for tests and local chains;
//! - [`proving`]: the keys of a circuit;
//! - [`kept`]: keys in a folder.

pub mod error;
pub mod kept;
pub mod known;
pub mod parameters;
pub mod proving;

pub use error::Error;
pub use parameters::Parameters;
pub use proving::Keys;
