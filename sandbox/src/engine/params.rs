//! Form parameters with brackets, taken out one by one; what is left over was unknown.

use std::collections::BTreeMap;

use super::error::ApiError;

/// Metadata of an object.
pub type Metadata = BTreeMap<String, String>;

#[derive(Clone, Debug)]
enum Node {
    Text(String),
    Nested(BTreeMap<String, Node>),
}

/// One level of parameters.
#[derive(Clone, Debug, Default)]
pub struct Params {
    prefix: String,
    fields: BTreeMap<String, Node>,
}

impl Params {
    /// Reads `a=1&b[c]=2&d[]=3&e[0][f]=4`.
    pub fn parse(text: &[u8]) -> Result<Self, ApiError> {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(text).map_err(|_| ApiError::bad("The request is not form-encoded UTF-8."))?;
        let mut fields = BTreeMap::new();
        for (name, value) in pairs {
            let path = split(&name).ok_or_else(|| ApiError::bad(format!("Invalid parameter name: {name}")))?;
            put(&mut fields, &path, value)
                .ok_or_else(|| ApiError::bad(format!("Invalid hash for parameter: {name}")))?;
        }
        Ok(Self { prefix: String::new(), fields })
    }

    /// Parameters made here, for who does over the engine what a client could ask for: `("a[b]", "1")`.
    pub fn of(pairs: &[(&str, &str)]) -> Result<Self, ApiError> {
        let mut fields = BTreeMap::new();
        for (name, value) in pairs {
            split(name)
                .and_then(|path| put(&mut fields, &path, (*value).to_owned()))
                .ok_or_else(|| ApiError::bad(format!("Invalid parameter name: {name}")))?;
        }
        Ok(Self { prefix: String::new(), fields })
    }

    /// Whether a parameter was given at all.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Whether a parameter was given empty, which takes away what is there.
    pub fn is_blank(&self, name: &str) -> bool {
        matches!(self.fields.get(name), Some(Node::Text(text)) if text.is_empty())
    }

    /// The full name of a parameter of this level.
    pub fn name(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}[{name}]", self.prefix) }
    }

    /// A text; an empty one is as good as none.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        Ok(self.patch(name)?.flatten())
    }

    /// A text that may be unset with an empty one: `None` not given, `Some(None)` unset.
    #[expect(clippy::option_option, reason = "not given, given empty, given: three answers")]
    pub fn patch(&mut self, name: &str) -> Result<Option<Option<String>>, ApiError> {
        match self.fields.remove(name) {
            None => Ok(None),
            Some(Node::Text(text)) if text.is_empty() => Ok(Some(None)),
            Some(Node::Text(text)) if text.chars().count() > 5000 => Err(self
                .invalid(name, format!("Invalid string: must be at most 5000 characters ({name})."))
                .code("parameter_invalid_string_maximum")),
            Some(Node::Text(text)) => Ok(Some(Some(text))),
            Some(Node::Nested(_)) => Err(self.invalid(name, format!("Invalid string: {}", self.name(name)))),
        }
    }

    /// A text that must be there.
    pub fn required(&mut self, name: &str) -> Result<String, ApiError> {
        self.text(name)?.ok_or_else(|| ApiError::required(self.name(name)))
    }

    pub fn integer(&mut self, name: &str) -> Result<Option<i64>, ApiError> {
        self.text(name)?
            .map(|text| {
                text.parse().map_err(|_| {
                    self.invalid(name, format!("Invalid integer: {text}")).code("parameter_invalid_integer")
                })
            })
            .transpose()
    }

    /// A whole number that is not negative.
    pub fn natural(&mut self, name: &str) -> Result<Option<u64>, ApiError> {
        self.integer(name)?
            .map(|number| {
                u64::try_from(number).map_err(|_| {
                    self.invalid(name, "This value must be greater than or equal to 0.")
                        .code("parameter_invalid_integer")
                })
            })
            .transpose()
    }

    pub fn boolean(&mut self, name: &str) -> Result<Option<bool>, ApiError> {
        self.text(name)?
            .map(|text| match text.as_str() {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(self.invalid(name, format!("Invalid boolean: {text}"))),
            })
            .transpose()
    }

    /// One of these words.
    pub fn word(&mut self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, ApiError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        words.iter().find(|word| **word == text).copied().map(Some).ok_or_else(|| {
            self.invalid(name, format!("Invalid {}: must be one of {}", self.name(name), words.join(", ")))
        })
    }

    /// A nested hash.
    pub fn hash(&mut self, name: &str) -> Result<Option<Self>, ApiError> {
        match self.fields.remove(name) {
            None => Ok(None),
            Some(Node::Nested(fields)) => Ok(Some(Self { prefix: self.name(name), fields })),
            Some(Node::Text(text)) if text.is_empty() => Ok(None),
            Some(Node::Text(_)) => Err(self.invalid(name, "Invalid object")),
        }
    }

    /// A list of hashes.
    pub fn hashes(&mut self, name: &str) -> Result<Option<Vec<Self>>, ApiError> {
        let Some(list) = self.hash(name)? else { return Ok(None) };
        let prefix = list.prefix.clone();
        list.in_order()?
            .into_iter()
            .map(|(place, node)| match node {
                Node::Nested(fields) => Ok(Self { prefix: format!("{prefix}[{place}]"), fields }),
                Node::Text(_) => Err(ApiError::bad("Invalid object").param(format!("{prefix}[{place}]"))),
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Some)
    }

    /// A list of texts.
    pub fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, ApiError> {
        let Some(list) = self.hash(name)? else { return Ok(None) };
        let prefix = list.prefix.clone();
        list.in_order()?
            .into_iter()
            .map(|(place, node)| match node {
                Node::Text(text) => Ok(text),
                Node::Nested(_) => Err(ApiError::bad("Invalid string").param(format!("{prefix}[{place}]"))),
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Some)
    }

    /// Metadata laid over what is there: an empty value takes a key away, an empty hash takes all away.
    pub fn metadata(&mut self, name: &str, old: &Metadata) -> Result<Metadata, ApiError> {
        if matches!(self.fields.get(name), Some(Node::Text(text)) if text.is_empty()) {
            self.fields.remove(name);
            return Ok(Metadata::new());
        }
        let mut metadata = old.clone();
        let Some(given) = self.hash(name)? else { return Ok(metadata) };
        for (key, node) in &given.fields {
            let Node::Text(value) = node else {
                return Err(given.invalid(key, "Metadata values must be strings."));
            };
            if key.chars().count() > 40 || value.chars().count() > 500 {
                return Err(
                    given.invalid(key, "Metadata keys can have up to 40 characters, and values up to 500 characters.")
                );
            }
            if value.is_empty() {
                metadata.remove(key);
            } else {
                metadata.insert(key.clone(), value.clone());
            }
        }
        if metadata.len() > 50 {
            return Err(self.invalid(name, "You can have up to 50 metadata keys."));
        }
        Ok(metadata)
    }

    /// Refuses what nobody took.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.fields.first_key_value() {
            None => Ok(()),
            Some((name, _)) => {
                let name = self.name(name);
                Err(ApiError::bad(format!("Received unknown parameter: {name}")).code("parameter_unknown").param(name))
            }
        }
    }

    /// A 400 about one parameter of this level.
    pub fn invalid(&self, name: &str, message: impl Into<String>) -> ApiError {
        ApiError::bad(message).param(self.name(name))
    }

    fn in_order(self) -> Result<Vec<(String, Node)>, ApiError> {
        let mut list = self
            .fields
            .into_iter()
            .map(|(place, node)| place.parse::<u32>().map(|number| (number, place, node)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| ApiError::bad("Invalid array").param(self.prefix))?;
        list.sort_by_key(|(number, ..)| *number);
        Ok(list.into_iter().map(|(_, place, node)| (place, node)).collect())
    }
}

/// `a[b][]` → `a`, `b` and an empty name.
fn split(name: &str) -> Option<Vec<&str>> {
    let Some((head, rest)) = name.split_once('[') else { return Some(vec![name]) };
    let rest = rest.strip_suffix(']')?;
    let path: Vec<&str> = std::iter::once(head).chain(rest.split("][")).collect();
    (path.len() <= 8 && !head.is_empty() && !path.iter().any(|part| part.contains(['[', ']']))).then_some(path)
}

fn put(fields: &mut BTreeMap<String, Node>, path: &[&str], value: String) -> Option<()> {
    let (head, rest) = path.split_first()?;
    let key = if head.is_empty() { next_place(fields, rest) } else { (*head).to_owned() };
    if rest.is_empty() {
        fields.insert(key, Node::Text(value));
        return Some(());
    }
    match fields.entry(key).or_insert_with(|| Node::Nested(BTreeMap::new())) {
        Node::Nested(inner) => put(inner, rest, value),
        Node::Text(_) => None,
    }
}

/// Where `[]` goes: a new place, but `x[][a]=1&x[][b]=2` is one hash with two fields.
fn next_place(fields: &BTreeMap<String, Node>, rest: &[&str]) -> String {
    let last = fields.keys().filter_map(|key| key.parse::<u32>().ok()).max();
    match (last, rest.first()) {
        (Some(last), Some(field)) if matches!(fields.get(&last.to_string()), Some(Node::Nested(inner)) if !inner.contains_key(*field)) => {
            last.to_string()
        }
        (Some(last), _) => (last + 1).to_string(),
        (None, _) => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Params {
        Params::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn brackets_become_levels() {
        let mut params = parse("name=A%20B&items[0][id]=si_1&items[0][quantity]=4&expand[]=x&expand[]=y&metadata[k]=v");
        assert_eq!(params.required("name").unwrap(), "A B");
        let mut item = params.hashes("items").unwrap().unwrap().remove(0);
        assert_eq!(item.required("id").unwrap(), "si_1");
        assert_eq!(item.natural("quantity").unwrap(), Some(4));
        assert_eq!(params.texts("expand").unwrap().unwrap(), ["x", "y"]);
        assert_eq!(params.metadata("metadata", &Metadata::new()).unwrap()["k"], "v");
        params.finish().unwrap();
    }

    #[test]
    fn what_nobody_takes_is_unknown() {
        let mut params = parse("name=a&shoe[size]=44");
        params.text("name").unwrap();
        let error = params.finish().unwrap_err();
        assert_eq!(error.code, Some("parameter_unknown"));
        assert_eq!(error.message, "Received unknown parameter: shoe");
    }

    #[test]
    fn empty_metadata_values_take_keys_away() {
        let old = Metadata::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
        assert_eq!(parse("metadata[a]=").metadata("metadata", &old).unwrap().len(), 1);
        assert!(parse("metadata=").metadata("metadata", &old).unwrap().is_empty());
        assert_eq!(parse("").metadata("metadata", &old).unwrap(), old);
    }

    #[test]
    fn nested_names_are_named_in_full() {
        let mut params = parse("items[0][quantity]=many");
        let mut item = params.hashes("items").unwrap().unwrap().remove(0);
        assert_eq!(item.natural("quantity").unwrap_err().param.as_deref(), Some("items[0][quantity]"));
    }
}
