//! Orders that bundles settle.

use cosmwasm_std::{HexBinary, Storage};
use serde::{Deserialize, Serialize};
use zkpot_embed::{Expectations, Limits, Receipt, Verifier, expectations};

use crate::Error;
use crate::market::Open;
use crate::messages;
use crate::proven::Proven;
use crate::storage::SETUP;

/// What a bundle has to be about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Expectations: JSON, as all bindings take them. They state program, first commitment, nonce, steps and scalars. The
    /// context only where the worker is named and has proven for somebody else's.
    pub expectations: String,
    /// The dataset as its owner committed it. Stated in place of the expectation `data_root` where the run goes on
    /// from another (`previous`), since it then has copies of the data, under a root that the worker makes.
    pub lineage: Option<HexBinary>,
}

impl Terms {
    /// Whether the terms can be used, and whether they state the context.
    ///
    /// # Errors
    /// [`Error::Terms`], [`Error::Incomplete`].
    pub fn check(&self) -> Result<bool, Error> {
        let expected = self.read()?;
        let given = [
            ("program", expected.program.is_some()),
            ("first", expected.first.is_some()),
            ("data_root", expected.data_root.is_some() || self.lineage.is_some()),
            ("nonce", expected.nonce.is_some()),
            ("steps", expected.steps.is_some()),
            ("scalars", expected.scalars.is_some()),
        ];
        let missing: Vec<_> =
            given.iter().filter(|(_, given)| !given).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            return Err(Error::Incomplete { missing: missing.join(", ") });
        }
        Ok(expected.context.is_some())
    }

    fn read(&self) -> Result<Expectations, Error> {
        expectations::read(self.expectations.as_bytes())
            .map_err(|refusal| Error::Terms { why: refusal.message().into() })
    }
}

/// Checks what the contract was made with.
///
/// # Errors
/// [`Error::Setup`].
pub fn limits(text: Option<&str>) -> Result<Limits, Error> {
    Limits::read(text.unwrap_or_default().as_bytes())
        .map_err(|refusal| Error::Setup { why: refusal.message().into() })
}

/// Verifies a bundle for an order.
///
/// # Errors
/// [`Error::Refused`], [`Error::AnotherRun`], [`Error::Unchecked`]; [`Error::AnotherKind`].
pub fn verify(storage: &dyn Storage, open: &Open, bundle: &[u8]) -> Result<Proven, Error> {
    let order = open.number;
    #[cfg_attr(not(feature = "wrapped"), allow(irrefutable_let_patterns))]
    let messages::Terms::Run(terms) = &open.order.terms else {
        return Err(Error::AnotherKind { order });
    };
    let mut expected = terms.read()?;
    expected.context.get_or_insert_with(|| open.context.to_vec());
    let limits = limits(SETUP.load(storage)?.limits.as_deref())?;
    let answer = Verifier::new(limits).verify(bundle, expected);
    let receipt =
        answer.result.map_err(|refusal| Error::Refused { order, why: refusal.message().into() })?;
    compare(order, terms, &receipt)?;
    Ok(Proven {
        statement: HexBinary::from_hex(&receipt.statement)?,
        trained: HexBinary::from_hex(&receipt.last_commitment)?,
        steps: receipt.earlier_steps.saturating_add(receipt.steps),
        continuation: Some(receipt.continuation),
        envelope: None,
        work: Some(answer.work),
    })
}

/// What the expectations did not compare.
fn compare(order: u64, terms: &Terms, receipt: &Receipt) -> Result<(), Error> {
    let mut unchecked = receipt.unchecked.clone();
    if let Some(lineage) = &terms.lineage {
        if lineage.to_hex() != receipt.data_lineage {
            return Err(Error::AnotherRun { order, field: "dataset" });
        }
        unchecked.retain(|name| *name != "data-root");
    }
    if unchecked.is_empty() {
        return Ok(());
    }
    Err(Error::Unchecked { order, unchecked: unchecked.join(", ") })
}
