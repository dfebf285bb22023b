//! Everything the browser sees: page view models with their templates, the Hindi and English
//! catalogues, and the built assets.
//!
//! The key decision: **a page is a plain struct** that the server fills and this crate renders. Nothing
//! here asks the lake for anything, so every page can be rendered from made-up data ([`example`]) in
//! milliseconds: on the gallery, in tests, and for screenshots in both languages. Pages are complete
//! documents that need no script; htmx and the custom elements only save a reload.

pub mod account;
pub mod assets;
pub mod audit;
pub mod catalogue;
pub mod desk;
pub mod dossier;
pub mod draft;
pub mod example;
pub mod export;
pub mod expunge;
pub mod fault;
pub mod gallery;
pub mod home;
pub mod intake;
pub mod lang;
pub mod lineage;
pub mod people;
pub mod policy;
pub mod portal;
pub mod quarantine;
pub mod raw;
pub mod refusal;
pub mod review;
pub mod search;
pub mod shell;
pub mod show;
pub mod source;
pub mod sql;
pub mod subject;
pub mod table;
pub mod timeline;
pub mod work;

pub use askama::{Error as RenderError, Template};
pub use lang::Lang;
pub use shell::{Section, Shell};
