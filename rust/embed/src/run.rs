//! A run that is verified section by section.

use alloc::sync::Arc;

use zkpot_pcs::Whir;
use zkpot_protocol::effort::Effort;
use zkpot_protocol::proof::statement_of;
use zkpot_protocol::statement::Order;
use zkpot_verifier::{Expectations, Receipt, RunVerifier};

use crate::bundle::Section;
use crate::limits::Limits;
use crate::order;
use crate::programs::Programs;
use crate::refusal::{Code, Refusal};
use crate::work::{link_work, order_work, program_work};

/// How far a run is.
#[derive(Debug)]
enum Stage {
    /// Nothing has come.
    Expecting(Expectations),
    /// Its terms have.
    Ordered(Expectations, Order),
    /// And its program.
    Running(RunVerifier<Whir>),
    /// It was refused.
    Ended,
}

/// A run that is verified section by section, in the memory of its program and one link.
#[derive(Debug)]
pub struct Run {
    programs: Arc<Programs>,
    effort: Effort,
    stage: Stage,
}

impl Run {
    pub(crate) const fn new(
        programs: Arc<Programs>,
        expected: Expectations,
        limits: Limits,
    ) -> Self {
        let effort = Effort::new(limits.work, limits.elements);
        Self { programs, effort, stage: Stage::Expecting(expected) }
    }

    /// Takes the next section.
    ///
    /// # Errors
    /// Why the run is refused; it has ended then, and everything later is [`Code::Ended`].
    pub fn take(&mut self, section: Section<'_>) -> Result<(), Refusal> {
        let stage = core::mem::replace(&mut self.stage, Stage::Ended);
        self.stage = self.after(stage, section)?;
        Ok(())
    }

    fn after(&mut self, stage: Stage, section: Section<'_>) -> Result<Stage, Refusal> {
        match (stage, section) {
            (Stage::Expecting(expected), Section::Order(text)) => {
                self.effort.spend(order_work(text.len()))?;
                let order = order::read(text);
                let order = order.ok_or_else(|| Refusal::new(Code::Order, order::DAMAGED))?;
                Ok(Stage::Ordered(expected, order))
            }
            (Stage::Ordered(expected, order), Section::Program(bytes)) => {
                self.effort.spend(program_work(bytes.len()))?;
                let program = self.programs.get(bytes, &mut self.effort)?;
                Ok(Stage::Running(RunVerifier::over(program, order, expected)?))
            }
            (Stage::Running(mut verifier), Section::Link(bytes)) => {
                let statement = statement_of(bytes)?;
                self.effort.spend(link_work(statement.channel, bytes.len()))?;
                verifier.push_within(bytes, &mut self.effort)?;
                Ok(Stage::Running(verifier))
            }
            (Stage::Ended, _) => Err(ended()),
            _ => Err(Refusal::new(Code::Ended, "a section came out of its order")),
        }
    }

    /// The receipt, after the last link.
    ///
    /// # Errors
    /// [`Code::NotClosed`] and others that only the end shows; [`Code::Ended`] after a refusal.
    pub fn finish(&mut self) -> Result<Receipt, Refusal> {
        match core::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Running(verifier) => Ok(verifier.finish()?),
            Stage::Ended => Err(ended()),
            _ => Err(Refusal::new(Code::Ended, "the run's terms and program have not come")),
        }
    }

    /// Nothing more is taken.
    pub(crate) fn end(&mut self) {
        self.stage = Stage::Ended;
    }

    /// Whether anything more is taken.
    ///
    /// # Errors
    /// [`Code::Ended`].
    pub(crate) fn check_open(&self) -> Result<(), Refusal> {
        if matches!(self.stage, Stage::Ended) { Err(ended()) } else { Ok(()) }
    }

    /// Units of [`work`](crate::work) so far.
    pub const fn work(&self) -> u64 {
        self.effort.units()
    }
}

fn ended() -> Refusal {
    Refusal::new(Code::Ended, "this verification has ended before")
}
