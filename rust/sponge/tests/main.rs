//! The sponge's tests, in one program.

mod lanes;
mod transcript;
mod tree;
mod vectors;
