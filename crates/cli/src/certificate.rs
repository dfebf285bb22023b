//! The certificate that goes with an electronic record to court, as PDF.

use std::path::PathBuf;
use std::process::ExitCode;

use lake::LakeError;
use paper::{Language, PaperError};

use crate::args::Args;
use crate::bring::open;
use crate::look::access;
use crate::output::{self, say};

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["object", "export"])))]
pub struct Certificate {
    /// SHA-256 of a received file.
    pub object: Option<String>,
    /// Manifest of an export (`sarovar export` writes it beside the file).
    #[arg(long, value_name = "MANIFEST")]
    pub export: Option<PathBuf>,
    /// The PDF to write.
    #[arg(short, long, value_name = "FILE.pdf")]
    pub out: PathBuf,
    #[arg(long, default_value = "hi", value_parser = ["hi", "en"])]
    pub lang: String,
}

pub async fn run(args: &Args, c: &Certificate) -> Result<ExitCode, LakeError> {
    let paper = |e: PaperError| LakeError::Invalid(e.to_string());
    let language: Language = c.lang.parse().map_err(paper)?;
    let fonts = server::certificate::fonts().map_err(paper)?;
    let lake = open(args).await?;
    let access = access(args, None)?;
    let certificate = match (&c.object, &c.export) {
        (Some(object), _) => server::certificate::of_object(&lake, &access, object).await?,
        (None, Some(manifest)) => server::certificate::of_export(&lake, &access, manifest).await?,
        (None, None) => return Err(LakeError::Invalid("name a received file, or a manifest with --export".into())),
    };
    let pdf = certificate.pdf(language, &fonts).map_err(paper)?;
    std::fs::write(&c.out, pdf).map_err(|source| LakeError::Io { action: "writing", path: c.out.clone(), source })?;
    say(&format!(
        "{}: {} record(s), {} received file(s); names, device and signatures are filled in by hand",
        c.out.display(),
        certificate.records.len(),
        certificate.origins.len()
    ));
    output::records(&certificate.records, args.format)?;
    Ok(ExitCode::SUCCESS)
}
