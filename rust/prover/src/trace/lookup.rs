//! Functions given by tables, and class numbers as unit vectors.

use rayon::prelude::*;
use zkpot_ir::Table;

use super::values::CHUNK;

/// `out = table.columns[column][input - table.first]`.
///
/// # Errors
/// The first argument that the table does not list.
pub(super) fn lookup(
    input: &[i64],
    table: &Table,
    column: usize,
    out: &mut [i64],
) -> Result<(), i64> {
    let column = &table.columns[column];
    let all =
        out.par_chunks_mut(CHUNK).zip(input.par_chunks(CHUNK)).try_for_each(|(out, input)| {
            out.iter_mut().zip(input).try_for_each(|(y, x)| {
                *y = column[table.row(*x)?];
                Some(())
            })
        });
    // Threads find some such argument: look for the first, so that errors are reproducible.
    match all {
        Some(()) => Ok(()),
        None => input.iter().find(|x| table.row(**x).is_none()).map_or(Ok(()), |x| Err(*x)),
    }
}

/// `out[..., c] = 1` where `input[...] == c`, zero elsewhere.
///
/// # Errors
/// A class number outside `0..classes`.
pub(super) fn one_hot(input: &[i64], classes: usize, out: &mut [i64]) -> Result<(), i64> {
    out.fill(0);
    for (row, class) in out.chunks_exact_mut(classes).zip(input) {
        let entry = usize::try_from(*class).ok().and_then(|c| row.get_mut(c));
        *entry.ok_or(*class)? = 1;
    }
    Ok(())
}
