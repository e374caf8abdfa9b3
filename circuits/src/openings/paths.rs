//! Single paths out of the shared ones that a proof has.
//!
//! A proof shows each node beside the paths of several rows once, and none that follows from other
//! rows. A circuit has one shape for all positions, so it takes each row's own path.

use std::collections::BTreeMap;

use super::tree::RowTree;

/// The way of one row to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path<D> {
    /// The row's position; bit 0 says whether its leaf is the right one of its pair.
    pub position: usize,
    /// The nodes beside the way, from the leaf up.
    pub siblings: Vec<D>,
}

impl<D> Path<D> {
    /// The root that the path leads to from a leaf.
    pub fn root<T: RowTree<Digest = D>>(&self, leaf: D) -> D {
        self.siblings.iter().enumerate().fold(leaf, |node, (level, sibling)| {
            match self.position >> level & 1 {
                0 => T::node(&node, sibling),
                _ => T::node(sibling, &node),
            }
        })
    }
}

/// The paths of some rows of a tree with `2^log_rows` leaves, in the order of the rows.
///
/// `None` where the rows do not lie below the root, or the siblings are too few or too many. A position
/// may come more than once, with one leaf.
///
/// # Arguments
/// - `leaves`: positions below `2^log_rows`, and the leaves there.
/// - `siblings`: as [`RowTree::siblings`] says.
pub fn expand<T: RowTree>(
    root: &T::Digest,
    log_rows: usize,
    leaves: &[(usize, T::Digest)],
    siblings: &[T::Digest],
) -> Option<Vec<Path<T::Digest>>> {
    let mut level: BTreeMap<usize, T::Digest> = BTreeMap::new();
    for (position, leaf) in leaves {
        if level.insert(*position, leaf.clone()).is_some_and(|before| before != *leaf) {
            return None;
        }
    }
    let mut siblings = siblings.iter();
    let mut beside: Vec<BTreeMap<usize, T::Digest>> = Vec::with_capacity(log_rows);
    for _ in 0..log_rows {
        let (mut pairs, mut parents) = (BTreeMap::new(), BTreeMap::new());
        for (&position, node) in &level {
            let sibling = match level.get(&(position ^ 1)) {
                Some(known) => known.clone(),
                None => siblings.next()?.clone(),
            };
            let parent = match position & 1 {
                0 => T::node(node, &sibling),
                _ => T::node(&sibling, node),
            };
            pairs.insert(position, sibling);
            parents.insert(position >> 1, parent);
        }
        beside.push(pairs);
        level = parents;
    }
    if siblings.next().is_some() || level.into_iter().any(|node| node != (0, root.clone())) {
        return None;
    }
    let path = |position: usize| {
        let beside = beside.iter().enumerate();
        let siblings = beside.map(|(up, pairs)| pairs.get(&(position >> up)).cloned());
        Some(Path { position, siblings: siblings.collect::<Option<_>>()? })
    };
    leaves.iter().map(|&(position, _)| path(position)).collect()
}
