//! Bytes and expectations in, receipts or errors out.

use zkpot_wrapped::{Circuit, Claim, Code, Error, Expectations, Standing, WrappedProof};

use super::made::{digits, golden, toy, toy_proof, word};

fn taken() -> Expectations {
    Expectations { allow_test_srs: true, ..Expectations::default() }
}

/// What the toy circuit answers to a proof that is changed.
fn refused(expected: Expectations, change: impl FnOnce(&mut WrappedProof)) -> Error {
    let circuit = Circuit::from_bytes(&toy().to_bytes()).unwrap();
    let mut proof = toy_proof(3, 3);
    change(&mut proof);
    let proof = proof.to_bytes();
    circuit.answer(&Claim { proof: &proof, expected }).result.unwrap_err()
}

fn unexpected(expected: Expectations, field: &str) {
    let found = refused(expected, |_| {});
    assert!(matches!(&found, Error::Unexpected { field: told, .. } if *told == field), "{found}");
    assert_eq!(found.code(), Code::Expectation);
}

#[test]
fn forgeable_proofs_are_taken_only_where_that_is_allowed() {
    let found = refused(Expectations::default(), |_| {});
    assert_eq!((found.code(), found), (Code::Forgeable, Error::Forgeable));
}

#[test]
fn each_expectation_alone() {
    let start = Standing::of_first(word(11));
    let met = Expectations {
        program: Some([7; 32]),
        first: Some(word(11)),
        shard: Some(word(12)),
        nonce: Some([0xff; 32]),
        context: Some(b"order".to_vec()),
        earlier_steps: Some(u64::MAX),
        start: Some(start),
        steps: Some(4),
        // Two scalars in two links of two steps each.
        scalars: Some(vec![
            vec![(1, 1), (-2, 1), (1, 1), (-2, 1), (9, 0)],
            vec![(i64::MAX, 1), (i64::MIN, 1), (i64::MAX, 1), (i64::MIN, 1)],
        ]),
        security: Some(128),
        allow_test_srs: true,
    };
    let circuit = Circuit::from_bytes(&toy().to_bytes()).unwrap();
    let proof = toy_proof(3, 3).to_bytes();
    let answer = circuit.answer(&Claim { proof: &proof, expected: met.clone() });
    assert_eq!(answer.work, circuit.work(proof.len()));
    answer.result.unwrap();

    let other = Some(word(99));
    unexpected(Expectations { program: other, ..taken() }, "program");
    unexpected(Expectations { first: other, ..taken() }, "first");
    unexpected(Expectations { shard: other, ..taken() }, "shard");
    unexpected(Expectations { nonce: other, ..taken() }, "nonce");
    unexpected(Expectations { context: Some(Vec::new()), ..taken() }, "context");
    unexpected(Expectations { earlier_steps: Some(0), ..taken() }, "earlier_steps");
    unexpected(Expectations { steps: Some(3), ..taken() }, "steps");
    let at = |start| Expectations { start: Some(start), ..taken() };
    unexpected(at(Standing { steps: 1, ..start }), "start.steps");
    unexpected(at(Standing { states: word(1), ..start }), "start.states");
    unexpected(at(Standing { statement: word(1), ..start }), "start.statement");
    for scalar in 0..2 {
        let mut scalars = met.scalars.clone().unwrap();
        scalars[scalar][2].0 += i64::from(scalar == 0) - i64::from(scalar == 1);
        unexpected(Expectations { scalars: Some(scalars), ..taken() }, "scalars");
    }
    let found = refused(Expectations { security: Some(129), ..taken() }, |_| {});
    assert_eq!((found.code(), found), (Code::Insecure, Error::Insecure { found: 128, want: 129 }));
}

#[test]
fn long_contexts_are_quoted_in_part() {
    let context = Some(vec![1; 1 << 16]);
    let found = refused(Expectations { context, ..taken() }, |proof| {
        proof.run.context = vec![2; 1 << 16];
    });
    assert!(found.to_string().len() < 1000, "{found}");
    let key = format!("{{\"{}\": 1}}", "é".repeat(5000));
    let found = Expectations::from_json(key.as_bytes()).unwrap_err();
    assert!(found.to_string().len() < 1000, "{found}");
}

#[test]
fn a_batch_answers_as_alone() {
    let (first, second) = (golden("0.zkwrap"), golden("1.zkwrap"));
    let mut broken = second.clone();
    let hash = broken.len() - 3776 - 3;
    broken[hash] ^= 1;
    let claim = |proof: &'static [u8], expected| Claim { proof, expected };
    let [first, second, broken] = [first, second, broken].map(|bytes| &*bytes.leak());
    let claims = [
        claim(first, taken()),
        claim(broken, taken()),
        claim(b"nothing", taken()),
        claim(second, Expectations::default()),
        claim(second, taken()),
        claim(broken, taken()),
    ];
    let alone: Vec<_> = claims.iter().map(|claim| digits().answer(claim)).collect();
    assert_eq!(digits().answer_all(&claims), alone);
    let codes: Vec<_> =
        alone.iter().map(|answer| answer.result.as_ref().err().map(Error::code)).collect();
    let expected =
        [None, Some(Code::Pairing), Some(Code::Encoding), Some(Code::Forgeable), None, codes[1]];
    assert_eq!(codes, expected);
    assert_eq!(digits().answer_all(&[]), []);
}

/// Two equations that do not hold, and whose sum does.
#[test]
fn errors_of_a_batch_do_not_cancel() {
    let circuit = Circuit::from_bytes(&toy().to_bytes()).unwrap();
    let proofs = [toy_proof(3, 3), toy_proof(3, 5), toy_proof(5, 3)].map(|proof| proof.to_bytes());
    let claims = proofs.each_ref().map(|proof| Claim { proof, expected: taken() });
    let answers = circuit.answer_all(&claims);
    assert!(answers[0].result.is_ok());
    for answer in &answers[1..] {
        assert_eq!(answer.result, Err(Error::InvalidProof));
    }
}

#[test]
fn work_is_none_for_what_is_no_proof_and_little_for_what_a_rule_refuses() {
    let proof = golden("0.zkwrap");
    let whole = digits().work(proof.len());
    let work = |proof, expected| digits().answer(&Claim { proof, expected }).work;
    assert_eq!(work(&proof, taken()), whole);
    assert_eq!(work(&proof[1..], taken()), 0);
    let little = work(&proof, Expectations::default());
    assert!(0 < little && little < whole / 4, "{little} of {whole}");
}
