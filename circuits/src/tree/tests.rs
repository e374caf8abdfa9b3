//! Paths of the library's trees, honest and not.

use halo2_base::halo2_proofs::halo2curves::ff::Field;
use p3_commit::Mmcs;
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use p3_merkle_tree::MerkleTreeMmcs;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_protocol::field::F;
use zkpot_sponge::{LeafHash, NodeHash};

use crate::Fr;
use crate::arithmetic::{Bit, Residue};
use crate::circuit::ChipCircuit;
use crate::poseidon2::from_sponge;
use crate::sponge::{Hasher, Word};
use crate::tampering::{Family, assert_breaks, assert_every_cell_matters, assert_satisfied};

const DEPTH: usize = 3;
const WIDTH: usize = 4;

/// A row with its path.
#[derive(Clone)]
struct Opening {
    index: usize,
    row: Vec<F>,
    siblings: Vec<Fr>,
    root: Fr,
}

/// An opening of the library's tree of eight rows.
fn open(index: usize) -> Opening {
    let mut rng = StdRng::seed_from_u64(7);
    let values: Vec<F> = (0..WIDTH << DEPTH).map(|_| rng.random()).collect();
    let tree = MerkleTreeMmcs::<F, zkpot_sponge::Fr, _, _, 2, 1>::new(LeafHash, NodeHash, 0);
    let (root, data) = tree.commit(vec![RowMajorMatrix::new(values, WIDTH)]);
    let opened = tree.open_batch(index, &data);
    Opening {
        index,
        row: opened.opened_values[0].clone(),
        siblings: opened.opening_proof.iter().map(|[digest]| from_sponge(*digest)).collect(),
        root: from_sponge(root.roots()[0][0]),
    }
}

impl Opening {
    fn lay(&self, circuit: &mut ChipCircuit) {
        let arithmetic = circuit.arithmetic();
        let (context, permutations) = circuit.parts();
        let row: Vec<Residue> =
            self.row.iter().map(|&value| arithmetic.load_element(context, value)).collect();
        let bits: Vec<Bit> = (0..DEPTH)
            .map(|place| arithmetic.load_bit(context, self.index >> place & 1 == 1))
            .collect();
        let root = Word::Held(context.load_witness(self.root));
        let mut hasher = Hasher { arithmetic: &arithmetic, context, permutations };
        hasher.verify_path(&row, &bits, &self.siblings, root);
    }
}

#[test]
fn paths_lead_to_the_root() {
    for index in 0..1 << DEPTH {
        let opening = open(index);
        assert_satisfied(|circuit| opening.lay(circuit));
    }
}

#[test]
fn another_row_index_sibling_or_root_is_refused() {
    let opening = open(5);
    let refused = |change: &dyn Fn(&mut Opening)| {
        let mut changed = opening.clone();
        change(&mut changed);
        assert_breaks(Family::Copy, |circuit| changed.lay(circuit));
    };
    for place in 0..WIDTH {
        refused(&|opening| opening.row[place] += F::ONE);
    }
    for place in 0..DEPTH {
        refused(&|opening| opening.index ^= 1 << place);
        refused(&|opening| opening.siblings[place] += Fr::ONE);
    }
    refused(&|opening| opening.root += Fr::ONE);
}

#[test]
fn every_cell_of_a_path_matters() {
    let opening = open(2);
    assert_every_cell_matters(|circuit| opening.lay(circuit));
}

#[test]
#[should_panic(expected = "siblings of a path")]
fn a_path_is_as_long_as_its_index() {
    let mut opening = open(1);
    opening.siblings.pop();
    opening.lay(&mut crate::tampering::circuit(|_| ()));
}
