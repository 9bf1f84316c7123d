//! A small writer of PDF: text in Helvetica on A4 pages, each object at the place that the table at the end names.

const WIDTH: i32 = 595;
const HEIGHT: i32 = 842;
const MARGIN: i32 = 56;

/// A document that grows downwards, page by page.
pub struct Document {
    pages: Vec<String>,
    y: i32,
}

impl Document {
    pub fn new() -> Self {
        Self { pages: vec![String::new()], y: HEIGHT - MARGIN }
    }

    /// One line: text at the left, perhaps text at the right edge.
    pub fn line(&mut self, left: &str, right: &str, size: i32, bold: bool) {
        self.y -= size + 8;
        if self.y < MARGIN {
            self.pages.push(String::new());
            self.y = HEIGHT - MARGIN - size - 8;
        }
        let font = if bold { "F2" } else { "F1" };
        self.text(left, MARGIN, size, font);
        if !right.is_empty() {
            self.text(right, WIDTH - MARGIN - width(right, size), size, font);
        }
    }

    /// Empty space.
    pub const fn space(&mut self, points: i32) {
        self.y -= points;
    }

    fn text(&mut self, text: &str, x: i32, size: i32, font: &str) {
        let y = self.y;
        if let Some(page) = self.pages.last_mut() {
            put(page, format_args!("BT /{font} {size} Tf {x} {y} Td ({}) Tj ET\n", encoded(text)));
        }
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let count = self.pages.len();
        let first = 5;
        let kids: Vec<String> = (0..count).map(|page| format!("{} 0 R", first + 2 * page)).collect();
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Kids [{}] /Count {count} >>", kids.join(" ")),
            font("Helvetica"),
            font("Helvetica-Bold"),
        ];
        for (page, content) in self.pages.iter().enumerate() {
            objects.push(format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << /Font << /F1 3 0 R /F2 4 0 R \
                 >> >> /Contents {} 0 R >>",
                first + 2 * page + 1
            ));
            objects.push(format!("<< /Length {} >>\nstream\n{content}endstream", content.len()));
        }
        let mut file = "%PDF-1.4\n".to_owned();
        let mut places = Vec::new();
        for (number, object) in objects.iter().enumerate() {
            places.push(file.len());
            put(&mut file, format_args!("{} 0 obj\n{object}\nendobj\n", number + 1));
        }
        let table = file.len();
        let size = objects.len() + 1;
        put(&mut file, format_args!("xref\n0 {size}\n0000000000 65535 f \n"));
        for place in places {
            put(&mut file, format_args!("{place:010} 00000 n \n"));
        }
        put(&mut file, format_args!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
        file.into_bytes()
    }
}

/// Writes at the end; text takes whatever comes.
fn put(text: &mut String, what: std::fmt::Arguments) {
    if std::fmt::Write::write_fmt(text, what).is_err() {
        tracing::error!("a text did not take what was written to it");
    }
}

fn font(name: &str) -> String {
    format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")
}

/// Text as a PDF string, in ASCII: letters of the Western code page as octal numbers, others as a question mark.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '(' | ')' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            ' '..='~' => out.push(letter),
            _ => match code(letter) {
                Some(code) => put(&mut out, format_args!("\\{code:03o}")),
                None => out.push('?'),
            },
        }
    }
    out
}

fn code(letter: char) -> Option<u8> {
    match letter {
        '€' => Some(0x80),
        '•' => Some(0x95),
        '–' => Some(0x96),
        '—' => Some(0x97),
        '’' => Some(0x92),
        '\u{a0}'..='ÿ' => u8::try_from(u32::from(letter)).ok(),
        _ => None,
    }
}

/// How wide a text is, near enough to stand at the right edge. Exact for amounts.
fn width(text: &str, size: i32) -> i32 {
    let thousandths: i32 = text
        .chars()
        .map(|letter| match letter {
            '0'..='9' | '$' | '€' | '£' | '¥' | 'a'..='z' => 556,
            '.' | ',' | ' ' | '/' => 278,
            '-' | '(' | ')' => 333,
            _ => 700,
        })
        .sum();
    thousandths * size / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_where_the_table_says() {
        let mut document = Document::new();
        for line in 0..120 {
            document.line(&format!("{line} × Zürich (Team)"), "€1,234.00", 11, line % 2 == 0);
        }
        let file = String::from_utf8(document.bytes()).unwrap();
        assert!(file.starts_with("%PDF-1.4\n") && file.ends_with("%%EOF\n"));
        let table: usize = file.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        let mut rows = file[table..].lines();
        assert_eq!(rows.next(), Some("xref"));
        let size: usize = rows.next().unwrap().strip_prefix("0 ").unwrap().parse().unwrap();
        for (number, row) in rows.take(size).enumerate().skip(1) {
            let place: usize = row[..10].parse().unwrap();
            assert!(file[place..].starts_with(&format!("{number} 0 obj\n")), "object {number}");
        }
        assert!(file.matches("/Type /Page ").count() > 1);
        for stream in file.split("/Length ").skip(1) {
            let (length, rest) = stream.split_once(" >>\nstream\n").unwrap();
            assert!(rest[length.parse::<usize>().unwrap()..].starts_with("endstream"));
        }
    }

    #[test]
    fn letters_are_those_of_the_western_code_page() {
        assert_eq!(encoded("3 × Ü (x) \\ €"), "3 \\327 \\334 \\(x\\) \\\\ \\200");
        assert_eq!(encoded("日本"), "??");
    }
}
