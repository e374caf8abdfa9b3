//! Shared paths, taken apart.

use p3_commit::Mmcs;
use p3_matrix::dense::RowMajorMatrix;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_circuits::openings::paths::expand;
use zkpot_circuits::openings::tree::{Blake3Tree, LeafHash, NodeHash, RowTree};
use zkpot_pcs::F;

const WIDTH: usize = 3;

struct Opened {
    log_rows: usize,
    root: [u8; 32],
    leaves: Vec<(usize, [u8; 32])>,
    siblings: Vec<[u8; 32]>,
    /// What the library shows for each row alone.
    single: Vec<Vec<[u8; 32]>>,
}

impl Opened {
    fn new(log_rows: usize, positions: &[usize], rng: &mut StdRng) -> Self {
        let tree =
            Blake3Tree::new(LeafHash::new(p3_blake3::Blake3), NodeHash::new(p3_blake3::Blake3), 0);
        let values: Vec<F> = (0..WIDTH << log_rows).map(|_| rng.random()).collect();
        let (commitment, data) = tree.commit_matrix(RowMajorMatrix::new(values, WIDTH));
        let (rows, proof) = tree.open_multi_batch(positions, &data);
        let leaves =
            positions.iter().zip(&rows).map(|(&at, row)| (at, Blake3Tree::leaf(&row[0]))).collect();
        let single = positions.iter().map(|&at| tree.open_batch(at, &data).opening_proof).collect();
        Self {
            log_rows,
            root: Blake3Tree::root(&commitment).unwrap(),
            leaves,
            siblings: Blake3Tree::siblings(&proof).to_vec(),
            single,
        }
    }

    fn expands(&self) -> bool {
        expand::<Blake3Tree>(&self.root, self.log_rows, &self.leaves, &self.siblings).is_some()
    }
}

fn positions(rng: &mut StdRng) -> (usize, Vec<usize>) {
    let log_rows = rng.random_range(0..8);
    let count = rng.random_range(1..20);
    (log_rows, (0..count).map(|_| rng.random_range(0..1 << log_rows)).collect())
}

#[test]
fn each_row_has_the_path_that_it_has_alone() {
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..100 {
        let (log_rows, positions) = positions(&mut rng);
        let opened = Opened::new(log_rows, &positions, &mut rng);
        let paths =
            expand::<Blake3Tree>(&opened.root, log_rows, &opened.leaves, &opened.siblings).unwrap();
        assert_eq!(paths.len(), positions.len());
        for ((path, &(position, leaf)), single) in
            paths.iter().zip(&opened.leaves).zip(&opened.single)
        {
            assert_eq!((path.position, &path.siblings), (position, single));
            assert_eq!(path.root::<Blake3Tree>(leaf), opened.root);
            // It is no path of another leaf or another position.
            assert_ne!(path.root::<Blake3Tree>([0; 32]), opened.root);
            let mut beside = path.clone();
            beside.position ^= 1;
            assert_eq!(beside.root::<Blake3Tree>(leaf) == opened.root, log_rows == 0);
        }
    }
}

#[test]
fn what_is_not_below_the_root_has_no_path() {
    let mut rng = StdRng::seed_from_u64(2);
    for _ in 0..30 {
        let (log_rows, positions) = positions(&mut rng);
        let mut opened = Opened::new(log_rows, &positions, &mut rng);
        assert!(opened.expands());
        for place in 0..opened.siblings.len() {
            opened.siblings[place][7] ^= 1;
            assert!(!opened.expands());
            opened.siblings[place][7] ^= 1;
        }
        for place in 0..opened.leaves.len() {
            opened.leaves[place].1[7] ^= 1;
            assert!(!opened.expands());
            opened.leaves[place].1[7] ^= 1;
        }
        opened.siblings.push([0; 32]);
        assert!(!opened.expands());
        opened.siblings.pop();
        if opened.siblings.pop().is_some() {
            assert!(!opened.expands());
        }
    }
}
