//! What the styles promise: text can be read in both themes, colours have one home, files stay small.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Text and the grounds it stands on.
const PAIRS: &[(&str, &[&str])] = &[
    ("ink", &["ground", "surface", "sunken", "accent-wash", "good-wash", "warn-wash", "bad-wash"]),
    ("ink-soft", &["ground", "surface", "sunken", "accent-wash", "good-wash", "warn-wash", "bad-wash"]),
    ("ink-faint", &["ground", "surface", "sunken", "accent-wash", "good-wash", "warn-wash", "bad-wash"]),
    ("accent", &["ground", "surface", "sunken", "accent-wash", "good-wash", "warn-wash", "bad-wash"]),
    ("accent-strong", &["ground", "surface", "sunken", "accent-wash", "good-wash", "warn-wash", "bad-wash"]),
    ("on-accent", &["accent", "accent-strong"]),
    ("good", &["ground", "surface", "sunken", "accent-wash", "good-wash"]),
    ("warn", &["ground", "surface", "accent-wash", "warn-wash"]),
    ("over", &["ground", "surface", "warn-wash"]),
    ("bad", &["ground", "surface", "sunken", "bad-wash"]),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../style")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect("the styles are there")
}

/// Without comments and without strings: a colour's name in either is no colour.
fn code(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept.split('"').step_by(2).collect()
}

/// `oklch(43% 0.13 345)` to relative luminance (WCAG 2.2): CSS Color 4, section 18, and the sRGB coefficients.
fn luminance(colour: &str) -> f64 {
    let inside = colour.trim().trim_start_matches("oklch(").trim_end_matches(')');
    let part: Vec<f64> =
        inside.split_whitespace().map(|part| part.trim_end_matches('%').parse().expect("a number")).collect();
    let (lightness, chroma, hue) = (part[0] / 100.0, part[1], part[2].to_radians());
    let (green_red, blue_yellow) = (chroma * hue.cos(), chroma * hue.sin());
    let cone = |a: f64, b: f64| (lightness + a * green_red + b * blue_yellow).powi(3);
    let long = cone(0.396_337_777_4, 0.215_803_757_3);
    let medium = cone(-0.105_561_345_8, -0.063_854_172_8);
    let short = cone(-0.089_484_177_5, -1.291_485_548_0);
    let red = 4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short;
    let green = -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short;
    let blue = -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short;
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}

/// The contrast of two luminances.
fn ratio(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Token → its colour in the light and in the dark theme.
fn tokens() -> BTreeMap<String, [f64; 2]> {
    code(&read("tokens.css"))
        .split(';')
        .filter_map(|line| {
            let (name, value) = line.split_once("--")?.1.split_once(':')?;
            let both = value.trim().strip_prefix("light-dark(")?.strip_suffix(')')?;
            let (light, dark) = both.split_once("), ")?;
            // A shadow is see-through, and nothing stands on it.
            (!both.contains('/')).then(|| (name.to_owned(), [luminance(light), luminance(dark)]))
        })
        .collect()
}

#[test]
fn every_text_can_be_read_on_every_ground_it_stands_on() {
    let tokens = tokens();
    let mut weak = Vec::new();
    for (text, grounds) in PAIRS {
        for ground in *grounds {
            for (theme, at) in [("light", 0), ("dark", 1)] {
                let (a, b) = (tokens[*text][at], tokens[*ground][at]);
                if ratio(a, b) < 4.5 {
                    weak.push(format!("{text} on {ground}, {theme}: {:.2}", ratio(a, b)));
                }
            }
        }
    }
    assert!(weak.is_empty(), "{weak:#?}");
}

#[test]
fn what_can_be_filled_in_has_an_edge_that_can_be_seen() {
    let tokens = tokens();
    for ground in ["ground", "surface"] {
        for (edge, ground) in tokens["edge"].iter().zip(tokens[ground]) {
            assert!(ratio(*edge, ground) >= 3.0, "edge on {ground}");
        }
    }
}

#[test]
fn luminance_agrees_with_known_colours() {
    assert!((luminance("oklch(100% 0 0)") - 1.0).abs() < 0.001);
    assert!(luminance("oklch(0% 0 0)").abs() < 0.001);
    // sRGB red, #ff0000.
    assert!((luminance("oklch(62.796% 0.25768 29.234)") - 0.2126).abs() < 0.002);
}

#[test]
fn colours_stand_in_tokens_and_nowhere_else() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name == "tokens.css" {
            continue;
        }
        let text = code(&read(&name));
        for function in ["oklch(", "oklab(", "rgb(", "rgba(", "hsl(", "hwb(", "lab(", "lch(", "color("] {
            assert!(!text.contains(function), "{name}: {function}");
        }
        for rule in text.split(['{', ';']).filter_map(|rule| rule.split_once(':')) {
            let value = rule.1.split('}').next().unwrap_or_default();
            let words = value.split(|c: char| !(c.is_ascii_alphanumeric() || c == '#' || c == '-'));
            for word in words {
                let named = ["white", "black", "red", "green", "blue", "grey", "gray", "orange", "yellow", "pink"];
                assert!(!named.contains(&word), "{name}: {word}");
                let hex = word
                    .strip_prefix('#')
                    .is_some_and(|hex| hex.len() >= 3 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
                assert!(!hex, "{name}: {word}");
            }
        }
    }
}

#[test]
fn every_token_that_is_asked_for_exists() {
    let tokens = code(&read("tokens.css"));
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        for used in code(&read(&name)).split("var(").skip(1) {
            let token = used.split([')', ',']).next().unwrap_or_default();
            assert!(tokens.contains(&format!("{token}:")), "{name}: {token}");
        }
    }
}

#[test]
fn both_weights_of_the_typeface_travel_in_24_kilobytes() {
    let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/fonts/inter-usher.woff2");
    assert!(std::fs::metadata(font).unwrap().len() <= 24 * 1024);
}
