//! Writes the header of the C interface: `cargo run -p zkpot-capi --example header -- bindings/c/include/zkpot.h`.

use std::path::Path;

use cbindgen::{Builder, Config, Language, Style};

/// What the header begins with.
const PREFACE: &str = "\
/* zkpot: verifies proofs of training. Made from rust/capi by `make c-header`; do not edit.

   A verifier has limits and remembers the programs that it checked; a circuit verifies wrapped proofs. Threads share both, and
   results. A session belongs to one thread at a time. Whoever is given a handle frees it. No input ends the process: a null pointer or bytes of any
   kind are a result with a code and a sentence. docs/embed/c.md has more. */";

fn main() {
    let out = std::env::args().nth(1).unwrap_or_else(usage);
    let mut config = Config {
        language: Language::C,
        style: Style::Type,
        header: Some(PREFACE.into()),
        include_guard: Some("ZKPOT_H".into()),
        cpp_compat: true,
        documentation: true,
        line_length: 100,
        usize_is_size_t: true,
        no_includes: true,
        sys_includes: vec!["stddef.h".into(), "stdint.h".into()],
        ..Config::default()
    };
    config.defines.insert("target_family = wasm".into(), "__wasm__".into());
    config.enumeration.enum_class = false;
    config.export.include = ["zkpot_code", "zkpot_number", "zkpot_digest"].map(String::from).into();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    match Builder::new().with_crate(folder).with_config(config).generate() {
        Ok(header) => {
            header.write_to_file(out);
        }
        Err(error) => {
            eprintln!("header: {error}");
            std::process::exit(2);
        }
    }
}

fn usage() -> String {
    eprintln!("header: name the file to write");
    std::process::exit(2)
}
