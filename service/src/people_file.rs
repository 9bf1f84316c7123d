//! A file of people to invite: `email,role`, one a line, as spreadsheets write it.
//!
//! Reading loses nothing: what is wrong with a line is said about that line, by its number in the file.

use csv::{ReaderBuilder, StringRecord};

use crate::Invite;

/// One line with something on it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its number in the file, from 1.
    pub(crate) number: u32,
    /// What it asks for, as written; no role means member.
    pub(crate) invite: Invite,
}

/// The lines of `text`, in their order.
///
/// A first line with the word `email` in it names the columns, in any order; without one they are address and role.
/// Commas, semicolons and tabs divide; a mark of the byte order is skipped, and so are lines with nothing on them.
pub(crate) fn read(text: &str) -> Vec<Line> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut file =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let mut columns = None;
    let mut lines = Vec::new();
    // A text is UTF-8 and lines may be of any length, so there is nothing else that could be wrong with one.
    for record in file.records().map_while(Result::ok) {
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let (email, role) = if let Some(columns) = columns {
            columns
        } else {
            let named = names(&record);
            let found = *columns.insert(named.unwrap_or((0, Some(1))));
            if named.is_some() {
                continue;
            }
            found
        };
        let field = |at: usize| record.get(at).unwrap_or_default().trim();
        let role = role.map(field).filter(|role| !role.is_empty()).unwrap_or("member").to_lowercase();
        lines.push(Line { number: line_of(text, &record), invite: Invite { email: field(email).to_owned(), role } });
    }
    lines
}

/// What divides the columns: what stands in the first line that has something on it.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    match (first.contains(','), first.contains(';'), first.contains('\t')) {
        (false, true, _) => b';',
        (false, false, true) => b'\t',
        _ => b',',
    }
}

/// Where address and role stand, if the line names columns.
fn names(record: &StringRecord) -> Option<(usize, Option<usize>)> {
    let at = |words: &[&str]| record.iter().position(|name| words.contains(&name.trim().to_lowercase().as_str()));
    Some((at(&["email", "e-mail", "email address", "e-mail address"])?, at(&["role"])))
}

/// The number of the line on which a record begins. Counted here, because the reader counts blank lines before a
/// record as its first.
fn line_of(text: &str, record: &StringRecord) -> u32 {
    let byte = record.position().map_or(0, csv::Position::byte);
    let (before, after) = text.split_at(usize::try_from(byte).unwrap_or(0).min(text.len()));
    let blank = &after[..after.len() - after.trim_start_matches(['\r', '\n']).len()];
    let ends = |text: &str| text.replace("\r\n", "\n").matches(['\r', '\n']).count();
    // A line that ends in both is cut between them when the reader stops behind the first.
    let cut = usize::from(before.ends_with('\r') && after.starts_with('\n'));
    u32::try_from(1 + ends(before) + ends(blank) - cut).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, String, String)> {
        read(text).into_iter().map(|line| (line.number, line.invite.email, line.invite.role)).collect()
    }

    fn row(number: u32, email: &str, role: &str) -> (u32, String, String) {
        (number, email.to_owned(), role.to_owned())
    }

    #[test]
    fn a_header_a_byte_order_mark_and_blank_lines_are_no_people() {
        let people = [row(2, "a@acme.test", "admin"), row(5, "b@acme.test", "member")];
        for end in ["\n", "\r\n", "\r"] {
            let file = ["\u{feff}email,role", "a@acme.test, Admin ", "", ",", "b@acme.test", ""].join(end);
            assert_eq!(rows(&file), people, "{file:?}");
        }
        assert_eq!(rows(""), []);
        assert_eq!(rows("\r\n\r\n"), []);
        assert_eq!(rows("E-Mail;Role"), []);
    }

    #[test]
    fn without_a_header_the_first_line_is_a_person() {
        assert_eq!(
            rows("a@acme.test,viewer\nb@acme.test"),
            [row(1, "a@acme.test", "viewer"), row(2, "b@acme.test", "member")]
        );
        assert_eq!(rows("\n\na@acme.test"), [row(3, "a@acme.test", "member")]);
    }

    #[test]
    fn semicolons_and_tabs_divide_too_and_columns_stand_in_any_order() {
        assert_eq!(rows("Name;Role;E-Mail\r\nAda;admin;a@acme.test"), [row(2, "a@acme.test", "admin")]);
        assert_eq!(rows("email\trole\na@acme.test\tviewer"), [row(2, "a@acme.test", "viewer")]);
        assert_eq!(rows("email\na@acme.test"), [row(2, "a@acme.test", "member")]);
    }

    #[test]
    fn quotes_and_breaks_inside_of_them_move_no_line_number() {
        let file =
            "email,role,note\n\"a@acme.test\",\"member\",\"one\ntwo, \"\"three\"\"\"\n\nb@acme.test,king,\"open\n";
        assert_eq!(rows(file), [row(2, "a@acme.test", "member"), row(5, "b@acme.test", "king")]);
    }

    #[test]
    fn a_line_without_an_address_is_kept_to_be_complained_about() {
        assert_eq!(rows("email,role\n,admin\nnobody,\n"), [row(2, "", "admin"), row(3, "nobody", "member")]);
    }
}
