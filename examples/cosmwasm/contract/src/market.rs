//! Orders, payments and refunds, whatever the proof.

use cosmwasm_std::{
    Addr, BankMsg, Coin, DepsMut, Env, MessageInfo, Response, Storage, Timestamp, Uint256,
};

use crate::Error;
use crate::context::context;
use crate::messages::Terms;
use crate::order::{Order, Status};
use crate::proven::{Proven, Receipt};
use crate::storage::{self, LAST, ORDERS, PAID, RECEIPTS};

/// Takes an order and its price.
///
/// # Errors
/// [`Error::Price`], [`Error::Deadline`], [`Error::ContextWithoutWorker`], and those of the terms.
pub fn place(
    deps: DepsMut<'_>,
    env: &Env,
    info: MessageInfo,
    terms: Terms,
    worker: Option<String>,
    deadline: u64,
) -> Result<Response, Error> {
    let price = one_coin(info.funds)?;
    // Seconds that nanoseconds of 64 bits have no room for.
    let nanoseconds = deadline.checked_mul(1_000_000_000).ok_or(Error::Deadline { deadline })?;
    if Timestamp::from_nanos(nanoseconds) <= env.block.time {
        return Err(Error::Deadline { deadline });
    }
    let stated = terms.check()?;
    let worker = worker.map(|worker| deps.api.addr_validate(&worker)).transpose()?;
    if stated && worker.is_none() {
        return Err(Error::ContextWithoutWorker);
    }
    let number = LAST.may_load(deps.storage)?.unwrap_or_default() + 1;
    LAST.save(deps.storage, &number)?;
    let order = Order {
        consumer: info.sender,
        price,
        deadline: Timestamp::from_nanos(nanoseconds),
        worker,
        terms,
        status: Status::Open,
    };
    ORDERS.save(deps.storage, number, &order)?;
    Ok(Response::new().add_attribute("action", "order").add_attribute("order", number.to_string()))
}

fn one_coin(coins: Vec<Coin>) -> Result<Coin, Error> {
    match <[Coin; 1]>::try_from(coins) {
        Ok([coin]) if coin.amount != Uint256::zero() => Ok(coin),
        _ => Err(Error::Price),
    }
}

/// An order that can be proven now, who is paid for it, and what their proof is bound to unless the order states it.
#[derive(Debug)]
pub struct Open {
    /// Its number.
    pub number: u64,
    /// The order.
    pub order: Order,
    /// Who is paid.
    pub worker: Addr,
    /// What a proof is bound to.
    pub context: [u8; 32],
}

impl Open {
    /// Looks an order up.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NotOpen`], [`Error::Late`]; [`Error::Coins`].
    pub fn load(
        storage: &dyn Storage,
        env: &Env,
        info: MessageInfo,
        number: u64,
    ) -> Result<Self, Error> {
        let order = open(storage, number, &info)?;
        if env.block.time > order.deadline {
            return Err(Error::Late { order: number, deadline: order.deadline });
        }
        let worker = order.worker.clone().unwrap_or(info.sender);
        let context = context(env, number, &worker);
        Ok(Self { number, order, worker, context })
    }

    /// Pays the worker for what was proven.
    ///
    /// # Errors
    /// [`Error::Paid`].
    pub fn pay(
        self,
        storage: &mut dyn Storage,
        env: &Env,
        proven: Proven,
    ) -> Result<Response, Error> {
        let Self { number, mut order, worker, .. } = self;
        let key = (&order.consumer, proven.statement.as_slice());
        if let Some(paid) = PAID.may_load(storage, key)? {
            return Err(Error::Paid { order: number, paid });
        }
        PAID.save(storage, key, &number)?;
        order.status = Status::Settled;
        ORDERS.save(storage, number, &order)?;
        let response = Response::new()
            .add_attribute("action", "settle")
            .add_attribute("order", number.to_string())
            .add_attribute("worker", &worker)
            .add_attribute("trained", proven.trained.to_string())
            .add_message(send(&worker, order.price));
        let receipt = Receipt { order: number, worker, height: env.block.height, proven };
        RECEIPTS.save(storage, number, &receipt)?;
        Ok(response)
    }
}

/// Gives the price back.
///
/// # Errors
/// [`Error::Unknown`], [`Error::NotOpen`], [`Error::Early`]; [`Error::Coins`].
pub fn refund(
    storage: &mut dyn Storage,
    env: &Env,
    info: &MessageInfo,
    number: u64,
) -> Result<Response, Error> {
    let mut order = open(storage, number, info)?;
    if env.block.time <= order.deadline {
        return Err(Error::Early { order: number, deadline: order.deadline });
    }
    order.status = Status::Refunded;
    ORDERS.save(storage, number, &order)?;
    Ok(Response::new()
        .add_attribute("action", "refund")
        .add_attribute("order", number.to_string())
        .add_message(send(&order.consumer, order.price)))
}

/// An order whose price is here. Coins that come with the message would stay here for ever.
fn open(storage: &dyn Storage, number: u64, info: &MessageInfo) -> Result<Order, Error> {
    if !info.funds.is_empty() {
        return Err(Error::Coins);
    }
    let order = storage::order(storage, number)?;
    match order.status {
        Status::Open => Ok(order),
        status => Err(Error::NotOpen { order: number, status }),
    }
}

fn send(to: &Addr, coin: Coin) -> BankMsg {
    BankMsg::Send { to_address: to.to_string(), amount: vec![coin] }
}

impl Terms {
    /// Whether these terms can be used, and whether they state the context.
    ///
    /// # Errors
    /// [`Error::Terms`], [`Error::Incomplete`].
    fn check(&self) -> Result<bool, Error> {
        match self {
            #[cfg(feature = "runs")]
            Self::Run(terms) => terms.check(),
            #[cfg(feature = "wrapped")]
            Self::Wrapped(terms) => terms.check(),
        }
    }
}

#[cfg(all(test, feature = "runs", feature = "wrapped"))]
mod tests {
    use cosmwasm_std::Timestamp;
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    fn open(terms: Terms) -> Open {
        let somebody = Addr::unchecked("somebody");
        let order = Order {
            consumer: somebody.clone(),
            price: Coin::new(1u128, "stake"),
            deadline: Timestamp::from_seconds(1),
            worker: None,
            terms,
            status: Status::Open,
        };
        Open { number: 7, order, worker: somebody, context: [0; 32] }
    }

    #[test]
    fn proofs_of_the_other_kind() {
        let storage = MockStorage::new();
        let run = crate::runs::Terms { expectations: "{}".into(), lineage: None };
        let wrapped = crate::wrapped::Terms {
            first: [1; 32].into(),
            shard: [1; 32].into(),
            nonce: [1; 32].into(),
            earlier_steps: 0,
            context: None,
            start: None,
            scalars: Vec::new(),
        };
        let refused = [
            crate::runs::verify(&storage, &open(Terms::Wrapped(wrapped)), &[]),
            crate::wrapped::verify(&storage, &open(Terms::Run(run)), &[]),
        ];
        assert!(
            refused.iter().all(|answer| matches!(answer, Err(Error::AnotherKind { order: 7 })))
        );
    }
}
