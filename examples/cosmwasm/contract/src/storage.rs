//! What the contract keeps.

use cosmwasm_std::{Addr, Storage};
use cw_storage_plus::{Item, Map};

use crate::Error;
use crate::order::Order;
use crate::proven::Receipt;

/// What the contract was made with.
pub const SETUP: Item<crate::messages::InstantiateMsg> = Item::new("setup");
/// The last order's number.
pub const LAST: Item<u64> = Item::new("last");
/// Orders by number.
pub const ORDERS: Map<u64, Order> = Map::new("orders");
/// Payments by order.
pub const RECEIPTS: Map<u64, Receipt> = Map::new("receipts");
/// For which order a consumer has paid for a statement.
pub const PAID: Map<(&Addr, &[u8]), u64> = Map::new("paid");

/// An order.
///
/// # Errors
/// [`Error::Unknown`].
pub fn order(storage: &dyn Storage, order: u64) -> Result<Order, Error> {
    ORDERS.may_load(storage, order)?.ok_or(Error::Unknown { order })
}
