//! Public scalars in sentences: integers over many steps, as runs of a value and how often it comes.

use alloc::format;
use alloc::string::String;

/// The runs of one scalar: `[819 x 16, 400 x 2]`.
pub fn text(spans: &[(i64, u64)]) -> String {
    let mut text = String::from("[");
    for (index, (value, count)) in spans.iter().enumerate() {
        let before = if index == 0 { "" } else { ", " };
        text.push_str(&format!("{before}{value} x {count}"));
    }
    text.push(']');
    text
}

/// What is told of several scalars, one after the other.
pub fn list(scalars: &[String]) -> String {
    if scalars.is_empty() { "none".into() } else { scalars.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_told_in_order() {
        let rate = text(&[(819, 16), (-1, 2)]);
        assert_eq!(rate, "[819 x 16, -1 x 2]");
        assert_eq!(list(&[rate, text(&[])]), "[819 x 16, -1 x 2], []");
        assert_eq!(list(&[]), "none");
    }
}
