//! Pages of lists, newest first.

use serde_json::{Value, json};

use super::error::ApiError;
use super::params::Params;
use super::table::{Row, Table};

/// Which page is wanted.
pub struct Page {
    limit: usize,
    after: Option<String>,
    before: Option<String>,
    created: [Option<i64>; 4],
}

impl Page {
    /// Takes `limit`, `starting_after`, `ending_before` and `created`.
    pub fn read(params: &mut Params) -> Result<Self, ApiError> {
        let limit = params.integer("limit")?.unwrap_or(10);
        if !(1..=100).contains(&limit) {
            return Err(params.invalid("limit", "Invalid integer: limit must be between 1 and 100"));
        }
        let mut created = [None; 4];
        if let Some(text) = params.clone().text("created").ok().flatten() {
            params.text("created")?;
            let at = text.parse().map_err(|_| params.invalid("created", format!("Invalid timestamp: {text}")))?;
            created = [None, Some(at), None, Some(at)];
        } else if let Some(mut range) = params.hash("created")? {
            created = [range.integer("gt")?, range.integer("gte")?, range.integer("lt")?, range.integer("lte")?];
            range.finish()?;
        }
        let (after, before) = (params.text("starting_after")?, params.text("ending_before")?);
        if after.is_some() && before.is_some() {
            return Err(ApiError::bad("You cannot use both starting_after and ending_before.").param("starting_after"));
        }
        Ok(Self { limit: usize::try_from(limit).unwrap_or(10), after, before, created })
    }

    /// The list envelope with those rows of `table` that `keep` takes.
    pub fn of<T: Row>(
        &self,
        table: &Table<T>,
        url: &str,
        keep: impl Fn(&T) -> bool,
        render: impl Fn(&T) -> Value,
    ) -> Result<Value, ApiError> {
        for (cursor, param) in [(&self.after, "starting_after"), (&self.before, "ending_before")] {
            if let Some(cursor) = cursor
                && table.get(cursor).is_none()
            {
                return Err(ApiError::missing("object", cursor, param));
            }
        }
        let [gt, gte, lt, lte] = self.created;
        let wanted = |row: &&T| {
            let at = row.created();
            keep(row)
                && gt.is_none_or(|t| at > t)
                && gte.is_none_or(|t| at >= t)
                && lt.is_none_or(|t| at < t)
                && lte.is_none_or(|t| at <= t)
        };
        let not = |id: &Option<String>, row: &&T| id.as_deref() != Some(row.id());
        let mut rows: Vec<&T> = if self.before.is_some() {
            // The page just above the cursor: from the cursor upwards, then turned round.
            table.iter().skip_while(|row| not(&self.before, row)).skip(1).filter(wanted).take(self.limit + 1).collect()
        } else {
            let skip = usize::from(self.after.is_some());
            let all = table.iter().rev();
            if self.after.is_some() {
                all.skip_while(|row| not(&self.after, row)).skip(skip).filter(wanted).take(self.limit + 1).collect()
            } else {
                all.filter(wanted).take(self.limit + 1).collect()
            }
        };
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        if self.before.is_some() {
            rows.reverse();
        }
        Ok(envelope(rows.into_iter().map(render).collect(), has_more, url))
    }
}

/// `{object: "list", data, has_more, url}`.
pub fn envelope(data: Vec<Value>, has_more: bool, url: &str) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url })
}
