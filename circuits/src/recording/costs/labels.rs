//! Costs by what a computation is for.

use super::Costs;
use crate::recording::{Event, LinkEvent, Operation, Recording};

impl Recording {
    /// Products and inverses between what comes over the channel under one label, or for openings
    /// under one name, and what comes under the next; in the order of the computation.
    pub fn costs_by_label(&self) -> Vec<(&'static str, Costs)> {
        let degrees = self.degrees();
        let labels: Vec<(&'static str, usize)> =
            self.events.iter().filter_map(Event::labelled_inputs).collect();
        let mut labels = labels.into_iter().flat_map(|(label, count)| vec![label; count]);
        let mut parts: Vec<(&'static str, Costs)> = Vec::new();
        for operation in &self.operations {
            if let Operation::Input(_) = operation {
                let label = labels.next().unwrap_or_default();
                if parts.last().is_none_or(|(last, _)| *last != label) {
                    parts.push((label, Costs::default()));
                }
            }
            if let Some((_, costs)) = parts.last_mut() {
                costs.count_operation(operation, &degrees);
            }
        }
        parts
    }
}

impl Event {
    /// What its inputs are called, and how many there are.
    pub(super) fn labelled_inputs(&self) -> Option<(&'static str, usize)> {
        Some(match self {
            Self::Receive { label, count, .. } | Self::ReceiveUnlabelled { label, count } => {
                (*label, *count)
            }
            Self::Challenge { label } | Self::Draw { label } => (*label, 1),
            Self::DrawPosition { label, bits } => (*label, *bits),
            Self::OpenRows { positions, width, .. } => ("opening rows", positions.len() * width),
            Self::Link(LinkEvent::Integer { .. }) => ("integer of the statement", 1),
            Self::Link(LinkEvent::DrawRows(draws)) => ("drawn rows", draws.count()),
            Self::Link(LinkEvent::Pin { variables, .. }) => ("opening pin", 1 + variables),
            Self::Link(LinkEvent::OpenEnvelope(envelope)) => ("envelope", envelope.entries),
            Self::Require { .. }
            | Self::AbsorbConstants { .. }
            | Self::Absorb { .. }
            | Self::AbsorbRoot { .. }
            | Self::ReceiveRoot { .. }
            | Self::Grind { .. }
            | Self::Link(LinkEvent::Start { .. } | LinkEvent::ReceiveCommitment { .. }) => {
                return None;
            }
        })
    }
}
