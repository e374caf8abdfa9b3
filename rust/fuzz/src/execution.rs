//! Runs something, and notices if it panics, takes long or takes much memory.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use cpu_time::ThreadTime;

use crate::memory::peak_of;

/// No execution may take longer.
pub const MAX_SECONDS: f64 = 1.0;

/// No execution may hold more.
pub const MAX_BYTES: usize = 256 << 20;

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Panics are noted instead of printed, from now on.
pub fn note_panics() {
    set_hook(Box::new(|panic| {
        PANIC.with_borrow_mut(|noted| *noted = Some(panic.to_string()));
    }));
}

/// How an execution went.
#[derive(Debug)]
pub struct Execution<T> {
    /// What it returned; None after a panic.
    pub value: Option<T>,
    /// Processor time that it took: a busy machine makes anything slow.
    pub seconds: f64,
    /// The most that it held at once.
    pub bytes: usize,
    /// What is wrong with it.
    pub fault: Option<String>,
}

/// Runs it.
pub fn execute<T>(run: impl Fn() -> T) -> Execution<T> {
    let started = ThreadTime::now();
    let (value, bytes) = peak_of(|| catch_unwind(AssertUnwindSafe(&run)));
    let seconds = started.elapsed().as_secs_f64();
    let fault = match &value {
        Err(_) => Some(
            PANIC.with_borrow_mut(Option::take).unwrap_or_else(|| "panicked without a word".into()),
        ),
        Ok(_) if bytes > MAX_BYTES => Some(format!("{} MiB", bytes >> 20)),
        Ok(_) if seconds > MAX_SECONDS => Some(format!("{seconds:.1} s")),
        Ok(_) => None,
    };
    Execution { value: value.ok(), seconds, bytes, fault }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    #[test]
    fn panics_are_noticed() {
        note_panics();
        let execution = execute(|| black_box([1, 2, 3])[black_box(7)]);
        assert!(execution.value.is_none());
        assert!(execution.fault.unwrap().contains("out of bounds"));
    }

    #[test]
    fn memory_is_noticed() {
        let execution = execute(|| black_box(vec![0u8; MAX_BYTES + 1]).len());
        assert_eq!(execution.fault.unwrap(), "256 MiB");
        let execution = execute(|| black_box(vec![0u8; 1000]).len());
        assert!(execution.fault.is_none() && (1000..100_000).contains(&execution.bytes));
    }

    #[test]
    fn time_is_noticed() {
        let execution = execute(|| {
            let started = ThreadTime::now();
            while started.elapsed().as_secs_f64() < 1.1 * MAX_SECONDS {}
        });
        assert!(execution.fault.unwrap().ends_with(" s"));
    }
}
