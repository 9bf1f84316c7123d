//! The use cases of Usher, one verb per file.
