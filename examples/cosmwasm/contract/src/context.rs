//! What a proof is bound to.

use cosmwasm_std::{Addr, Env};
use sha2::{Digest, Sha256};

/// What other hashes are not made of.
const DOMAIN: &[u8] = b"zkpot/cosmwasm/context/1";

/// The context that a worker's proof for an order has in its statement: SHA-256 of chain, contract, order and worker,
/// each part behind its length (8 bytes, little-endian).
pub fn context(env: &Env, order: u64, worker: &Addr) -> [u8; 32] {
    let parts = [
        DOMAIN,
        env.block.chain_id.as_bytes(),
        env.contract.address.as_bytes(),
        &order.to_le_bytes(),
        worker.as_bytes(),
    ];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::mock_env;

    use super::*;

    #[test]
    fn each_part_counts() {
        let (env, worker) = (mock_env(), Addr::unchecked("worker"));
        let bound = context(&env, 1, &worker);
        assert_eq!(context(&env, 1, &worker), bound);

        let (mut chain, mut contract) = (mock_env(), mock_env());
        chain.block.chain_id.push('2');
        contract.contract.address = Addr::unchecked("another");
        let others = [
            context(&chain, 1, &worker),
            context(&contract, 1, &worker),
            context(&env, 2, &worker),
            context(&env, 1, &Addr::unchecked("another")),
        ];
        assert!(others.iter().all(|other| *other != bound));
    }

    #[test]
    fn bytes_of_one_part_are_not_those_of_the_next() {
        let (mut long, mut short) = (mock_env(), mock_env());
        long.block.chain_id = "chain-ab".into();
        long.contract.address = Addr::unchecked("c");
        short.block.chain_id = "chain-a".into();
        short.contract.address = Addr::unchecked("bc");
        let worker = Addr::unchecked("worker");
        assert_ne!(context(&long, 1, &worker), context(&short, 1, &worker));
    }
}
