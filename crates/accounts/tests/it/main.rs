//! Accounts from outside: every behaviour on SQLite, and on PostgreSQL where it is installed; single sign-on against a real provider.

mod behaviour;
mod databases;
mod desk;
mod sso;
mod subject;
mod work;
