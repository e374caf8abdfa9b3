//! The operations of the recording that this thread is making.

use std::cell::RefCell;
use std::collections::HashMap;

use super::element::Recorded;

/// One operation of a recorded computation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// What came over the channel, by number.
    Input(usize),
    /// A sum.
    Add(Recorded, Recorded),
    /// A difference.
    Subtract(Recorded, Recorded),
    /// A product.
    Multiply(Recorded, Recorded),
    /// An inverse: there is none of zero.
    Invert(Recorded),
    /// Of an integer below two to the first number the bit at the second, counted from the least
    /// significant.
    Bit(Recorded, usize, usize),
}

#[derive(Default)]
struct Operations {
    list: Vec<Operation>,
    /// Nothing is computed twice.
    known: HashMap<Operation, usize>,
}

thread_local! {
    /// Arithmetic has no place to hand a recording over, so it finds it here.
    static CURRENT: RefCell<Option<Operations>> = const { RefCell::new(None) };
}

/// Records the operations of `compute`, and returns its result with them.
pub fn record<T>(compute: impl FnOnce() -> T) -> (Vec<Operation>, T) {
    let outer = CURRENT.replace(Some(Operations::default()));
    let found = compute();
    let made = CURRENT.replace(outer).unwrap_or_default();
    (made.list, found)
}

/// The element that an operation makes, which is the one it made before if it was done before.
///
/// # Panics
/// Outside of [`record`].
pub fn push(operation: Operation) -> Recorded {
    CURRENT.with_borrow_mut(|current| {
        let operations = current.as_mut().expect("recorded elements outside of a recording");
        let list = &mut operations.list;
        let index = *operations.known.entry(operation).or_insert_with(|| {
            list.push(operation);
            list.len() - 1
        });
        Recorded::Computed(index)
    })
}
