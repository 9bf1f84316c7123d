//! House rules that no compiler knows: short files, colours in one place, no `mod.rs`, a register whose tests are there.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::steps;

/// Lines that a source file may have. Above it, it holds more than one noun or verb.
const LONGEST: usize = 500;

/// What a colour literal begins with, in a style sheet or in a view.
const COLOURS: [&str; 6] = ["oklch(", "rgb(", "rgba(", "hsl(", "hsla(", "oklab("];

/// Says which test holds which claim.
const REGISTER: &str = "docs/bug-register.md";

pub(crate) fn check() -> Result<()> {
    let mut wrong = Vec::new();
    let mut tests = String::new();
    for name in files()? {
        let path = Path::new(&name);
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if name.ends_with("/mod.rs") {
            wrong.push(format!("{name}: a module is `name.rs` with `name/`, never mod.rs"));
        }
        if !["rs", "css", "ts"].contains(&extension) {
            continue;
        }
        // A file that was deleted and not yet committed is still listed.
        let Ok(text) = fs::read_to_string(steps::root().join(path)) else { continue };
        let lines = text.lines().count();
        if lines > LONGEST {
            wrong.push(format!("{name}: {lines} lines, more than {LONGEST}"));
        }
        if extension == "rs" && name.contains("/tests/") {
            tests.push_str(&text);
        }
        if extension == "css" && !name.starts_with("style/tokens") && name.starts_with("style/") {
            wrong.extend(colours(&text).map(|line| format!("{name}:{line}: a colour outside style/tokens*.css")));
        }
    }
    let register = fs::read_to_string(steps::root().join(REGISTER)).unwrap_or_default();
    let gone = named(&register).filter(|test| !tests.contains(&format!("fn {test}(")));
    wrong.extend(gone.map(|test| format!("{REGISTER}: there is no test `{test}`")));
    for line in &wrong {
        eprintln!("  {line}");
    }
    if wrong.is_empty() { Ok(()) } else { bail!("{} house rules broken", wrong.len()) }
}

/// The tracked files, and the new ones that are about to be.
fn files() -> Result<Vec<String>> {
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(steps::root());
    Ok(steps::output(&mut list)?.lines().map(str::to_owned).collect())
}

/// The tests that a register names: whole sentences between backticks, with an underscore for each space.
fn named(register: &str) -> impl Iterator<Item = &str> {
    let quoted =
        register.lines().filter(|line| line.starts_with('|')).flat_map(|line| line.split('`').skip(1).step_by(2));
    quoted.filter(|word| {
        word.contains('_') && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    })
}

/// The numbers of the lines that hold a colour literal.
fn colours(css: &str) -> impl Iterator<Item = usize> {
    css.lines().enumerate().filter(|(_, line)| is_coloured(line)).map(|(index, _)| index + 1)
}

fn is_coloured(line: &str) -> bool {
    // `oklch(from var(--accent) …)` derives a colour and names none.
    let literal = COLOURS.iter().any(|start| {
        line.match_indices(start).any(|(at, _)| !line[at + start.len()..].trim_start().starts_with("from "))
    });
    literal || hexadecimal(line)
}

/// `#` with 3, 4, 6 or 8 hexadecimal digits after a colon; before one it is a selector.
fn hexadecimal(line: &str) -> bool {
    let Some((_, value)) = line.split_once(':') else { return false };
    value.split('#').skip(1).any(|after| {
        let digits = after.chars().take_while(char::is_ascii_hexdigit).count();
        let ends = after.chars().nth(digits).is_none_or(|next| !next.is_alphanumeric() && next != '-' && next != '_');
        [3, 4, 6, 8].contains(&digits) && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_names_its_tests() {
        let row =
            "| S1 | a claim | store/gate `one_gets_in`, `the_2_others_do_not`; end2end/team `a walk`; `USHER_DNS` |";
        assert_eq!(named(row).collect::<Vec<_>>(), ["one_gets_in", "the_2_others_do_not"]);
        assert_eq!(named("Prose about `some_thing` else.").count(), 0);
    }

    #[test]
    fn colours_are_recognised_and_names_are_not() {
        for line in ["color: #fff;", "border: 1px solid oklch(43% 0.13 345);", "--x: #7a1e4a80"] {
            assert!(is_coloured(line), "{line}");
        }
        for line in [
            "#add { color: var(--ink); }",
            "color: var(--accent);",
            "background: oklch(from var(--accent) l c h / 0.2);",
            "fill: url(#facade-shape);",
            "/* see #12 */",
        ] {
            assert!(!is_coloured(line), "{line}");
        }
    }
}
