catalogue-title = Catalogue
catalogue-lead = Every table in the lake: who owns it, what it holds, how fresh and how clean it is, where it comes from.
catalogue-find = Find a table or column
catalogue-empty = There is no table yet
catalogue-empty-text = A table appears here when the first file of its source is taken in.
catalogue-none = Nothing in the catalogue matches “{ $it }”
catalogue-none-text = Search looks in names, descriptions, owners and columns, in both languages.
catalogue-all = Show all tables
table = Table
classification = Classification
quality = Rows accepted
last-change = Last change
table-query = Ask with SQL
table-size = Size
files-count = { $n ->
    [one] { $count } file
   *[other] { $count } files
}
columns = Columns
meaning = Meaning
type = Type
rules = Rules
required = required
key-n = key { $it }
lineage = Where it comes from
lineage-none = Nothing has flowed into this table yet.
lineage-picture = Drawing of where the rows come from and go to; the table below says the same.
lineage-table = The same as a table
lineage-columns = Column by column
lineage-from = From
lineage-to = To
lineage-via = Through
sample = Sample rows
sample-none = No rows yet.
terms = Agreement
term-owner = Owner
term-contract = Contract
term-legal = Legal basis
term-retention = Kept for
term-frequency = Expected
term-usage = Usage
term-limits = Limits
term-orders = Physical orders
versions = Versions
versions-text = Every change is a version. Open one in SQL to see the table as it was then.
version = Version
operation = Change
when = When
table-runs = Files taken in
export = Export:
export-all = Export the whole table:
sql-title = Ask with SQL
sql-schema = Tables
sql-query = Query
sql-hint = Ctrl + Enter runs it. Only reading is possible here.
sql-at = As of
sql-at-now = now
sql-at-hint = Empty is now; or a date and time such as 2026-11-20 18:00, or a table version.
sql-run = Run
sql-starters = To begin with
sql-running = The query is running
sql-answer = Answer
sql-shown = { $n ->
    [one] first { $count } shown
   *[other] first { $count } shown
}
sql-shown-more = { $n ->
    [one] { $count } row shown
   *[other] first { $count } rows shown, there are more
}
sql-no-rows = The query ran and found no rows.
sql-failed = The query could not be answered
sql-cancelled = The query was stopped.
sql-history = Asked before
sql-history-none = Your queries will be listed here.
sql-starter-count = Rows in a table
sql-starter-people = Persons mentioned, by role
sql-starter-fresh = Latest rows
object = Raw file
object-lead = The file as it was received. It never changes; every fact drawn from it leads here.
object-received = Received
object-sender = Sent by
object-download = Download the file
object-rows = Rows
object-no-rows = No row of this file is in the tables.
authority = Authority
row-lead = One record of a received file: as it came, as it was understood, and what was drawn from it.
row-accepted = Accepted
row-refused = Refused
row-why = Why it was refused
row-flags = Remarks on this row
row-original = As received
row-no-original = The record cannot be shown.
row-clean = As understood
row-drawn = Drawn from this row
value = Value
