//! Pages that may hold one of many listed values, by the bounds in a file's page index.
//!
//! The engine compares every bound of every page with every value: a look-up of twenty keys in ten million rows spends more on that than on reading.
//! Here the values are sorted, and a page asks once which of them could be its own.

use std::collections::BTreeSet;

use datafusion::common::ScalarValue;
use datafusion::datasource::physical_plan::parquet::ParquetAccessPlan;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::page_index::column_index::ColumnIndexMetaData;

/// A column and the texts it has to have one of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    column: String,
    /// In the order of their bytes, each once.
    values: Vec<String>,
}

/// The texts that a filter asks plain columns for, one list for each part that has to hold.
pub(super) fn listed(filter: &Expr) -> Vec<Listed> {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
            listed(left).into_iter().chain(listed(right)).collect()
        }
        other => one_of(other).into_iter().collect(),
    }
}

fn one_of(filter: &Expr) -> Option<Listed> {
    let text = |value: &Expr| match value {
        Expr::Literal(ScalarValue::Utf8(text), _) => Some(text.clone()),
        _ => None,
    };
    match filter {
        Expr::InList(list) if !list.negated => {
            let Expr::Column(column) = &*list.expr else { return None };
            let values: Option<Vec<Option<String>>> = list.list.iter().map(text).collect();
            // Nothing equals NULL.
            Some(Listed::new(column.name.clone(), values?.into_iter().flatten().collect()))
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => match (&**left, &**right) {
            (Expr::Column(column), value) | (value, Expr::Column(column)) => {
                Some(Listed::new(column.name.clone(), text(value)?.into_iter().collect()))
            }
            _ => None,
        },
        // The engine writes short lists so.
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let (one, other) = (one_of(left)?, one_of(right)?);
            (one.column == other.column).then(|| Listed::new(one.column, [one.values, other.values].concat()))
        }
        _ => None,
    }
}

/// Whether the engine's own way, which compares every bound with every value, is not the quicker one.
pub(super) fn worth(lists: &[Listed]) -> bool {
    lists.iter().any(|list| list.values.len() > 1)
}

/// The pages of a file whose rows may have a value of each list. A list whose column has no bounds chooses none; none where that leaves nothing
/// that is [`worth`] it.
pub(super) fn pages(lists: &[Listed], file: &ParquetMetaData) -> Option<ParquetAccessPlan> {
    let (bounds, places) = (file.column_index()?, file.offset_index()?);
    let mut plan = ParquetAccessPlan::new_all(file.num_row_groups());
    for (group, told) in file.row_groups().iter().enumerate() {
        let (bounds, places) = (bounds.get(group)?, places.get(group)?);
        let mut chosen: Option<RowSelection> = None;
        let mut telling = false;
        for list in lists {
            let Some((column, chunk)) = told.columns().iter().enumerate().find(|(_, c)| c.column_path().string() == list.column)
            else {
                continue;
            };
            // What the whole group excludes need not be looked for page by page.
            let ends = chunk.statistics().and_then(|s| Some((s.min_bytes_opt()?, s.max_bytes_opt()?)));
            let these = if ends.is_some_and(|(least, most)| !list.any(Some(least), Some(most))) {
                RowSelection::from(vec![RowSelector::skip(told.num_rows() as usize)])
            } else if let Some(ColumnIndexMetaData::BYTE_ARRAY(bounds)) = bounds.get(column) {
                let (places, rows) = (places.get(column)?.page_locations(), told.num_rows() as usize);
                let begin = |page: usize| places.get(page).map_or(rows, |place| place.first_row_index as usize);
                // A page without bounds holds nothing but NULL.
                let held = |page: &usize| list.any(bounds.min_value(*page), bounds.max_value(*page));
                let ranges = (0..places.len()).filter(held).map(|page| begin(page)..begin(page + 1));
                RowSelection::from_consecutive_ranges(ranges, rows)
            } else {
                continue;
            };
            telling |= list.values.len() > 1 || !these.selects_any();
            let both = match &chosen {
                Some(before) => before.intersection(&these),
                None => these,
            };
            if !chosen.insert(both).selects_any() {
                break;
            }
        }
        match chosen.filter(|_| telling)? {
            chosen if chosen.selects_any() => plan.scan_selection(group, chosen),
            _ => plan.skip(group),
        }
    }
    Some(plan)
}

impl Listed {
    fn new(column: String, values: Vec<String>) -> Listed {
        let values: BTreeSet<String> = values.into_iter().collect();
        Listed { column, values: values.into_iter().collect() }
    }

    /// Whether one of the values lies within bounds.
    fn any(&self, least: Option<&[u8]>, most: Option<&[u8]>) -> bool {
        let (Some(least), Some(most)) = (least, most) else { return false };
        let from = self.values.partition_point(|value| value.as_bytes() < least);
        self.values.get(from).is_some_and(|value| value.as_bytes() <= most)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray};
    use datafusion::datasource::physical_plan::parquet::RowGroupAccess;
    use datafusion::prelude::{col, lit};
    use parquet::arrow::ArrowWriter;
    use parquet::file::metadata::{PageIndexPolicy, ParquetMetaDataReader};
    use parquet::file::properties::{EnabledStatistics, WriterProperties};

    use super::*;

    /// Two row groups of a hundred rows in pages of ten; `key` has even numbers, three digits each, and a page of NULL; `half` is `a` and `b`, and
    /// `bare` the same without bounds.
    fn file() -> bytes::Bytes {
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(100))
            .set_data_page_row_count_limit(10)
            .set_write_batch_size(10)
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_dictionary_enabled(false)
            .set_column_statistics_enabled("bare".into(), EnabledStatistics::None)
            .build();
        let key = |i: usize| (!(50..60).contains(&i)).then(|| format!("{:03}", 2 * i));
        let keys: ArrayRef = Arc::new((0..200).map(key).collect::<StringArray>());
        let halves: ArrayRef = Arc::new((0..200).map(|i| Some(if i < 100 { "a" } else { "b" })).collect::<StringArray>());
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("key", keys, true),
            ("half", halves.clone(), true),
            ("bare", halves, true),
        ])
        .unwrap();
        let mut out = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        out.into()
    }

    /// First rows of the pages that are read for a filter.
    fn rows(filter: &Expr) -> Option<Vec<usize>> {
        let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Required);
        let told = reader.parse_and_finish(&file()).unwrap();
        let plan = pages(&listed(filter), &told)?;
        let mut out = Vec::new();
        for (group, access) in plan.inner().iter().enumerate() {
            let RowGroupAccess::Selection(chosen) = access else { continue };
            let mut at = 100 * group;
            for part in chosen.iter() {
                out.extend((at..at + part.row_count).step_by(10).filter(|_| !part.skip));
                at += part.row_count;
            }
        }
        Some(out)
    }

    fn any(column: &str, values: &[&str]) -> Expr {
        col(column).in_list(values.iter().map(|v| lit(*v)).collect(), false)
    }

    #[test]
    fn only_pages_whose_bounds_hold_a_value_are_read() {
        assert_eq!(rows(&any("key", &["000", "002", "018", "398", "zzz", "-"])), Some(vec![0, 190]));
        assert_eq!(rows(&any("key", &["019"])), Some(vec![]), "between two pages");
        assert_eq!(rows(&any("key", &["021", "110"])), Some(vec![10]), "odd numbers may be, NULL is nothing");
        assert_eq!(rows(&any("other", &["000"])), None);
        let beside = any("key", &["000", "398"]).and(col("other").eq(lit("x"))).and(col("bare").eq(lit("x")));
        assert_eq!(rows(&beside), Some(vec![0, 190]), "a column that says nothing chooses nothing");
        assert_eq!(rows(&any("bare", &["x", "y"]).and(col("half").eq(lit("a")))), None, "and leaves one value to the engine");
        assert_eq!(rows(&any("key", &["000", "398"]).and(any("half", &["b", "c"]))), Some(vec![190]), "what has to hold besides");
        assert_eq!(rows(&any("key", &["000", "398"]).and(col("half").eq(lit("c")))), Some(vec![]));
    }

    #[test]
    fn lists_of_texts_alone_are_taken() {
        let list = |negated| col("key").in_list(vec![lit("b"), lit("a"), lit("b")], negated);
        let of = |column: &str, values: &[&str]| Listed::new(column.into(), values.iter().map(|v| v.to_string()).collect());
        let expected = of("key", &["a", "b"]);
        assert_eq!(expected.values, ["a", "b"]);
        assert_eq!(listed(&col("x").eq(lit(1)).and(list(false))), [expected]);
        assert_eq!(listed(&list(true)), []);
        assert_eq!(listed(&list(false).or(col("x").eq(lit("a")))), [], "either column may have it");
        assert_eq!(listed(&col("n").in_list(vec![lit(1), lit(2)], false)), []);
        let short = col("key").eq(lit("b")).or(lit("a").eq(col("key"))).or(list(false));
        assert_eq!(listed(&short.and(col("half").eq(lit("a")))), [of("key", &["a", "b"]), of("half", &["a"])]);
        assert!(worth(&[of("half", &["a"]), of("key", &["a", "b"])]) && !worth(&[of("half", &["a"])]) && !worth(&[]));
    }
}
