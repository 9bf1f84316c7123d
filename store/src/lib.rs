//! Where Usher keeps things: SQL for SQLite and PostgreSQL, the tenancy door, leases.
