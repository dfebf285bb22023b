//! What is filed at the police portal's source: a line of the day's file, in that source's layout. `sarovar ingest` takes it in.

use lake::Lake;
use social::{Desk, DeskError};
use store::social::Unit;
use tokio::io::AsyncWriteExt;

/// Columns of `portal.complaint`.
pub(super) const COMPLAINT: &str = "COMPLAINT_NO,SUBMITTED_ON,PS_CD,PS,CATEGORY,APPLICANT_NAME,APPLICANT_MOBILE,APPLICANT_EMAIL,SUBJECT,DESCRIPTION,AGAINST_MOBILE,STATUS,DISPOSED_ON,FIR_REG_NUM";

/// Code and name of a unit as the source wants them: CCTNS knows stations by seven or eight digits; any other unit is named.
pub(super) fn station(unit: &Unit) -> (&str, &str) {
    let is_station = (7..=8).contains(&unit.code.len()) && unit.code.chars().all(|c| c.is_ascii_digit());
    if is_station { (&unit.code, "") } else { ("", &unit.name_en) }
}

/// When something was filed, in that source's way of writing it.
pub(super) fn filed_at(lake: &Lake) -> String {
    model::time::to_ist(lake.now().timestamp_micros()).map(|t| t.format("%d/%m/%Y %H:%M").to_string()).unwrap_or_default()
}

/// One hand-over at a time, or two officers file the same thing twice.
static HANDING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Hands what somebody wrote over to the police portal: its words and what the officer adds, without who wrote them and where. Gives
/// the complaint's number.
pub async fn hand_over(
    lake: &Lake,
    desk: &Desk,
    who: &governance::Principal,
    item: &str,
    category: &str,
    note: &str,
) -> Result<String, DeskError> {
    let _alone = HANDING.lock().await;
    let found = desk.may_close(who, item).await?;
    let number = format!("SM-{}", desk.store.fresh_id(lake.now()));
    let place = desk.store.unit(&found.unit).await?;
    let (code, named) = station(&place);
    let category = if category == "Tip" { "Tip" } else { "Complaint" };
    let words = [found.body.trim(), note.trim()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n\n");
    let cells = [&number, &filed_at(lake), code, named, category, "", "", "", "From social media", &words, "", "Pending", "", ""];
    keep(lake, "portal.complaint", COMPLAINT, &cells)
        .await
        .map_err(|e| DeskError::Refused(format!("the complaint could not be written down, so this is not done: {e}")))?;
    desk.close_item(who, item, "handed_over", Some(&number), &format!("{category} filed at the portal"), lake.now()).await?;
    Ok(number)
}

/// One value of a CSV line (RFC 4180), which no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let text = text.replace('\r', "");
    let safe = if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text };
    format!("\"{}\"", safe.replace('"', "\"\""))
}

/// One line at a time, or two first ones would both write the header.
static WRITING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Adds a line to the day's file; the first writes the header.
pub(super) async fn keep(lake: &Lake, what: &str, header: &str, cells: &[&str]) -> std::io::Result<()> {
    let day = model::time::to_ist(lake.now().timestamp_micros()).map(|t| t.date().to_string()).unwrap_or_default();
    let folder = lake.home().root().join("portal-in");
    let _alone = WRITING.lock().await;
    tokio::fs::create_dir_all(&folder).await?;
    let path = folder.join(format!("{what}-{day}.csv"));
    let line = cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(",");
    let mut file = tokio::fs::OpenOptions::new().create(true).append(true).open(&path).await?;
    let fresh = file.metadata().await?.len() == 0;
    let text = if fresh { format!("{header}\n{line}\n") } else { format!("{line}\n") };
    file.write_all(text.as_bytes()).await?;
    file.sync_all().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_holds_commas_quotes_and_lines_and_is_no_formula() {
        assert_eq!(cell("a,\"b\"\r\nc"), "\"a,\"\"b\"\"\nc\"");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
    }
}
