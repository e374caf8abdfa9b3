//! Why a message changes nothing.

use cosmwasm_std::{StdError, Timestamp};

use crate::order::Status;

/// One variant a rule.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Of the machine, or of an address.
    #[error("{0}")]
    Std(#[from] StdError),
    /// The contract was made with something that it cannot use.
    #[error("the contract cannot be made: {why}")]
    Setup {
        /// A sentence of the verifier.
        why: String,
    },
    /// Not one coin.
    #[error("an order's price is an amount of one coin, sent with the message")]
    Price,
    /// Coins that nobody asked for.
    #[error("send no coins with this message")]
    Coins,
    /// The deadline is not in the future.
    #[error("the deadline {deadline} s is not after the block's time")]
    Deadline {
        /// In seconds.
        deadline: u64,
    },
    /// The terms cannot be used.
    #[error("the order's terms: {why}")]
    Terms {
        /// A sentence of the verifier.
        why: String,
    },
    /// The terms leave open what a worker could choose.
    #[error("the order's terms do not say: {missing}")]
    Incomplete {
        /// Names, separated by commas.
        missing: String,
    },
    /// Whoever copied the proof would be paid.
    #[error("an order that states a context names its worker, since the context does not")]
    ContextWithoutWorker,
    /// There is no such order.
    #[error("there is no order {order}")]
    Unknown {
        /// Its number.
        order: u64,
    },
    /// It was paid or refunded.
    #[error("order {order} is {status}")]
    NotOpen {
        /// Its number.
        order: u64,
        /// What it is.
        status: Status,
    },
    /// Nobody is paid after the deadline.
    #[error("order {order}: its deadline was {} s", deadline.seconds())]
    Late {
        /// Its number.
        order: u64,
        /// Until when.
        deadline: Timestamp,
    },
    /// A worker relies on the deadline.
    #[error("order {order} is refunded after its deadline, {} s", deadline.seconds())]
    Early {
        /// Its number.
        order: u64,
        /// Until when.
        deadline: Timestamp,
    },
    /// A bundle for an order of a wrapped proof, or the other way round.
    #[error("order {order} wants a proof of the other kind")]
    AnotherKind {
        /// Its number.
        order: u64,
    },
    /// The verifier refuses the proof.
    #[error("order {order}: refused: {why}")]
    Refused {
        /// Its number.
        order: u64,
        /// The verifier's sentence.
        why: String,
    },
    /// The proof is valid, and of something else.
    #[error("order {order}: the proof's {field} differs from the order's")]
    AnotherRun {
        /// Its number.
        order: u64,
        /// What differs.
        field: &'static str,
    },
    /// The proof rests on something that the order does not say.
    #[error("order {order}: the proof rests on what the order does not say: {unchecked}")]
    Unchecked {
        /// Its number.
        order: u64,
        /// Names, separated by commas.
        unchecked: String,
    },
    /// This consumer has paid for this run.
    #[error("order {order}: its consumer has paid for this run already, in order {paid}")]
    Paid {
        /// Its number.
        order: u64,
        /// That of the order that was paid.
        paid: u64,
    },
}
