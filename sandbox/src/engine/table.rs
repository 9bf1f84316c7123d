//! Rows of one kind, by id and in the order they were made.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a table keeps.
pub trait Row {
    /// Its name, such as `cus_…`.
    fn id(&self) -> &str;
    /// When it was made, in seconds since 1970.
    fn created(&self) -> i64;
}

/// Rows of one kind. Written as a plain list, oldest first.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: BTreeMap<u64, T>,
    places: HashMap<String, u64>,
    next: u64,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), places: HashMap::new(), next: 0 }
    }
}

impl<T: Row> Table<T> {
    pub fn get(&self, id: &str) -> Option<&T> {
        self.rows.get(self.places.get(id)?)
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.rows.get_mut(self.places.get(id)?)
    }

    /// Puts a row at the end, or in place of the one with the same id.
    pub fn insert(&mut self, row: T) {
        let place = *self.places.entry(row.id().to_owned()).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        self.rows.insert(place, row);
    }

    pub fn remove(&mut self, id: &str) -> Option<T> {
        self.rows.remove(&self.places.remove(id)?)
    }

    /// Oldest first; reversible.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    /// Forgets the rows that `keep` refuses.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        let gone: Vec<String> = self.iter().filter(|row| !keep(row)).map(|row| row.id().to_owned()).collect();
        for id in gone {
            self.remove(&id);
        }
    }
}

impl<T: Row + Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.values())
    }
}

impl<'de, T: Row + Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = Self::default();
        for row in Vec::<T>::deserialize(deserializer)? {
            table.insert(row);
        }
        Ok(table)
    }
}

/// Says that a struct with `id` and `created` is a row.
macro_rules! row {
    ($kind:ty) => {
        impl crate::engine::table::Row for $kind {
            fn id(&self) -> &str {
                &self.id
            }
            fn created(&self) -> i64 {
                self.created
            }
        }
    };
}
pub(crate) use row;
