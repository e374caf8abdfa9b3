//! The tests of what both sides share, in one program.

mod labels;
mod schedule;
mod wrapped_statements;
