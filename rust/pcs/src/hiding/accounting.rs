//! Every number in an opening, and why it may be seen. A field that is new to this list fails.

use std::collections::BTreeMap;

use p3_field::PrimeCharacteristicRing;
use serde_json::{Value, json};

use crate::proof::LibraryProof;
use crate::{
    Binding, ChannelKind, EF, F, HidingProof, MIN_VARIABLES, Parameters, SALT_ELEMENTS,
    SecurityLevel, commit, new_challenger, open,
};

/// Why a number may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    /// A polynomial's value at a requested point, which whoever asks for it accounts for.
    Value,
    /// Of a sumcheck whose rounds are masked by committed polynomials.
    MaskedSumcheck,
    /// An out-of-domain answer, which has a pad of its own.
    PaddedAnswer,
    /// A row of a codeword: there are as many random rows as may be opened.
    CodewordRow,
    /// A fresh uniform vector plus a multiple of what it blinds.
    Blinded,
    /// A Merkle root or sibling.
    Hash,
    /// In front of a leaf that is opened.
    Salt,
    /// Found by grinding.
    Nonce,
}

/// What a path means; a type parameter without a value is nothing.
fn name(path: &str) -> Result<Option<Seen>, String> {
    let (structure, leaf) = path.rsplit_once('.').ok_or_else(|| path.to_owned())?;
    if matches!(leaf, "_phantom" | "_marker") {
        return Ok(None);
    }
    // Elements of the extension are lists under `value`, those of the base field are numbers.
    let place = if leaf == "value[]" { structure } else { path };
    Ok(Some(match place {
        ".evals[]" => Seen::Value,
        ".sumchecks[].mu_tilde" | ".sumchecks[].round_coefficients[][]" => Seen::MaskedSumcheck,
        ".rounds[].ood_answers[]" => Seen::PaddedAnswer,
        ".rounds[].openings.Base.rows[][]"
        | ".rounds[].openings.Extension.rows[][]"
        | ".base_case.source_openings.Base.rows[][]"
        | ".base_case.source_openings.Extension.rows[][]"
        | ".base_case.fresh_main_openings.rows[][]"
        | ".base_case.mask_openings[].carried.rows[][]"
        | ".base_case.mask_openings[].fresh.rows[][]" => Seen::CodewordRow,
        ".base_case.masked_claim"
        | ".base_case.blinded_message[]"
        | ".base_case.blinded_randomness[]"
        | ".base_case.blinded_masks[].message[]"
        | ".base_case.blinded_masks[].randomness[]" => Seen::Blinded,
        ".sumcheck_mask_commitments[].cap[][]"
        | ".rounds[].commitment.cap[][]"
        | ".rounds[].mask_commitment.cap[][]"
        | ".base_case.fresh_main_commitment.cap[][]"
        | ".base_case.fresh_mask_commitments[].cap[][]" => Seen::Hash,
        ".sumchecks[].pow_witnesses[]" | ".rounds[].pow_witness" | ".base_case.pow_witness" => {
            Seen::Nonce
        }
        _ if place.ends_with(".proof[].sibling_hashes[][]") => Seen::Hash,
        _ if place.ends_with(".proof[][][][]") => Seen::Salt,
        _ => return Err(path.to_owned()),
    }))
}

/// How many numbers there are of each kind.
fn account(value: &Value, path: &str, counts: &mut BTreeMap<Seen, usize>) -> Result<(), String> {
    match value {
        Value::Array(items) => {
            items.iter().try_for_each(|item| account(item, &format!("{path}[]"), counts))
        }
        Value::Object(fields) => fields
            .iter()
            .try_for_each(|(field, value)| account(value, &format!("{path}.{field}"), counts)),
        _ => {
            if let Some(seen) = name(path)? {
                *counts.entry(seen).or_default() += 1;
            }
            Ok(())
        }
    }
}

fn opening(variables: usize, binding: Binding, points: usize) -> HidingProof {
    let (level, channel) = (SecurityLevel::Bits100, ChannelKind::Hiding);
    let parameters = Parameters::new(variables, binding, level, channel).unwrap();
    let (_, data) = commit(vec![F::ONE; 1 << variables], &parameters, &[3; 32]).unwrap();
    let points = vec![vec![EF::TWO; variables]; points];
    match open(data, &points, &mut new_challenger(b"accounting")).unwrap().1.0 {
        LibraryProof::Hiding(proof) => proof,
        _ => panic!("a plain opening"),
    }
}

#[test]
fn every_number_has_a_name() {
    for binding in [Binding::Ephemeral, Binding::Lasting] {
        for variables in [MIN_VARIABLES, 17, 20] {
            let proof = opening(variables, binding, 2);
            let mut counts = BTreeMap::new();
            account(&serde_json::to_value(&proof).unwrap(), "", &mut counts).unwrap();
            assert_eq!(counts[&Seen::Value], 3 * 2);
            // Each opened row of each tree has a salt.
            let base = &proof.base_case;
            let rows = [&base.fresh_main_openings]
                .into_iter()
                .chain(base.mask_openings.iter().flat_map(|pair| [&pair.carried, &pair.fresh]))
                .map(|openings| openings.rows.len())
                .chain(
                    proof
                        .rounds
                        .iter()
                        .map(|round| &round.openings)
                        .chain([&base.source_openings])
                        .map(|openings| match openings {
                            p3_whir::QueryOpenings::Base(openings) => openings.rows.len(),
                            p3_whir::QueryOpenings::Extension(openings) => openings.rows.len(),
                        }),
                )
                .sum::<usize>();
            assert_eq!(counts[&Seen::Salt], SALT_ELEMENTS * rows);
        }
    }
}

/// What nobody has thought about is not passed over.
#[test]
fn a_new_field_has_no_name() {
    let proof = serde_json::to_value(opening(MIN_VARIABLES, Binding::Ephemeral, 1)).unwrap();
    let found = |proof: &Value| account(proof, "", &mut BTreeMap::new());
    assert_eq!(found(&proof), Ok(()));
    let mut outside = proof.clone();
    outside["digest"] = json!(7);
    assert_eq!(found(&outside), Err(".digest".into()));
    let mut inside = proof.clone();
    inside["base_case"]["witness"] = json!([{ "value": [1, 2, 3] }]);
    assert_eq!(found(&inside), Err(".base_case.witness[].value[]".into()));
    let mut opened = proof;
    opened["base_case"]["fresh_main_openings"]["seed"] = json!("secret");
    assert_eq!(found(&opened), Err(".base_case.fresh_main_openings.seed".into()));
}
