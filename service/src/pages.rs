//! Long lists, a page at a time.

/// How many rows a page has.
pub(crate) const ROWS: u32 = 50;

/// Where one page of a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which page, from 1.
    pub(crate) page: u32,
}

impl Place {
    /// The page that was asked for; the first one if that is none.
    pub(crate) fn new(page: u32) -> Self {
        Self { page: page.max(1) }
    }

    /// How many rows stand before it.
    pub(crate) fn offset(self) -> u32 {
        (self.page - 1).saturating_mul(ROWS)
    }

    /// How many pages hold so many rows; an empty list has one.
    pub(crate) fn pages(found: u32) -> u32 {
        found.div_ceil(ROWS).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_rows_are_one_page_and_fifty_one_are_two() {
        assert_eq!([0, 1, 50, 51, 100, 101].map(Place::pages), [1, 1, 1, 2, 2, 3]);
        assert_eq!([0, 1, 2, u32::MAX].map(|page| Place::new(page).offset()), [0, 0, 50, u32::MAX]);
    }
}
