//! The gallery: the visual language on one page, and every page with made-up data.

use askama::Template;

use crate::Shell;
use crate::table::{FieldError, Sort};

/// The gallery page.
#[derive(Clone, Debug, Template)]
#[template(path = "gallery.html")]
pub struct Gallery {
    pub shell: Shell,
    /// Name and title of each example page.
    pub pages: Vec<(String, String)>,
    pub sort: Sort,
    pub errors: Vec<FieldError>,
}
