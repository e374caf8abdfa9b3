//! The verifier of openings is the library's: it absorbs and draws the same, and accepts and refuses
//! the same, at the same check.

mod completeness;
mod costs;
mod credulous;
mod library;
mod paths;
mod soundness;
mod spy;
mod whole;
