//! What an opening's verifier checks.

use core::fmt;

use zkpot_protocol::rejection::Rejection;

/// A part of an opening that ends in queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The round of this number, from 0: it folds and queries the oracle before.
    Round(usize),
    /// After the last polynomial was sent.
    Last,
}

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Check {
    /// Root and value are those that a pinned commitment is the hash of.
    Pinned,
    /// The value that the proof has for a point is the claimed one.
    Value {
        /// Number of the point.
        point: usize,
    },
    /// The proof of work before the challenge of a sumcheck round.
    SumcheckGrinding {
        /// The phase whose queries come next; `None` for the last sumcheck.
        before: Option<Phase>,
        /// Number of the round.
        round: usize,
    },
    /// The proof of work before the queries of a phase.
    QueryGrinding(Phase),
    /// The rows of a phase are those below the root.
    Rows(Phase),
    /// The last polynomial takes a queried row's folded value.
    LastPolynomial {
        /// Number of the query.
        query: usize,
    },
    /// What is left of the claims holds for the last polynomial.
    Sum,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Round(round) => write!(f, "of round {round}"),
            Self::Last => f.write_str("on the last polynomial"),
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pinned => f.write_str("root and value are not those that were committed to"),
            Self::Value { point } => {
                write!(f, "the value claimed at point {point} is not the one the proof carries")
            }
            Self::SumcheckGrinding { before: Some(phase), round } => {
                write!(f, "the grinding in sumcheck round {round} before the queries {phase} fails")
            }
            Self::SumcheckGrinding { before: None, round } => {
                write!(f, "the grinding in round {round} of the last sumcheck fails")
            }
            Self::QueryGrinding(phase) => {
                write!(f, "the grinding before the queries {phase} fails")
            }
            Self::Rows(phase) => {
                write!(f, "the rows of the queries {phase} are not below the root")
            }
            Self::LastPolynomial { query } => {
                write!(f, "the last polynomial does not take the folded value of query {query}")
            }
            Self::Sum => f.write_str("the sum over the last polynomial is not what remains"),
        }
    }
}

impl Check {
    /// The refusal of an opening of this polynomial.
    pub fn refusal(self, polynomial: &str) -> Rejection {
        Rejection::Opening { polynomial: polynomial.to_owned(), reason: self.to_string() }
    }
}
