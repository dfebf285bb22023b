//! Made-up SQL: everything a reader can think of asking, and what somebody after hidden rows would.

use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::{IndexedRandom, IteratorRandom};

use super::world::{Kind, NAMES, NUMBERS, PLACES, STATIONS, Table};

/// How an answer is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// The same rows, in any order.
    Rows,
    /// The same rows in the same order: every column asked for is sorted by.
    Order,
    /// Whether it may fail depends on what the engine tries first, so only an error must have its cause in a visible row: this query
    /// tries the failing expression on all of them.
    Cause,
}

#[derive(Debug, Clone)]
pub struct Query {
    pub sql: String,
    pub compare: Compare,
    /// For [`Compare::Cause`]: the failing expression over all rows of each table it may be tried on.
    pub causes: Vec<String>,
    /// Whether it gives single rows of personal tables, whatever is done with them.
    pub single: bool,
}

/// Writes queries over the tables of a world.
pub struct Writer<'a> {
    pub rng: &'a mut SmallRng,
    pub tables: &'a [Table],
}

/// A table in a query: its alias and its columns.
#[derive(Clone, Copy)]
struct From<'a> {
    table: &'a Table,
    alias: &'static str,
}

impl From<'_> {
    fn written(&self) -> String {
        format!("{} {}", self.table.name, self.alias)
    }
}

impl<'a> Writer<'a> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        *from.choose(self.rng).unwrap()
    }

    fn from(&mut self, alias: &'static str) -> From<'a> {
        From { table: self.tables.choose(self.rng).unwrap(), alias }
    }

    fn column(&mut self, from: From<'_>, kind: Option<Kind>) -> String {
        let fits = from.table.columns.iter().filter(|c| kind.is_none_or(|kind| c.1 == kind));
        match fits.choose(self.rng) {
            Some(column) => format!("{}.\"{}\"", from.alias, column.0),
            // A table without a number: something of each row all the same, so that nothing is settled without one.
            None => format!("length({}.\"{}\")", from.alias, from.table.columns[0].0),
        }
    }

    fn columns(&mut self, from: From<'_>, most: usize) -> Vec<String> {
        let n = self.rng.random_range(1..=most);
        from.table
            .columns
            .iter()
            .choose_multiple(self.rng, n)
            .into_iter()
            .map(|c| format!("{}.\"{}\"", from.alias, c.0))
            .collect()
    }

    fn word(&mut self) -> String {
        let word = match self.rng.random_range(0..5) {
            0 => self.pick(&PLACES).to_owned(),
            1 => self.pick(&NUMBERS).to_owned(),
            2 => self.pick(&STATIONS).to_owned(),
            3 => format!("test:{}", self.rng.random_range(0..17)),
            _ => self.pick(&NAMES).to_owned(),
        };
        format!("'{}'", word.replace('\'', "''"))
    }

    /// A condition that cannot fail.
    fn safe(&mut self, from: From<'_>, depth: u32) -> String {
        if depth > 0 && self.rng.random_bool(0.35) {
            let op = self.pick(&["AND", "OR"]);
            return format!("({} {op} {})", self.safe(from, depth - 1), self.safe(from, depth - 1));
        }
        let text = self.column(from, Some(Kind::Text));
        let int = self.column(from, Some(Kind::Int));
        let word = self.word();
        match self.rng.random_range(0..16) {
            0 => format!("{text} = {word}"),
            1 => format!("{text} <> {word}"),
            2 => format!("{text} LIKE '{}%'", self.pick(&["A", "7", "secret", "S", "27541", "fir:27541001"])),
            3 => format!("{text} NOT LIKE '%{}'", self.pick(&["a", "1", "i"])),
            4 => format!("{text} ILIKE '%{}%'", self.pick(&["SH", "o", "54"])),
            5 => format!("{text} IN ({word}, {})", self.word()),
            6 => format!("{text} NOT IN ({word}, {})", self.word()),
            7 => format!("{text} IS NULL"),
            8 => format!("{text} IS NOT NULL"),
            9 => format!("{int} BETWEEN {} AND {}", self.rng.random_range(0..3), self.rng.random_range(2..40)),
            10 => format!("NOT ({int} = {})", self.rng.random_range(0..5)),
            11 => format!("CASE WHEN {text} IS NULL THEN {word} ELSE {text} END = {word}"),
            12 => format!("coalesce({text}, 'hidden') = {}", self.pick(&["'hidden'", "'Asha'"])),
            13 => format!("{text} >= {word}"),
            14 => format!("lower({text}) LIKE '%{}%'", self.pick(&["a", "secret"])),
            // In brackets, because the parser takes what follows for a part of its right side.
            _ => format!("({text} IS DISTINCT FROM {word})"),
        }
    }

    fn filter(&mut self, from: From<'_>) -> String {
        if self.rng.random_bool(0.7) { format!(" WHERE {}", self.safe(from, 2)) } else { String::new() }
    }

    /// A whole number that some rows make impossible.
    fn failing(&mut self, from: From<'_>) -> String {
        let text = self.column(from, Some(Kind::Text));
        let int = self.column(from, Some(Kind::Int));
        match self.rng.random_range(0..8) {
            0 => format!("1 / {int}"),
            1 => format!("10 % {int}"),
            2 => format!("CAST({text} AS INT)"),
            3 => format!("1 / (CASE WHEN {} THEN 0 ELSE 1 END)", self.safe(from, 1)),
            4 => format!("1 / (CASE WHEN {text} IS NULL THEN 0 ELSE 1 END)"),
            5 => format!("CAST(CASE WHEN {} THEN 'x' ELSE '1' END AS INT)", self.safe(from, 1)),
            6 => format!("1 / (length({text}) - 4)"),
            _ => format!("2147483647 / ({int} - 1)"),
        }
    }

    fn rows(sql: String) -> Query {
        Query { sql, compare: Compare::Rows, causes: Vec::new(), single: false }
    }

    pub fn query(&mut self) -> Query {
        match self.rng.random_range(0..24) {
            0 => self.plain(),
            1 | 2 => self.ordered(),
            3 => self.sums(),
            4 | 5 => self.grouped(),
            6 | 7 => self.joined(),
            8 => self.within(),
            9 => self.scalar(),
            10 => self.named(),
            11 | 12 => self.window(),
            13 => self.sets(),
            14 => self.distinct(),
            15 => self.nested(),
            16 => self.gathered(),
            17..=19 => self.fails(),
            20 | 21 => self.guarded(),
            22 => self.described(),
            _ => self.wrong(),
        }
    }

    fn plain(&mut self) -> Query {
        let from = self.from("a");
        let sql = format!("SELECT {} FROM {}{}", self.columns(from, 4).join(", "), from.written(), self.filter(from));
        Query { single: from.table.personal(), ..Self::rows(sql) }
    }

    fn ordered(&mut self) -> Query {
        let from = self.from("a");
        let columns = self.columns(from, 3);
        let by: Vec<String> = columns
            .iter()
            .map(|c| format!("{c} {} NULLS {}", self.pick(&["ASC", "DESC"]), self.pick(&["FIRST", "LAST"])))
            .collect();
        let limit = if self.rng.random_bool(0.7) { format!(" LIMIT {}", self.rng.random_range(1..20)) } else { String::new() };
        let skip = if self.rng.random_bool(0.2) { format!(" OFFSET {}", self.rng.random_range(0..5)) } else { String::new() };
        let sql = format!(
            "SELECT {} FROM {}{} ORDER BY {}{limit}{skip}",
            columns.join(", "),
            from.written(),
            self.filter(from),
            by.join(", ")
        );
        Query { compare: Compare::Order, single: from.table.personal(), ..Self::rows(sql) }
    }

    fn sums(&mut self) -> Query {
        let from = self.from("a");
        let (any, int) = (self.column(from, None), self.column(from, Some(Kind::Int)));
        Self::rows(format!(
            "SELECT count(*), count({any}), min({any}), max({any}), sum({int}), count(DISTINCT {any}) FROM {}{}",
            from.written(),
            self.filter(from)
        ))
    }

    fn grouped(&mut self) -> Query {
        let from = self.from("a");
        let by = self.columns(from, 2).join(", ");
        let (any, int) = (self.column(from, None), self.column(from, Some(Kind::Int)));
        let having = match self.rng.random_range(0..3) {
            0 => format!(" HAVING count(*) > {}", self.rng.random_range(0..4)),
            1 => format!(" HAVING max({any}) IS NOT NULL"),
            _ => String::new(),
        };
        Self::rows(format!(
            "SELECT {by}, count(*) AS n, max({any}), avg({int}) FROM {}{} GROUP BY {by}{having}",
            from.written(),
            self.filter(from)
        ))
    }

    fn joined(&mut self) -> Query {
        let (a, b) = (self.from("a"), self.from("b"));
        let kind = self.pick(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
        let (x, y) = (self.column(a, Some(Kind::Text)), self.column(b, Some(Kind::Text)));
        let more = if self.rng.random_bool(0.3) { format!(" AND {}", self.safe(b, 1)) } else { String::new() };
        let on = format!("{x} = {y}{more}");
        if self.rng.random_bool(0.5) {
            return Self::rows(format!(
                "SELECT count(*), count({x}), max({y}) FROM {} {kind} {} ON {on}{}",
                a.written(),
                b.written(),
                self.filter(a)
            ));
        }
        let sql = format!(
            "SELECT {}, {} FROM {} {kind} {} ON {on}{}",
            self.columns(a, 2).join(", "),
            self.columns(b, 2).join(", "),
            a.written(),
            b.written(),
            self.filter(a)
        );
        Query { single: a.table.personal() || b.table.personal(), ..Self::rows(sql) }
    }

    fn within(&mut self) -> Query {
        let (a, b) = (self.from("a"), self.from("b"));
        let (x, y) = (self.column(a, Some(Kind::Text)), self.column(b, Some(Kind::Text)));
        let inner = self.safe(b, 1);
        let condition = match self.rng.random_range(0..4) {
            0 => format!("{x} IN (SELECT {y} FROM {} WHERE {inner})", b.written()),
            1 => format!("{x} NOT IN (SELECT {y} FROM {} WHERE {inner} AND {y} IS NOT NULL)", b.written()),
            2 => format!("EXISTS (SELECT 1 FROM {} WHERE {y} = {x} AND {inner})", b.written()),
            _ => format!("NOT EXISTS (SELECT * FROM {} WHERE {y} = {x})", b.written()),
        };
        let columns = self.columns(a, 3).join(", ");
        Query { single: a.table.personal(), ..Self::rows(format!("SELECT {columns} FROM {} WHERE {condition}", a.written())) }
    }

    fn scalar(&mut self) -> Query {
        let (a, b) = (self.from("a"), self.from("b"));
        let (x, y, z) = (self.column(a, Some(Kind::Text)), self.column(b, Some(Kind::Text)), self.column(b, None));
        let what = self.pick(&["max", "min", "count"]);
        let sql = format!(
            "SELECT {x}, (SELECT {what}({z}) FROM {} WHERE {y} = {x}) FROM {}{}",
            b.written(),
            a.written(),
            self.filter(a)
        );
        Query { single: a.table.personal(), ..Self::rows(sql) }
    }

    fn named(&mut self) -> Query {
        let from = self.from("a");
        let (x, y) = (self.column(from, Some(Kind::Text)), self.column(from, None));
        Self::rows(format!(
            "WITH c AS (SELECT {x} AS x, {y} AS y FROM {}{}), d AS (SELECT x, count(*) AS n FROM c GROUP BY x) \
             SELECT d.x, d.n, count(c.y) FROM d LEFT JOIN c ON c.x = d.x WHERE d.n > {} GROUP BY d.x, d.n",
            from.written(),
            self.filter(from),
            self.rng.random_range(0..3)
        ))
    }

    fn window(&mut self) -> Query {
        let from = self.from("a");
        let (x, y) = (self.column(from, Some(Kind::Text)), self.column(from, None));
        let call = match self.rng.random_range(0..5) {
            0 => format!("rank() OVER (PARTITION BY {x} ORDER BY {y})"),
            1 => format!("dense_rank() OVER (ORDER BY {y}, {x})"),
            2 => format!("count(*) OVER (PARTITION BY {x})"),
            3 => format!("max({y}) OVER (PARTITION BY {x})"),
            _ => format!("count({y}) OVER (ORDER BY {x} RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"),
        };
        Query {
            single: from.table.personal(),
            ..Self::rows(format!("SELECT {x}, {y}, {call} FROM {}{}", from.written(), self.filter(from)))
        }
    }

    fn sets(&mut self) -> Query {
        let (a, b) = (self.from("a"), self.from("b"));
        let (x, y) = (self.column(a, Some(Kind::Text)), self.column(b, Some(Kind::Text)));
        let op = self.pick(&["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]);
        let sql =
            format!("SELECT {x} FROM {}{} {op} SELECT {y} FROM {}{}", a.written(), self.filter(a), b.written(), self.filter(b));
        Query { single: a.table.personal() || b.table.personal(), ..Self::rows(sql) }
    }

    fn distinct(&mut self) -> Query {
        let from = self.from("a");
        let columns = self.columns(from, 2).join(", ");
        Query {
            single: from.table.personal(),
            ..Self::rows(format!("SELECT DISTINCT {columns} FROM {}{}", from.written(), self.filter(from)))
        }
    }

    fn nested(&mut self) -> Query {
        let from = self.from("a");
        let (x, y) = (self.column(from, Some(Kind::Text)), self.column(from, Some(Kind::Int)));
        let word = self.word();
        Self::rows(format!(
            "SELECT count(*), count(s.x), sum(s.y) FROM (SELECT {x} AS x, {y} AS y, CASE WHEN {x} = {word} THEN 1 END AS z FROM {}{}) s \
             WHERE s.z IS NULL OR s.y > {}",
            from.written(),
            self.filter(from),
            self.rng.random_range(0..4)
        ))
    }

    fn gathered(&mut self) -> Query {
        let from = self.from("a");
        let (x, y) = (self.column(from, Some(Kind::Text)), self.column(from, Some(Kind::Text)));
        Self::rows(format!(
            "SELECT {x}, array_agg({y} ORDER BY {y}), string_agg({y}, ',' ORDER BY {y}) FROM {} GROUP BY {x}",
            from.written()
        ))
    }

    /// The failing expression meets every row there is, so it fails for the reference exactly if it fails here.
    fn fails(&mut self) -> Query {
        let from = self.from("a");
        let bad = self.failing(from);
        let x = self.column(from, Some(Kind::Text));
        let table = from.written();
        let sql = match self.rng.random_range(0..6) {
            0 => format!("SELECT count(*) FROM {table} WHERE {bad} > 0"),
            1 => format!("SELECT {x}, {bad} FROM {table}"),
            2 => format!("SELECT sum({bad}) FROM {table}"),
            3 => format!("SELECT count(*) FROM (SELECT {x} AS x, {bad} AS y FROM {table}) s WHERE s.y = 1"),
            4 => format!("SELECT {bad} AS y, count(*) FROM {table} GROUP BY {bad}"),
            _ => format!("SELECT max(x) FROM (SELECT {x} AS x FROM {table} ORDER BY {bad}, 1)"),
        };
        Query { single: from.table.personal() && sql.starts_with("SELECT a."), ..Self::rows(sql) }
    }

    /// A failing expression beside others: tried for fewer rows, or for more, as the engine likes.
    fn guarded(&mut self) -> Query {
        let from = self.from("a");
        let bad = self.failing(from);
        let (safe, other) = (self.safe(from, 1), self.from("b"));
        let (x, y) = (self.column(from, Some(Kind::Text)), self.column(other, Some(Kind::Text)));
        let table = from.written();
        let sql = match self.rng.random_range(0..5) {
            0 => format!("SELECT count(*) FROM {table} WHERE {safe} AND {bad} > 0"),
            1 => format!("SELECT count(*) FROM {table} WHERE {safe} OR {bad} > 0"),
            2 => format!("SELECT {x} FROM {table} WHERE {bad} = 1 LIMIT 3"),
            3 => format!("SELECT count(*) FROM {table} JOIN {} ON {x} = {y} WHERE {bad} > 0", other.written()),
            _ => format!(
                "SELECT count(*) FROM {table} WHERE EXISTS (SELECT 1 FROM {} WHERE {y} = {x} AND {bad} > 0)",
                other.written()
            ),
        };
        let mut causes = vec![format!("SELECT {bad} FROM {table}")];
        // Where both sides must be equal, what holds of one is tried on the other.
        let across = bad.replace(&x, &y);
        if (sql.contains(" JOIN ") || sql.contains(" EXISTS ")) && across != bad && !across.contains("a.\"") {
            causes.push(format!("SELECT {across} FROM {}", other.written()));
        }
        Query { sql, compare: Compare::Cause, causes, single: false }
    }

    /// What says something of tables rather than of rows.
    fn described(&mut self) -> Query {
        let from = self.from("a");
        let table = from.table.name;
        Self::rows(match self.rng.random_range(0..8) {
            0 => format!("EXPLAIN SELECT count(*) FROM {table}"),
            1 => format!("EXPLAIN ANALYZE SELECT count(*) FROM {} WHERE {}", from.written(), self.safe(from, 0)),
            2 => "SELECT * FROM information_schema.tables".into(),
            3 => "SHOW TABLES".into(),
            4 => format!("SELECT table_name FROM information_schema.columns WHERE table_name = '{table}'"),
            5 => "SHOW ALL".into(),
            6 => format!("EXPLAIN VERBOSE SELECT * FROM {table}"),
            _ => format!("SELECT * FROM {table}@0"),
        })
    }

    /// What is no query, or not over these tables.
    fn wrong(&mut self) -> Query {
        let from = self.from("a");
        let x = self.column(from, Some(Kind::Text));
        Self::rows(match self.rng.random_range(0..6) {
            0 => format!("SELECT {x} FROM {} WHERE", from.written()),
            1 => format!("SELECT {x} + interval FROM {}", from.written()),
            2 => "SELECT 1 FROM clean.prove_nothing".into(),
            3 => format!("SELECT a.nothing FROM {}", from.written()),
            4 => format!("SELECT sum({x}) FROM {}", from.written()),
            _ => format!("SELECT {x} FROM {} GROUP BY 1 ORDER BY count(nothing)", from.written()),
        })
    }

    /// Counts as statistics may ask for them: the columns grouped by, and those counted.
    pub fn counts(&mut self) -> Counts {
        let from = self.from("a");
        let n = self.rng.random_range(0..3);
        let by: Vec<String> =
            from.table.columns.iter().choose_multiple(self.rng, n).into_iter().map(|c| format!("a.\"{}\"", c.0)).collect();
        let counted = self.column(from, None);
        let filter = self.filter(from);
        let having = if self.rng.random_bool(0.3) { Some(self.rng.random_range(0..20)) } else { None };
        Counts { table: from.table.name, by, counted, filter, having, distinct: self.rng.random_bool(0.3) }
    }
}

/// A query of statistics in its parts.
#[derive(Debug, Clone)]
pub struct Counts {
    pub table: &'static str,
    pub by: Vec<String>,
    pub counted: String,
    pub filter: String,
    /// Groups of more rows than this.
    pub having: Option<i64>,
    pub distinct: bool,
}

impl Counts {
    fn written(&self, more: &str, having: bool) -> String {
        let by = self.by.join(", ");
        let lead = if by.is_empty() { String::new() } else { format!("{by}, ") };
        let group = if by.is_empty() { String::new() } else { format!(" GROUP BY {by}") };
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        let having = match self.having {
            Some(least) if having => format!(" HAVING count(*) > {least}"),
            _ => String::new(),
        };
        format!(
            "SELECT {lead}count(*), count({distinct}{}){more} FROM {} a{}{group}{having}",
            self.counted, self.table, self.filter
        )
    }

    /// As it is asked.
    pub fn sql(&self) -> String {
        self.written("", true)
    }

    /// The bare numbers behind it, with the number of values counted.
    pub fn bare(&self) -> String {
        self.written(&format!(", count({}) AS values_counted", self.counted), false)
    }
}
