//! The HTTP surface over a lake filled from the contracts' own samples, without a socket.

mod accounts;
mod audit;
mod campaign;
mod desk;
mod dossier;
mod draft;
mod duty;
mod feed;
mod people;
mod review;
mod site;
mod source;
mod standing;
mod subject;
mod upload;
mod viewer;
mod work;
