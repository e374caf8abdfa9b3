//! Keys that are written and read again, and what happened to their files.

use std::fs;
use std::os::unix::fs::symlink;

use zkpot_circuits::evm;
use zkpot_circuits::keys::{Error, Keys, Parameters};

use super::small::{Folder, NAME, keys, keys_of, prove};

fn written() -> Folder {
    let folder = Folder::new();
    keys().write(&folder.0, NAME).unwrap();
    folder
}

fn read(folder: &Folder) -> Result<Option<Keys>, Error> {
    Keys::read(&folder.0, NAME)
}

#[test]
fn keys_that_are_read_prove_and_verify() {
    let folder = written();
    assert_eq!(folder.names(), ["keys", "parameters"]);
    let found = read(&folder).unwrap().unwrap();
    assert_eq!(found.digest(), keys().digest());
    assert!(found.is_known());
    for (prover, verifier) in [(&found, keys()), (keys(), &found), (&found, &found)] {
        let (inputs, proof) = prove(prover, 77, 0);
        evm::verify(verifier, &inputs, &proof).unwrap();
    }
    assert_eq!(evm::contract(&found).unwrap(), evm::contract(keys()).unwrap());
    // Written once more they are the same files.
    let again = Folder::new();
    found.write(&again.0, NAME).unwrap();
    for name in ["keys", "parameters"] {
        assert!(fs::read(folder.0.join(name)).unwrap() == fs::read(again.0.join(name)).unwrap());
    }
}

#[test]
fn keys_of_another_circuit_are_none() {
    let folder = written();
    for name in ["", "a small circui", "a small circuit ", "A small circuit"] {
        assert!(Keys::read(&folder.0, name).unwrap().is_none(), "{name}");
    }
    assert!(read(&folder).unwrap().is_some());
}

#[test]
fn no_keys_are_none() {
    let folder = Folder::new();
    assert!(read(&folder).unwrap().is_none());
    assert!(Keys::read(&folder.0.join("missing"), NAME).unwrap().is_none());
    // What has another format.
    for content in ["", "zkpot circuit keys 2\n{}\n", "zkpot circuit keys 1\n", "\u{fffd}"] {
        fs::write(folder.0.join("keys"), content).unwrap();
        assert!(read(&folder).unwrap().is_none(), "{content}");
    }
    fs::write(folder.0.join("keys"), [0xff; 1 << 18]).unwrap();
    assert!(read(&folder).unwrap().is_none());
}

#[test]
fn a_changed_byte_is_refused() {
    let folder = written();
    for name in ["keys", "parameters"] {
        let path = folder.0.join(name);
        let honest = fs::read(&path).unwrap();
        // Of keys what stands behind the header.
        let start = match name {
            "keys" => {
                1 + honest.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).unwrap().0
            }
            _ => 0,
        };
        let expected =
            format!("{}: it was changed after it was made; make the keys again", path.display());
        let places = [start, start + 9, start + (honest.len() - start) / 2, honest.len() - 1];
        for place in places {
            let mut changed = honest.clone();
            changed[place] ^= 1;
            fs::write(&path, changed).unwrap();
            assert_eq!(read(&folder).unwrap_err().to_string(), expected, "byte {place}");
        }
        for changed in
            [&honest[..honest.len() - 1], &honest[..start], &[&honest[..], &[0]].concat()]
        {
            fs::write(&path, changed).unwrap();
            assert_eq!(read(&folder).unwrap_err().to_string(), expected);
        }
        fs::write(&path, honest).unwrap();
    }
    assert!(read(&folder).unwrap().is_some());
}

#[test]
fn a_changed_header_gives_no_keys() {
    // A byte of the header makes another format, name or hash of it, or a circuit that keys do not fit.
    let folder = written();
    let path = folder.0.join("keys");
    let honest = fs::read(&path).unwrap();
    let ends: Vec<usize> =
        (0..honest.len()).filter(|&place| honest[place] == b'\n').take(2).collect();
    let header = String::from_utf8(honest[ends[0] + 1..ends[1]].to_vec()).unwrap();
    let proving = header.find("\"proving\"").unwrap();
    for place in [0, ends[0], ends[0] + 1, ends[0] + 14, ends[0] + 1 + proving + 12, ends[1]] {
        let mut changed = honest.clone();
        changed[place] ^= 1;
        fs::write(&path, changed).unwrap();
        let found = read(&folder);
        assert!(matches!(found, Ok(None) | Err(Error::Keys { .. })), "byte {place}");
    }
}

#[test]
fn parameters_that_are_missing_are_named() {
    let folder = written();
    fs::remove_file(folder.0.join("parameters")).unwrap();
    let refused = read(&folder).unwrap_err().to_string();
    let path = folder.0.join("parameters");
    assert!(refused.starts_with(&format!("{}: ", path.display())), "{refused}");
}

#[test]
fn keys_with_parameters_of_others_are_refused() {
    let folder = written();
    let other = keys_of(Parameters::known(12));
    let beside = Folder::new();
    other.write(&beside.0, NAME).unwrap();
    for name in ["parameters", "keys"] {
        let mixed = Folder::new();
        let [from, rest] = if name == "keys" { [&folder, &beside] } else { [&beside, &folder] };
        fs::copy(from.0.join(name), mixed.0.join(name)).unwrap();
        let other = if name == "keys" { "parameters" } else { "keys" };
        fs::copy(rest.0.join(other), mixed.0.join(other)).unwrap();
        assert!(matches!(read(&mixed), Err(Error::Keys { .. })));
    }
}

#[test]
fn what_is_half_written_is_never_seen() {
    // A disk that takes nothing: each file in turn.
    for name in ["parameters", "keys"] {
        let folder = Folder::new();
        symlink("/dev/full", folder.0.join(format!("{name}.unfinished"))).unwrap();
        let refused = keys().write(&folder.0, NAME).unwrap_err().to_string();
        let path = folder.0.join(name);
        assert!(refused.starts_with(&format!("{}: No space left", path.display())), "{refused}");
        // Neither the file nor what was begun of it.
        assert!(
            !folder.names().iter().any(|other| other.starts_with(name)),
            "{:?}",
            folder.names()
        );
        assert!(read(&folder).unwrap().is_none());
    }
    // Keys that were there stay as they are.
    let folder = written();
    symlink("/dev/full", folder.0.join("keys.unfinished")).unwrap();
    keys().write(&folder.0, NAME).unwrap_err();
    assert!(read(&folder).unwrap().is_some());
    // What a process that was killed left is nobody's keys, and is replaced.
    let folder = Folder::new();
    let whole = written();
    for name in ["keys", "parameters"] {
        let bytes = fs::read(whole.0.join(name)).unwrap();
        fs::write(folder.0.join(format!("{name}.unfinished")), &bytes[..bytes.len() / 2]).unwrap();
    }
    assert!(read(&folder).unwrap().is_none());
    keys().write(&folder.0, NAME).unwrap();
    assert_eq!(folder.names(), ["keys", "parameters"]);
    assert!(read(&folder).unwrap().is_some());
}
