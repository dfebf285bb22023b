//! The store on both databases: every behaviour in `behaviour` runs on SQLite, and on PostgreSQL where it is installed.

mod behaviour;
mod desk;
mod postgres;
mod sqlite;
