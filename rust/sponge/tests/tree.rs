//! The hashes in the library's Merkle tree.

use p3_commit::{BatchOpeningRef, ExtensionMmcs, Mmcs};
use p3_field::extension::CubicTrinomialExtensionField;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use p3_matrix::{Dimensions, Matrix};
use p3_merkle_tree::MerkleTreeMmcs;
use p3_symmetric::{CryptographicHasher, PseudoCompressionFunction};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_sponge::{F, Fr, LeafHash, NodeHash, Root};

type EF = CubicTrinomialExtensionField<F>;
type Tree = MerkleTreeMmcs<F, Fr, LeafHash, NodeHash, 2, 1>;

const HEIGHT: usize = 8;

fn tree() -> Tree {
    Tree::new(LeafHash, NodeHash, 0)
}

fn dimensions(width: usize) -> [Dimensions; 1] {
    [Dimensions { width, height: HEIGHT }]
}

#[test]
fn base_rows_are_opened_and_changed_ones_refused() {
    let mut rng = StdRng::seed_from_u64(2);
    for width in [1, 2, 3, 4, 16] {
        let values: Vec<F> = (0..HEIGHT * width).map(|_| rng.random()).collect();
        let (root, data) = tree().commit(vec![RowMajorMatrix::new(values, width)]);
        let root: Root = root;
        for index in 0..HEIGHT {
            let opened = tree().open_batch(index, &data);
            let verify = |index: usize, rows: &[Vec<F>], proof: &Vec<[Fr; 1]>| {
                let opening = BatchOpeningRef::new(rows, proof);
                tree().verify_batch(&root, &dimensions(width), index, opening)
            };
            let (rows, proof) = (opened.opened_values, opened.opening_proof);
            verify(index, &rows, &proof).unwrap();
            verify(index ^ 1, &rows, &proof).unwrap_err();
            for place in 0..width {
                let mut changed = rows.clone();
                changed[0][place] += F::ONE;
                verify(index, &changed, &proof).unwrap_err();
            }
            for place in 0..proof.len() {
                let mut changed = proof.clone();
                changed[place][0] += Fr::ONE;
                verify(index, &rows, &changed).unwrap_err();
            }
        }
    }
}

#[test]
fn extension_rows_are_opened_and_changed_ones_refused() {
    let mut rng = StdRng::seed_from_u64(3);
    let basis =
        [0, 1, 2].map(|place| -> EF { BasedVectorSpace::<F>::ith_basis_element(place).unwrap() });
    let tree = ExtensionMmcs::<F, EF, _>::new(tree());
    for width in [1, 4] {
        let values: Vec<EF> = (0..HEIGHT * width).map(|_| rng.random()).collect();
        let matrix = RowMajorMatrix::new(values, width);
        let (root, data) = tree.commit(vec![matrix.clone()]);
        for index in 0..HEIGHT {
            let opened = tree.open_batch(index, &data);
            let (rows, proof) = (opened.opened_values, opened.opening_proof);
            assert_eq!(rows[0], matrix.row_slice(index).unwrap().to_vec());
            let verify = |rows: &[Vec<EF>]| {
                let opening = BatchOpeningRef::new(rows, &proof);
                tree.verify_batch(&root, &dimensions(width), index, opening)
            };
            verify(&rows).unwrap();
            for place in 0..3 * width {
                let mut changed = rows.clone();
                changed[0][place / 3] += basis[place % 3];
                verify(&changed).unwrap_err();
            }
        }
    }
}

#[test]
fn a_root_is_what_leaves_and_nodes_hash_to() {
    let rows: Vec<[F; 4]> =
        (0..4).map(|row| core::array::from_fn(|place| F::from_usize(4 * row + place))).collect();
    let (root, _) = tree().commit(vec![RowMajorMatrix::new(rows.concat(), 4)]);
    let leaves: Vec<_> = rows.iter().map(|row| LeafHash.hash_slice(row)).collect();
    let left = NodeHash.compress([leaves[0], leaves[1]]);
    let right = NodeHash.compress([leaves[2], leaves[3]]);
    assert_eq!(root.roots(), [NodeHash.compress([left, right])]);
}
