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

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Table {
        let column = (-8..8).map(|v| v * v).collect();
        Table { name: "square".to_owned(), first: -8, bits: 4, columns: vec![column], gaps: vec![] }
    }

    #[test]
    fn the_first_argument_outside_the_table_is_returned() {
        let mut input: Vec<i64> = (0..100_000).map(|i| i % 16 - 8).collect();
        let mut out = vec![0; input.len()];
        assert_eq!(lookup(&input, &square(), 0, &mut out), Ok(()));
        assert!(input.iter().zip(&out).all(|(x, y)| *y == x * x));
        input[70_000] = 8;
        input[90_000] = i64::MIN;
        assert_eq!(lookup(&input, &square(), 0, &mut out), Err(8));
    }

    #[test]
    fn a_class_that_does_not_exist_is_returned() {
        let mut out = [7; 6];
        assert_eq!(one_hot(&[2, 0], 3, &mut out), Ok(()));
        assert_eq!(out, [0, 0, 1, 1, 0, 0]);
        assert_eq!(one_hot(&[2, 3], 3, &mut out), Err(3));
        assert_eq!(one_hot(&[-1, 3], 3, &mut out), Err(-1));
    }
}
