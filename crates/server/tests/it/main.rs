//! The HTTP surface over a lake filled from the contracts' own samples, without a socket.

mod accounts;
mod audit;
mod campaign;
mod composing;
mod desk;
mod dossier;
mod draft;
mod duty;
mod exports;
mod expunge;
mod feed;
mod people;
mod program;
mod request;
mod review;
mod site;
mod source;
mod standing;
mod subject;
mod sweep;
mod upload;
mod viewer;
mod work;
