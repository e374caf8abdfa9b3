//! Where the chain calls.

use cosmwasm_std::{
    Binary, Deps, DepsMut, Env, MessageInfo, Response, StdResult, entry_point, to_json_binary,
};

use crate::Error;
use crate::context::context;
use crate::market::{self, Open};
use crate::messages::{Context, ExecuteMsg, InstantiateMsg, QueryMsg};
use crate::storage::{self, RECEIPTS, SETUP};

/// Makes a contract.
///
/// # Errors
/// [`Error::Setup`]; [`Error::Coins`].
#[entry_point]
pub fn instantiate(
    deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    setup: InstantiateMsg,
) -> Result<Response, Error> {
    if !info.funds.is_empty() {
        return Err(Error::Coins);
    }
    #[cfg(feature = "runs")]
    crate::runs::limits(setup.limits.as_deref())?;
    #[cfg(feature = "wrapped")]
    crate::wrapped::circuit(setup.circuit.as_ref())?;
    SETUP.save(deps.storage, &setup)?;
    Ok(Response::new())
}

/// Changes something.
///
/// # Errors
/// Those of [`market`].
#[entry_point]
pub fn execute(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    message: ExecuteMsg,
) -> Result<Response, Error> {
    match message {
        ExecuteMsg::Order { terms, worker, deadline } => {
            market::place(deps, &env, info, terms, worker, deadline)
        }
        #[cfg(feature = "runs")]
        ExecuteMsg::Settle { order, bundle } => {
            let open = Open::load(deps.storage, &env, info, order)?;
            let proven = crate::runs::verify(deps.storage, &open, &bundle)?;
            open.pay(deps.storage, &env, proven)
        }
        #[cfg(feature = "wrapped")]
        ExecuteMsg::SettleWrapped { order, proof } => {
            let open = Open::load(deps.storage, &env, info, order)?;
            let proven = crate::wrapped::verify(deps.storage, &open, &proof)?;
            open.pay(deps.storage, &env, proven)
        }
        ExecuteMsg::Refund { order } => market::refund(deps.storage, &env, &info, order),
    }
}

/// Answers.
///
/// # Errors
/// [`Error::Unknown`].
#[entry_point]
pub fn query(deps: Deps<'_>, env: Env, message: QueryMsg) -> Result<Binary, Error> {
    let answer: StdResult<Binary> = match message {
        QueryMsg::Order { order } => to_json_binary(&storage::order(deps.storage, order)?),
        QueryMsg::Receipt { order } => {
            let receipt = RECEIPTS.may_load(deps.storage, order)?;
            to_json_binary(&receipt.ok_or(Error::Unknown { order })?)
        }
        QueryMsg::Context { order, worker } => {
            let worker = deps.api.addr_validate(&worker)?;
            to_json_binary(&Context { context: context(&env, order, &worker).into() })
        }
        #[cfg(feature = "wrapped")]
        QueryMsg::Circuit {} => {
            let circuit = crate::wrapped::circuit(SETUP.load(deps.storage)?.circuit.as_ref())?;
            to_json_binary(&crate::messages::Circuit {
                digest: circuit.digest().into(),
                test_srs: circuit.file().test_srs,
            })
        }
    };
    Ok(answer?)
}
