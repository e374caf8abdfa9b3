//! What the machine says of the code itself.

use zkpot_in_cosmwasm::Code;
use zkpot_in_cosmwasm::code::CODE_BYTES;

use crate::setting::{read, runs, wrapped};

#[test]
fn the_machine_takes_both_contracts() {
    assert!(runs().bytes() > 0);
    // Every chain's limit; that of runs is in the docs.
    assert!(wrapped().bytes() <= CODE_BYTES, "{} bytes", wrapped().bytes());
}

#[test]
fn the_machine_checks_what_it_stores() {
    // A module that imports and exports nothing, and no module.
    for bytes in [b"\0asm\x01\0\0\0".to_vec(), read("tests/golden/wrapped/0.zkwrap")] {
        assert!(Code::of(&bytes).is_err());
    }
}
