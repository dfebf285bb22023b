//! Expressions that give a value for every row there can be, and never an error.
//!
//! An error is an answer: `1 / (CASE WHEN … THEN 0 ELSE 1 END)` fails if some row makes it, whoever may see that row. So only a total
//! condition may be tried on a row before policy has decided about it, and only total expressions stand below a count of statistics.
//! What is not known here to be total is taken to fail.

use arrow::datatypes::DataType;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::expr::{Case, InList, Like, ScalarFunction};
use datafusion::logical_expr::{Between, BinaryExpr, Expr, ExprSchemable, Operator};

/// Longest pattern of a `LIKE`; a longer one may be more than the engine's automata take.
const PATTERN: usize = 200;
const PARTS: [&str; 12] =
    ["year", "quarter", "month", "week", "day", "doy", "dow", "hour", "minute", "second", "millisecond", "microsecond"];
/// Functions of texts that take every text.
const OF_TEXT: [&str; 14] = [
    "lower",
    "upper",
    "btrim",
    "trim",
    "ltrim",
    "rtrim",
    "character_length",
    "char_length",
    "length",
    "octet_length",
    "starts_with",
    "ends_with",
    "strpos",
    "reverse",
];

/// Whether `expr` over rows of `schema` never fails.
pub(crate) fn total(expr: &Expr, schema: &DFSchema) -> bool {
    let all = |exprs: &[Expr]| exprs.iter().all(|e| total(e, schema));
    match expr {
        Expr::Column(_) | Expr::Literal(..) => true,
        Expr::Alias(alias) => total(&alias.expr, schema),
        Expr::Not(e)
        | Expr::IsNull(e)
        | Expr::IsNotNull(e)
        | Expr::IsTrue(e)
        | Expr::IsFalse(e)
        | Expr::IsUnknown(e)
        | Expr::IsNotTrue(e)
        | Expr::IsNotFalse(e)
        | Expr::IsNotUnknown(e) => total(e, schema),
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            total(left, schema) && total(right, schema) && (compares(*op) || divides(*op, left, right, schema))
        }
        Expr::Between(Between { expr, low, high, .. }) => [expr, low, high].into_iter().all(|e| total(e, schema)),
        Expr::InList(InList { expr, list, .. }) => total(expr, schema) && all(list),
        Expr::Like(Like { expr, pattern, escape_char: None, .. }) => {
            total(expr, schema) && text(pattern).is_some_and(|p| p.chars().count() <= PATTERN)
        }
        Expr::Case(Case { expr, when_then_expr, else_expr }) => {
            let parts = expr.iter().chain(when_then_expr.iter().flat_map(|(when, then)| [when, then])).chain(else_expr);
            parts.into_iter().all(|e| total(e, schema))
        }
        Expr::Cast(cast) => match cast.expr.as_ref() {
            Expr::Literal(value, _) => value.cast_to(cast.field.data_type()).is_ok(),
            inner => total(inner, schema) && inner.get_type(schema).is_ok_and(|from| widens(&from, cast.field.data_type())),
        },
        Expr::ScalarFunction(call) => all(&call.args) && function(call, schema),
        // A grouping set, a window, a sub-query, a sum: what they stand on is looked at where it is computed.
        _ => false,
    }
}

/// A comparison, a connective.
fn compares(op: Operator) -> bool {
    matches!(
        op,
        Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::And
            | Operator::Or
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom
    )
}

/// Division of whole numbers by a number that is written there, and is neither 0 nor -1 (the least number divided by it does not fit).
fn divides(op: Operator, left: &Expr, right: &Expr, schema: &DFSchema) -> bool {
    let by = match right {
        Expr::Literal(value, _) => match value.cast_to(&DataType::Int64) {
            Ok(ScalarValue::Int64(by)) => by,
            _ => None,
        },
        _ => None,
    };
    matches!(op, Operator::Divide | Operator::Modulo)
        && left.get_type(schema).is_ok_and(|t| t.is_integer())
        && right.get_type(schema).is_ok_and(|t| t.is_integer())
        && by.is_some_and(|by| by > 0)
}

/// Whether every value of one type has one in another.
fn widens(from: &DataType, to: &DataType) -> bool {
    use DataType::*;
    if from == to {
        return true;
    }
    match (from, to) {
        (Boolean | Int8 | Int16 | Int32 | Int64 | Utf8 | Date32, Utf8 | LargeUtf8 | Utf8View) => true,
        (Utf8View | LargeUtf8, Utf8 | Utf8View) => true,
        (Int8 | Int16 | Int32, Int64 | Float64) | (Int8 | Int16, Int32) | (Int64, Float64) => true,
        // Days of instants that a contract can read.
        (Timestamp(_, _), Date32) => true,
        (Timestamp(unit, _), Timestamp(other, _)) => unit == other,
        (Dictionary(_, value), to) => value.as_ref() == to,
        _ => false,
    }
}

fn function(call: &ScalarFunction, schema: &DFSchema) -> bool {
    let is_text =
        |e: &Expr| e.get_type(schema).is_ok_and(|t| matches!(t, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8));
    let counts = |e: &Expr| whole(e).is_some_and(|n| n >= 0);
    match (call.func.name(), call.args.as_slice()) {
        ("coalesce" | "nullif" | "concat", _) => true,
        (name, args) if OF_TEXT.contains(&name) => args.iter().all(is_text),
        ("left" | "right", [of, n]) => is_text(of) && counts(n),
        ("substr" | "substring", [of, rest @ ..]) => is_text(of) && rest.iter().all(counts),
        ("split_part", [of, by, n]) => is_text(of) && is_text(by) && whole(n).is_some_and(|n| n > 0),
        ("date_trunc" | "date_part", [part, of]) => {
            text(part).is_some_and(|p| PARTS.contains(&p.to_lowercase().as_str()))
                && of.get_type(schema).is_ok_and(|t| matches!(t, DataType::Timestamp(_, _) | DataType::Date32))
        }
        _ => false,
    }
}

/// The text that is written there.
fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(ScalarValue::Utf8(Some(s)) | ScalarValue::LargeUtf8(Some(s)) | ScalarValue::Utf8View(Some(s)), _) => {
            Some(s)
        }
        _ => None,
    }
}

/// The whole number that is written there.
fn whole(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Literal(value, _) => match value.cast_to(&DataType::Int64) {
            Ok(ScalarValue::Int64(n)) => n,
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{Field, Schema, TimeUnit};
    use datafusion::prelude::SessionContext;

    use super::*;

    #[tokio::test]
    async fn what_can_fail_is_known_to() {
        let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let schema = Schema::new(vec![
            Field::new("n", DataType::Int32, true),
            Field::new("t", DataType::Utf8, true),
            Field::new("b", DataType::Boolean, true),
            Field::new("at", instant, true),
        ]);
        let frame = DFSchema::try_from(schema).unwrap();
        let ctx = SessionContext::new();
        let says = |sql: &str| total(&ctx.parse_sql_expr(sql, &frame).unwrap(), &frame);
        for sql in [
            "t = 'x' AND n > 3 OR b",
            "t LIKE 'As%'",
            "t NOT IN ('a', 'b')",
            "n BETWEEN 1 AND 9",
            "CASE WHEN b THEN t END = 'x'",
            "n / 10 = 3",
            "n % 2 = 0",
            "lower(t) = 'x'",
            "substr(t, 1, 4) = '2026'",
            "date_trunc('month', at) IS NOT NULL",
            "date_part('hour', at) = 4",
            "CAST(n AS BIGINT) = 4",
            "CAST(at AS DATE) IS NULL",
            "CAST('4' AS INT) = n",
        ] {
            assert!(says(sql), "{sql}");
        }
        for sql in [
            "1 / n = 1",
            "n / 0 = 1",
            "n / -1 = 1",
            "CAST(t AS INT) = 1",
            "CAST('four' AS INT) = n",
            "n + 1 = 2",
            "t LIKE t",
            "substr(t, 1, n) = 'x'",
            "substr(t, 1, -1) = 'x'",
            "split_part(t, 'a', 0) = 'x'",
            "date_trunc(t, at) IS NULL",
            "date_trunc('nonsense', at) IS NULL",
            "CASE WHEN b THEN 1 / n END = 1",
            "t ~ '('",
            "random() > 0.5",
            "to_timestamp(t) IS NULL",
        ] {
            assert!(!says(sql), "{sql}");
        }
    }
}
