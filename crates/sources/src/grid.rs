//! A stretch of records as cells: the one shape that every reader's records take before columns are made of them.

/// Cells of up to a few hundred records, row by row, as ranges of one text.
///
/// A range below `text.len()` lies in the text (the record as received); one above lies in `extra`, where values stand
/// that are not literally in the record (unescaped quotes, numbers of a sheet). Readers refuse nothing here.
pub(crate) struct Grid<'t> {
    pub text: &'t str,
    pub extra: String,
    pub width: usize,
    spans: Vec<Span>,
    /// 1-based position of each record.
    pub rows: Vec<i64>,
    /// Where each record stands in `text`.
    pub records: Vec<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub const EMPTY: Span = Span { start: 0, end: 0 };

    #[inline]
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }

    #[inline]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl<'t> Grid<'t> {
    pub fn new(text: &'t str, width: usize, rows: usize) -> Grid<'t> {
        Grid {
            text,
            extra: String::new(),
            width,
            spans: Vec::with_capacity((rows + 1) * width.max(1)),
            rows: Vec::with_capacity(rows),
            records: Vec::with_capacity(rows),
        }
    }

    pub fn clear(&mut self) {
        self.extra.clear();
        self.spans.clear();
        self.rows.clear();
        self.records.clear();
    }

    #[inline]
    pub fn push(&mut self, span: Span) {
        self.spans.push(span);
    }

    /// A value that is not literally in the text.
    pub fn push_extra(&mut self, value: &str) {
        let start = self.text.len() + self.extra.len();
        self.extra.push_str(value);
        self.spans.push(Span::new(start, start + value.len()));
    }

    /// Cells pushed since the last whole record.
    #[inline]
    pub fn open_cells(&self) -> usize {
        self.spans.len() - self.rows.len() * self.width
    }

    /// The cells pushed since the last whole record.
    pub fn open_spans(&self) -> &[Span] {
        &self.spans[self.rows.len() * self.width..]
    }

    #[inline]
    pub fn close_record(&mut self, row: i64, record: Span) {
        self.rows.push(row);
        self.records.push(record);
    }

    #[inline]
    pub fn drop_open(&mut self) {
        self.spans.truncate(self.rows.len() * self.width);
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    #[inline]
    pub fn get(&self, span: Span) -> &str {
        let start = span.start as usize;
        if start < self.text.len() || span.end as usize <= self.text.len() {
            &self.text[span.range()]
        } else {
            let shift = self.text.len();
            &self.extra[start - shift..span.end as usize - shift]
        }
    }

    #[inline]
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.get(self.spans[row * self.width + column])
    }
}
