//! The browser's half of Usher.
