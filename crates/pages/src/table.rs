//! Result tables: any rows with named columns, as SQL answers and samples give them.

use model::Classification;

/// A table of text cells.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    pub columns: Vec<GridColumn>,
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a [`Grid`].
#[derive(Clone, Debug)]
pub struct GridColumn {
    pub name: String,
    /// Right-aligned with tabular figures.
    pub numeric: bool,
    /// Known for columns of catalogued tables.
    pub class: Option<Classification>,
}

/// One value as shown.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// None is SQL NULL, shown as a dash.
    pub text: Option<String>,
    /// Where it leads, if it is the key of something.
    pub href: Option<String>,
}

impl Cell {
    /// A plain value.
    pub fn new(text: impl Into<String>) -> Cell {
        Cell { text: Some(text.into()), href: None }
    }

    /// NULL.
    pub fn null() -> Cell {
        Cell::default()
    }

    /// A value that leads somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Cell {
        Cell { text: Some(text.into()), href: Some(href.into()) }
    }
}

/// The order a list is shown in, changed by links in its header.
#[derive(Clone, Debug)]
pub struct Sort {
    /// Path and query of the list up to and including `sort=`.
    pub base: String,
    /// Key of the sorted column.
    pub by: String,
    pub descending: bool,
}

impl Sort {
    /// The link that sorts by `key`, or turns the order around when it is sorted by it already.
    pub fn href(&self, key: &str) -> String {
        if self.by == key && !self.descending { format!("{}-{key}", self.base) } else { format!("{}{key}", self.base) }
    }

    /// Value of `aria-sort` for a column.
    pub fn aria(&self, key: &str) -> &'static str {
        match (self.by == key, self.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }

    /// Reads `key` or `-key`; `default` when it is none of `allowed`.
    pub fn read(base: &str, text: &str, allowed: &[&str], default: &str) -> Sort {
        let wanted = if allowed.contains(&text.trim_start_matches('-')) { text } else { default };
        Sort { base: base.to_owned(), by: wanted.trim_start_matches('-').to_owned(), descending: wanted.starts_with('-') }
    }
}

/// Pages of a long list.
#[derive(Clone, Debug)]
pub struct Pager {
    /// Path and query up to and including `page=`.
    pub base: String,
    /// 1-based.
    pub page: u64,
    pub per_page: u64,
    pub total: u64,
}

impl Pager {
    /// Number of the last page, at least one.
    pub fn last(&self) -> u64 {
        self.total.div_ceil(self.per_page.max(1)).max(1)
    }

    /// 1-based number of the first row on this page.
    pub fn from(&self) -> u64 {
        if self.total == 0 { 0 } else { (self.page - 1) * self.per_page + 1 }
    }

    /// 1-based number of the last row on this page.
    pub fn to(&self) -> u64 {
        (self.page * self.per_page).min(self.total)
    }

    /// Link to the previous page.
    pub fn previous(&self) -> Option<String> {
        (self.page > 1).then(|| format!("{}{}", self.base, self.page - 1))
    }

    /// Link to the next page.
    pub fn next(&self) -> Option<String> {
        (self.page < self.last()).then(|| format!("{}{}", self.base, self.page + 1))
    }
}

/// What is wrong with a form field, shown beside it and summed up on top.
#[derive(Clone, Debug)]
pub struct FieldError {
    /// `id` of the field.
    pub field: String,
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::{Pager, Sort};

    #[test]
    fn sorting_by_the_same_column_turns_the_order_around() {
        let sort = Sort::read("/catalogue?sort=", "rows", &["name", "rows"], "name");
        assert_eq!(sort.href("rows"), "/catalogue?sort=-rows");
        assert_eq!(sort.href("name"), "/catalogue?sort=name");
        assert_eq!(sort.aria("rows"), "ascending");
        assert_eq!(Sort::read("", "; drop", &["name"], "-name").aria("name"), "descending");
    }

    #[test]
    fn a_pager_knows_its_ends() {
        let pager = Pager { base: "?page=".into(), page: 3, per_page: 50, total: 101 };
        assert_eq!((pager.from(), pager.to(), pager.last()), (101, 101, 3));
        assert!(pager.next().is_none());
        assert_eq!(pager.previous().as_deref(), Some("?page=2"));
    }
}
