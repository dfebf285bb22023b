//! The HTTP surface over a lake filled from the contracts' own samples, without a socket.

mod audit;
mod desk;
mod dossier;
mod site;
