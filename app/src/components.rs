//! What several features draw.
