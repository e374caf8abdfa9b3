//! Witnesses for keys, which do not depend on any values.

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::field::{EF, F};
use zkpot_sponge::Fr;

use super::RunCircuit;
use crate::link::LinkWitness;
use crate::openings::paths::Path;
use crate::recording::{Event, LinkEvent, Recording};

impl RunCircuit {
    /// What a key's circuit is given: as much as for a run's links, and all of it zero.
    pub fn blank(&self) -> Vec<LinkWitness> {
        self.links.iter().map(|link| blank(&link.recording)).collect()
    }
}

fn blank(recording: &Recording) -> LinkWitness {
    let events = recording.events.iter();
    let (mut elements, mut roots, mut grinding, mut key) = (0, 0, 0, None);
    let mut paths = Vec::new();
    for event in events {
        match event {
            Event::Link(LinkEvent::Start { elements: count, .. }) => elements = *count,
            Event::Link(LinkEvent::ReceiveCommitment { .. } | LinkEvent::Pin { .. })
            | Event::ReceiveRoot { .. } => roots += 1,
            Event::Grind { .. } => grinding += 1,
            Event::Link(LinkEvent::OpenEnvelope(_)) => key = Some(Fr::ZERO),
            Event::OpenRows { positions, .. } => paths.extend(
                positions
                    .iter()
                    .map(|bits| Path { position: 0, siblings: vec![[Fr::ZERO]; bits.len()] }),
            ),
            _ => {}
        }
    }
    LinkWitness {
        elements: vec![Fr::ZERO; elements],
        inputs: vec![EF::ZERO; recording.inputs.len()],
        key,
        roots: vec![Fr::ZERO; roots],
        grinding: vec![F::ZERO; grinding],
        paths,
    }
}
