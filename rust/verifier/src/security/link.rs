//! The account of one link.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{Arithmetization, Polynomial};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::channel::counting::CountingVerifier;
use zkpot_protocol::claims::PublicInputs;
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::security::{ErrorTerm, OpeningSecurity, SecurityLevel, sum_bits};

use super::hiding::hiding_terms;
use super::interactive::interactive_terms;
use super::tally::{Tallied, Tally};
use crate::relations::verify_relations;

/// Every error term of a link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinkSecurity {
    /// Bits of the link: of all terms together.
    pub bits: f64,
    /// The name of the term with the largest error.
    pub weakest: String,
    /// Challenges between commitments and openings.
    pub interactive: Vec<ErrorTerm>,
    /// The openings, in the order of the polynomials.
    pub openings: Vec<OpeningAccount>,
}

/// The account of one opening.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpeningAccount {
    /// Which polynomial.
    pub polynomial: String,
    /// Its size.
    pub variables: usize,
    /// Bits of the opening: of all its terms together.
    pub bits: f64,
    /// Logarithm of the number of polynomials that its root may stand for until then.
    pub log_candidates: f64,
    /// The terms.
    pub terms: Vec<ErrorTerm>,
}

impl OpeningAccount {
    /// The account of a polynomial's opening.
    pub fn new(role: Polynomial, variables: usize, security: OpeningSecurity) -> Self {
        let OpeningSecurity { terms, log_candidates } = security;
        let bits = sum_bits(terms.iter().map(|term| term.bits));
        Self { polynomial: role.to_string(), variables, bits, log_candidates, terms }
    }
}

impl LinkSecurity {
    /// The account of a link whose interactive part drew `tally`.
    pub fn new(system: &Arithmetization, tally: &Tally, openings: Vec<OpeningAccount>) -> Self {
        // Candidates of independent commitments multiply.
        let log_candidates = openings.iter().map(|opening| opening.log_candidates).sum();
        let mut interactive = interactive_terms(system, tally, log_candidates);
        interactive.extend(hiding_terms(system, tally, log_candidates));
        let terms = || openings.iter().flat_map(|opening| &opening.terms).chain(&interactive);
        let bits = sum_bits(terms().map(|term| term.bits));
        let named = openings
            .iter()
            .flat_map(|opening| {
                opening.terms.iter().map(|term| {
                    (
                        term.bits,
                        alloc::format!("opening of the {}: {}", opening.polynomial, term.name),
                    )
                })
            })
            .chain(interactive.iter().map(|term| (term.bits, term.name.clone())));
        let weakest = named.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name);
        Self { bits, weakest: weakest.unwrap_or_default(), interactive, openings }
    }

    /// The account of a link of this system before there is a proof of it: runs the verifier's
    /// side of the interactive part on arbitrary answers, since all counts depend on shapes alone.
    ///
    /// # Errors
    /// [`Rejection::Parameters`] where the scheme has none of this level.
    pub fn predict<S: CommitmentScheme<F, EF>>(
        program: &Program,
        system: &Arithmetization,
        inputs: &PublicInputs,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Self, Rejection> {
        let mut counting = CountingVerifier::default();
        let mut tallied = Tallied::new(&mut counting);
        verify_relations(&mut tallied, program, system, inputs)?;
        let tally = tallied.finish();
        let mut openings = Vec::new();
        for (index, &role) in system.polynomials.iter().enumerate() {
            if system.shape.opens(role) {
                let variables = system.variables(index);
                let parameters = parameters::<S>(role, variables, level, channel)?;
                openings.push(OpeningAccount::new(role, variables, S::security(&parameters)));
            }
        }
        Ok(Self::new(system, &tally, openings))
    }
}

/// The commitment scheme's parameters for a polynomial of a link on a channel.
///
/// # Errors
/// [`Rejection::Parameters`].
pub fn parameters<S: CommitmentScheme<F, EF>>(
    role: Polynomial,
    variables: usize,
    level: SecurityLevel,
    channel: ChannelKind,
) -> Result<S::Parameters, Rejection> {
    let binding = role.binding();
    S::parameters(variables, binding, level, channel).map_err(|reason| Rejection::Parameters {
        binding,
        variables,
        reason: reason.to_string(),
    })
}
