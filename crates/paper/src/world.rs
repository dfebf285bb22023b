//! What typst sees while it sets a paper: the template, its data, the fonts. No file, no network, no clock.

use serde::Serialize;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::{Fonts, PaperError};

struct Press<'a> {
    library: LazyHash<Library>,
    fonts: &'a Fonts,
    main: Source,
    data: FileId,
    json: Bytes,
}

impl World for Press<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data { Ok(self.json.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Sets `data` in a template.
pub(crate) fn print(template: &'static str, text: &str, data: &impl Serialize, fonts: &Fonts) -> Result<Vec<u8>, PaperError> {
    let wrong = |why: String| PaperError::Typesetting { template, why };
    let id = |path: &str| {
        let path = VirtualPath::new(path).map_err(|e| wrong(format!("{e:?}")))?;
        Ok::<_, PaperError>(RootedPath::new(VirtualRoot::Project, path).intern())
    };
    let press = Press {
        library: LazyHash::new(Library::default()),
        fonts,
        main: Source::new(id("paper.typ")?, text.to_owned()),
        data: id("data.json")?,
        json: Bytes::new(serde_json::to_vec(data)?),
    };
    let told =
        |all: &[typst::diag::SourceDiagnostic]| wrong(all.iter().map(|d| d.message.to_string()).collect::<Vec<_>>().join("; "));
    let document = typst::compile::<PagedDocument>(&press).output.map_err(|all| told(&all))?;
    typst_pdf::pdf(&document, &PdfOptions::default()).map_err(|all| told(&all))
}
