//! A small circuit with three public inputs, its keys and folders for them.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use halo2_base::gates::circuit::CircuitBuilderStage;
use zkpot_circuits::Fr;
use zkpot_circuits::circuit::ChipCircuit;
use zkpot_circuits::evm;
use zkpot_circuits::keys::{Keys, Parameters};
use zkpot_circuits::sponge::{Hasher, Sponge, Word};

const K: usize = 11;
const LOOKUP_BITS: usize = 8;

/// What the circuit is said to be for.
pub const NAME: &str = "a small circuit";

/// Shows a secret's digest, a half of a transcript that absorbed it, and the half modulo 10; `wrong` is added
/// to the digest that is shown.
fn lay(secret: u64, wrong: u64) -> impl Fn(&mut ChipCircuit) {
    move |circuit| {
        let arithmetic = circuit.arithmetic();
        let (context, permutations) = circuit.parts();
        let mut hasher = Hasher { arithmetic: &arithmetic, context, permutations };
        let element = arithmetic.load(hasher.context, secret);
        let digest = hasher.leaf(&[element.clone().into()]);
        let Word::Held(found) = digest else { panic!("a digest of what is held") };
        let shown = hasher.context.load_witness(*found.value() + Fr::from(wrong));
        hasher.context.constrain_equal(&found, &shown);
        let mut sponge = Sponge::default();
        sponge.absorb_element(&mut hasher, &element.into());
        let half = sponge.squeeze_half(&mut hasher);
        let rest = arithmetic.remainder(hasher.context, &half, 10);
        [shown, half.cell(), rest.cell()].into_iter().for_each(|cell| circuit.show(cell));
    }
}

/// The circuit of keys, with so many rows of its own.
pub fn keys_of(parameters: Parameters) -> Keys {
    let k = parameters.k() as usize;
    let mut circuit = ChipCircuit::new(CircuitBuilderStage::Keygen, k, LOOKUP_BITS);
    lay(1, 0)(&mut circuit);
    circuit.fit();
    Keys::new(parameters, &circuit).unwrap()
}

/// Keys with test parameters, made once.
pub fn keys() -> &'static Keys {
    static KEYS: LazyLock<Keys> = LazyLock::new(|| keys_of(Parameters::known(K as u32)));
    &KEYS
}

/// Public inputs and a proof of a secret, which is none where something is wrong.
pub fn prove(keys: &Keys, secret: u64, wrong: u64) -> (Vec<Fr>, Vec<u8>) {
    let mut circuit = ChipCircuit::prover(keys.pinning());
    lay(secret, wrong)(&mut circuit);
    let inputs = circuit.instances().remove(0);
    (inputs, evm::prove(keys, circuit).unwrap())
}

/// A new folder, which is removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static FOLDERS: AtomicUsize = AtomicUsize::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("zkpot-keys-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Names of what it holds, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
