//! Commitments of a run on the wrapped channel, which stand: they hide nothing, so they may be opened any
//! number of times, and every link proves all that it says of them, ranges included.

use zkpot_protocol::arithmetization::{LinkKind, Source};
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::statement::{Origin, Statement};

use super::RunVerifier;

impl<S: CommitmentScheme<F, EF>> RunVerifier<S> {
    /// A link starts where the one before it ended, and reads the shards as their owner committed them.
    pub(super) fn check_standing(&self, statement: &Statement) -> Result<(), Rejection> {
        if statement.kind != LinkKind::Training {
            return Err(self.chain("kind"));
        }
        if statement.origin != Origin::Arbitrary {
            return Err(self.chain("origin"));
        }
        let current = self.states.as_ref().map_or(self.order.first, |states| states.commitment);
        if statement.states != Some(Source::Owner) {
            return Err(self.chain("source of the states"));
        }
        if statement.before != current {
            return Err(self.chain("states before"));
        }
        if statement.after == [0; 32] {
            return Err(self.chain("states after"));
        }
        for shard in &statement.shards {
            let original = self.order.shards.get(shard.index as usize);
            if shard.source != Source::Owner {
                return Err(self.chain("source of a shard"));
            }
            let stands = original == Some(&(shard.rows, shard.before)) && shard.after == [0; 32];
            if !stands {
                return Err(self.chain("shard"));
            }
        }
        Ok(())
    }
}
