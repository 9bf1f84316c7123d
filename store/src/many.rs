//! Statements that write many rows at once: one text for each of a few numbers of rows, made once and kept by the drivers.
//!
//! A lot of rows is cut into the largest pieces there are, so a hundred rows are a handful of statements, and no text is made
//! while somebody waits.

use std::sync::LazyLock;

use crate::statement::Statement;

/// How many rows one statement may have, from the most to the fewest.
const SIZES: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// A statement for any number of rows. Each begins with what all of them share, `$1`: a tenant, or a time.
pub(crate) struct Many {
    name: &'static str,
    texts: LazyLock<[String; SIZES.len()]>,
}

/// Makes one: its name, the text up to `values`, how many columns a row has besides the first, the text after the
/// rows.
macro_rules! many {
    ($name:literal, $before:literal, $columns:literal, $after:literal) => {
        $crate::many::Many::new($name, std::sync::LazyLock::new(|| $crate::many::texts($before, $columns, $after)))
    };
}

pub(crate) use many;

impl Many {
    pub(crate) const fn new(name: &'static str, texts: LazyLock<[String; SIZES.len()]>) -> Self {
        Self { name, texts }
    }

    /// The rows in pieces, each with its statement.
    pub(crate) fn pieces<'r, T>(
        &'static self,
        mut rows: &'r [T],
    ) -> impl Iterator<Item = (&'static str, &'r [T])> + use<'r, T> {
        std::iter::from_fn(move || {
            let (size, text) = SIZES.iter().zip(self.texts.iter()).find(|(size, _)| **size <= rows.len())?;
            let (piece, rest) = rows.split_at(*size);
            rows = rest;
            Some((text.as_str(), piece))
        })
    }

    /// Its texts, for the test that prepares all statements, and reads them.
    pub(crate) fn statements(&'static self, module: &'static str) -> impl Iterator<Item = Statement> {
        self.texts.iter().map(move |sql| Statement { name: self.name, module, sql })
    }
}

/// The texts for each number of rows.
pub(crate) fn texts(before: &str, columns: usize, after: &str) -> [String; SIZES.len()] {
    SIZES.map(|rows| {
        let row = |row: usize| {
            let others: Vec<String> = (0..columns).map(|column| format!("${}", 2 + row * columns + column)).collect();
            format!("($1, {})", others.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        format!("{before} values {} {after}", rows.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lot_is_cut_into_the_largest_pieces() {
        static TWO: Many = many!("TWO", "insert into t (tenant_id, a, b)", 2, "on conflict do nothing");
        let rows: Vec<u32> = (0..101).collect();
        let sizes: Vec<usize> = TWO.pieces(&rows).map(|(_, piece)| piece.len()).collect();
        assert_eq!(sizes, [64, 32, 4, 1]);
        let all: Vec<u32> = TWO.pieces(&rows).flat_map(|(_, piece)| piece.iter().copied()).collect();
        assert_eq!(all, rows);
        let (text, _) = TWO.pieces(&rows[..4]).next().unwrap();
        assert_eq!(
            text,
            "insert into t (tenant_id, a, b) values ($1, $2, $3), ($1, $4, $5), ($1, $6, $7), ($1, $8, $9) on conflict do nothing"
        );
        assert_eq!(TWO.pieces(&rows[..0]).count(), 0);
    }
}
