//! The program from outside: killed, starved and fed with damage.

mod access;
mod certificate;
mod desk;
mod dossiers;
mod identity;
mod kill;
mod memory;
mod program;
mod reference;
mod register;
mod words;
