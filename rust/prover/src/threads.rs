//! Work on a given number of threads, so that several links can be proven side by side.

use crate::error::ProveError;

/// Does work on `count` threads of its own; on those that all work shares where there is none.
///
/// # Errors
/// [`ProveError::Threads`].
pub fn on_threads<T: Send>(
    count: Option<usize>,
    work: impl FnOnce() -> Result<T, ProveError> + Send,
) -> Result<T, ProveError> {
    match count {
        None => work(),
        Some(count) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
            pool.map_err(|_| ProveError::Threads(count))?.install(work)
        }
    }
}
