//! Whoever knows a shard but for one label, or one pixel, cannot find it by trying.
//!
//! Each attack succeeds where what defeats it is left out.

use crate::programs;
use crate::scheme;
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::Polynomial;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::{CommitmentScheme, Committer};
use zkpot_protocol::field::F;
use zkpot_protocol::layout::RANDOM_ENTRIES;
use zkpot_protocol::proof::LinkProof;
use zkpot_prover::held::{Held, HeldKind};

use crate::programs::{Owned, ROWS, Running, classifier};
use crate::scheme::Lying;

type Fields = Vec<Vec<i64>>;

const PIXELS: usize = 0;
const LABELS: usize = 1;
/// The element that is looked for.
const PLACE: usize = 2;

fn shard() -> Fields {
    Owned::new(3).shards[0].clone()
}

fn commit(fields: &Fields) -> Held {
    let kind = HeldKind::Shard { rows: ROWS[0] };
    let (level, channel) = (programs::LEVEL, ChannelKind::Hiding);
    Held::commit::<Lying>(&classifier(), kind, level, channel, fields.clone()).unwrap()
}

/// The polynomial of a shard as anybody can write it, without its random entries.
fn polynomial(fields: &Fields) -> Vec<F> {
    let _ = commit(fields);
    let mut values = scheme::last_values();
    let last = values.iter().rposition(|&value| value != F::ZERO).unwrap();
    values[last / RANDOM_ENTRIES * RANDOM_ENTRIES..][..RANDOM_ENTRIES].fill(F::ZERO);
    values
}

fn root(values: Vec<F>, seed: &[u8; 32]) -> [u8; 32] {
    let variables = values.len().trailing_zeros() as usize;
    let (binding, channel) = (Polynomial::ShardIn(0).binding(), ChannelKind::Hiding);
    let parameters = Whir::parameters(variables, binding, programs::LEVEL, channel).unwrap();
    Whir::commit(values, &parameters, seed).unwrap().0.into()
}

/// The shard with every value that the element may have.
fn dictionary(field: usize) -> Vec<Fields> {
    let range = if field == LABELS { 0..4 } else { -128..128 };
    range
        .map(|guess| {
            let mut fields = shard();
            fields[field][PLACE] = guess;
            fields
        })
        .collect()
}

/// The guesses that fit.
fn fitting(field: usize, fits: impl Fn(&Fields) -> bool) -> Vec<i64> {
    dictionary(field).iter().filter(|guess| fits(guess)).map(|guess| guess[field][PLACE]).collect()
}

/// Equal data, committed twice or copied in a run, look different.
#[test]
fn equal_data_under_different_commitments() {
    let roots: Vec<[u8; 32]> = (0..8).map(|_| commit(&shard()).root).collect();
    for (index, root) in roots.iter().enumerate() {
        assert!(!roots[..index].contains(root));
    }
    let mut running = Running::start_on(ChannelKind::Hiding);
    running.seal();
    let mut seen = vec![running.order.first];
    seen.extend(running.order.shards.iter().map(|(_, root)| *root));
    for link in &running.links {
        let link = LinkProof::from_bytes(link).unwrap();
        let copies = link.statement.shards.iter().map(|shard| shard.after);
        for fresh in [link.statement.after].into_iter().chain(copies).chain(link.witness) {
            // A seal makes no copies of data.
            assert!(fresh == [0; 32] || !seen.contains(&fresh));
            seen.push(fresh);
        }
    }
}

/// Against a commitment as an owner makes it.
#[test]
fn roots_fit_no_guess() {
    let target = commit(&shard()).root;
    for field in [LABELS, PIXELS] {
        let fits = |guess: &Fields| root(polynomial(guess), &[0; 32]) == target;
        assert_eq!(fitting(field, fits), [0; 0]);
    }
}

/// The control: without random entries, and with salts and encoding randomness that are known,
/// the one true value fits.
#[test]
fn roots_without_randomness_fit_the_truth() {
    let target = root(polynomial(&shard()), &[0; 32]);
    for field in [LABELS, PIXELS] {
        let fits = |guess: &Fields| root(polynomial(guess), &[0; 32]) == target;
        assert_eq!(fitting(field, fits), [shard()[field][PLACE]]);
    }
}

/// Either randomness alone is enough against guesses.
#[test]
fn one_randomness_is_enough_for_a_root() {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).unwrap();
    let salted = root(polynomial(&shard()), &secret);
    let _ = commit(&shard());
    let blinded = root(scheme::last_values(), &[0; 32]);
    for target in [salted, blinded] {
        let fits = |guess: &Fields| root(polynomial(guess), &[0; 32]) == target;
        assert_eq!(fitting(LABELS, fits), [0; 0]);
    }
}

/// Leaves of sixteen values; an opening of one shows its neighbour's hash.
fn leaf(values: &[F], salt: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(salt);
    values.iter().for_each(|value| {
        hasher.update(&value.as_canonical_u64().to_le_bytes());
    });
    *hasher.finalize().as_bytes()
}

/// A tree over the same values: the hashes in a path fit the truth, unless leaves are salted.
#[test]
fn siblings_in_a_tree_without_salts_fit_the_truth() {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).unwrap();
    for field in [LABELS, PIXELS] {
        // The leaf in which guesses differ.
        let guesses: Vec<Vec<F>> = dictionary(field).iter().map(polynomial).collect();
        let changed = (0..guesses[0].len()).find(|&i| guesses[0][i] != guesses[1][i]).unwrap();
        let own = |values: &[F]| values[changed / 16 * 16..][..16].to_vec();
        let truth = own(&polynomial(&shard()));
        let fits =
            |shown: [u8; 32]| fitting(field, |guess| leaf(&own(&polynomial(guess)), &[]) == shown);
        assert_eq!(fits(leaf(&truth, &[])), [shard()[field][PLACE]], "without salt");
        assert_eq!(fits(leaf(&truth, &salt)), [0; 0], "with salt");
    }
}
