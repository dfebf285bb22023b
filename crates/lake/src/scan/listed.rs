//! Pages that may hold one of many listed values, by the bounds in a file's page index.
//!
//! The engine compares every bound of every page with every value: a look-up of twenty keys in ten million rows spends more on that than on reading.
//! Here the values are sorted, and a page asks once which of them could be its own.

use std::collections::BTreeSet;

use datafusion::common::ScalarValue;
use datafusion::datasource::physical_plan::parquet::ParquetAccessPlan;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use parquet::arrow::arrow_reader::RowSelection;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::page_index::column_index::ColumnIndexMetaData;

/// A column and the texts it has to have one of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub column: String,
    /// In the order of their bytes.
    pub values: Vec<String>,
}

/// The first list of texts that a filter asks a plain column for.
pub(super) fn listed(filter: &Expr) -> Option<Listed> {
    match filter {
        Expr::InList(list) if !list.negated => {
            let Expr::Column(column) = &*list.expr else { return None };
            let text = |value: &Expr| match value {
                Expr::Literal(ScalarValue::Utf8(text), _) => Some(text.clone()),
                _ => None,
            };
            let values: Option<Vec<Option<String>>> = list.list.iter().map(text).collect();
            // Nothing equals NULL.
            let values: BTreeSet<String> = values?.into_iter().flatten().collect();
            Some(Listed { column: column.name.clone(), values: values.into_iter().collect() })
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => listed(left).or_else(|| listed(right)),
        _ => None,
    }
}

impl Listed {
    /// The pages of a file that may hold one of the values; none where the file does not say what its pages hold.
    pub fn pages(&self, file: &ParquetMetaData) -> Option<ParquetAccessPlan> {
        let columns = file.file_metadata().schema_descr().columns();
        let column = columns.iter().position(|c| c.path().string() == self.column)?;
        let (bounds, places) = (file.column_index()?, file.offset_index()?);
        let mut plan = ParquetAccessPlan::new_all(file.num_row_groups());
        for (group, told) in file.row_groups().iter().enumerate() {
            let ColumnIndexMetaData::BYTE_ARRAY(bounds) = bounds.get(group)?.get(column)? else { return None };
            let (rows, places) = (told.num_rows() as usize, places.get(group)?.get(column)?.page_locations());
            let begin = |page: usize| places.get(page).map_or(rows, |place| place.first_row_index as usize);
            // A page without bounds holds nothing but NULL.
            let held = |page: &usize| self.any(bounds.min_value(*page), bounds.max_value(*page));
            let ranges: Vec<_> = (0..places.len()).filter(held).map(|page| begin(page)..begin(page + 1)).collect();
            match ranges.is_empty() {
                true => plan.skip(group),
                false => plan.scan_selection(group, RowSelection::from_consecutive_ranges(ranges.into_iter(), rows)),
            }
        }
        Some(plan)
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

    /// Two row groups of a hundred rows in pages of ten; `key` has even numbers, three digits each, and a page of NULL.
    fn file() -> bytes::Bytes {
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(100))
            .set_data_page_row_count_limit(10)
            .set_write_batch_size(10)
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_dictionary_enabled(false)
            .build();
        let key = |i: usize| (!(50..60).contains(&i)).then(|| format!("{:03}", 2 * i));
        let keys: ArrayRef = Arc::new((0..200).map(key).collect::<StringArray>());
        let batch = RecordBatch::try_from_iter_with_nullable([("key", keys, true)]).unwrap();
        let mut out = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        out.into()
    }

    fn rows(values: &[&str], column: &str) -> Option<Vec<usize>> {
        let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Required);
        let told = reader.parse_and_finish(&file()).unwrap();
        let filter = col(column).in_list(values.iter().map(|v| lit(*v)).collect(), false);
        let plan = listed(&filter).unwrap().pages(&told)?;
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

    #[test]
    fn only_pages_whose_bounds_hold_a_value_are_read() {
        assert_eq!(rows(&["000", "002", "018", "398", "zzz", "-"], "key"), Some(vec![0, 190]));
        assert_eq!(rows(&["019"], "key"), Some(vec![]), "between two pages");
        assert_eq!(rows(&["021", "110"], "key"), Some(vec![10]), "odd numbers may be, NULL is nothing");
        assert_eq!(rows(&["000"], "other"), None);
    }

    #[test]
    fn lists_of_texts_alone_are_taken() {
        let list = |negated| col("key").in_list(vec![lit("b"), lit("a"), lit("b")], negated);
        let both = col("x").eq(lit(1)).and(list(false));
        let expected = Listed { column: "key".into(), values: vec!["a".into(), "b".into()] };
        assert_eq!(listed(&both), Some(expected));
        assert_eq!(listed(&list(true)), None);
        assert_eq!(listed(&list(false).or(list(false))), None);
        assert_eq!(listed(&col("n").in_list(vec![lit(1), lit(2)], false)), None);
    }
}
