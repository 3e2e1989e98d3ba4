//! The page's files, as `make dist` leaves them: those that are there when the service starts, and no others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::failure::Failure;

/// Media types by ending.
const MEDIA_TYPES: [(&str, &str); 12] = [
    ("css", "text/css; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("gz", "application/gzip"),
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json; charset=utf-8"),
    ("log", "text/plain; charset=utf-8"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webmanifest", "application/manifest+json"),
];

/// Files by the path that a request names: nothing of a request becomes a path on disk.
#[derive(Default)]
pub struct Site(BTreeMap<String, PathBuf>);

impl Site {
    /// The files of a folder; links are left out.
    pub fn new(folder: Option<&Path>) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        if let Some(folder) = folder {
            below(folder, "/", &mut files).with_context(|| folder.display().to_string())?;
            let Some(index) = files.get("/index.html").cloned() else {
                bail!("{}: no index.html is there; `make dist` leaves the page in dist", folder.display());
            };
            files.insert("/".into(), index);
        }
        Ok(Self(files))
    }

    /// The file that a request names.
    pub fn answer(&self, uri: &Uri) -> Response {
        let Some(path) = self.0.get(uri.path()) else {
            return Failure::new(StatusCode::NOT_FOUND, "nothing is here; /api says what is").into_response();
        };
        let ending = path.extension().unwrap_or_default();
        let media = MEDIA_TYPES.iter().find(|(known, _)| ending == *known).map(|(_, media)| *media);
        match std::fs::read(path) {
            Ok(bytes) => {
                let media = media.unwrap_or("application/octet-stream");
                ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, "no-cache")], bytes).into_response()
            }
            Err(_) => Failure::new(StatusCode::NOT_FOUND, "the file is gone since the service started").into_response(),
        }
    }

    /// Whether there is a page.
    pub fn has_page(&self) -> bool {
        !self.0.is_empty()
    }
}

fn below(folder: &Path, shown: &str, files: &mut BTreeMap<String, PathBuf>) -> std::io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            below(&entry.path(), &format!("{shown}{name}/"), files)?;
        } else if kind.is_file() {
            files.insert(format!("{shown}{name}"), entry.path());
        }
    }
    Ok(())
}
