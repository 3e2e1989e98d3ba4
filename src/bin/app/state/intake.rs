//! Files and whole folders out of a drop or a file input, each with its path.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FilePropertyBag, FileSystemDirectoryEntry, FileSystemDirectoryReader,
    FileSystemEntry, FileSystemFileEntry, HtmlInputElement, Response,
};

/// The sample that comes with the page.
const SAMPLE: &str = "shop-access.log";

/// A file that was chosen, and the path by which the user knows it.
#[derive(Clone)]
pub struct Chosen {
    /// Folder and name.
    pub path: String,
    /// The browser's handle.
    pub file: File,
}

/// The files of an input element; one for folders gives paths. The input is emptied, so that the same can be chosen again.
pub fn of_input(input: &HtmlInputElement) -> Vec<Chosen> {
    let chosen = input.files().map(|files| of_list(&files)).unwrap_or_default();
    input.set_value("");
    chosen
}

fn of_list(files: &FileList) -> Vec<Chosen> {
    (0..files.length()).filter_map(|at| files.get(at)).map(|file| Chosen { path: path_of(&file), file }).collect()
}

fn path_of(file: &File) -> String {
    let relative = js_sys::Reflect::get(file, &"webkitRelativePath".into()).ok().and_then(|path| path.as_string());
    relative.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
}

/// What a drop brings, read while the event is still there; [`of_entries`] walks the folders afterwards.
pub fn entries(transfer: &DataTransfer) -> (Vec<FileSystemEntry>, Vec<Chosen>) {
    let items = transfer.items();
    let entries: Vec<FileSystemEntry> = (0..items.length())
        .filter_map(|at| items.get(at))
        .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
        .collect();
    let files = transfer.files().map(|files| of_list(&files)).unwrap_or_default();
    (entries, files)
}

/// All files under the entries; hidden files of systems are left out.
pub async fn of_entries(entries: Vec<FileSystemEntry>) -> Vec<Chosen> {
    let mut left = entries;
    let mut chosen = Vec::new();
    while let Some(entry) = left.pop() {
        if entry.name().starts_with('.') {
            continue;
        }
        if entry.is_directory() {
            left.extend(children(entry.unchecked_into()).await);
        } else if let Some(file) = file_of(entry.unchecked_ref()).await {
            chosen.push(Chosen { path: entry.full_path().trim_start_matches('/').to_owned(), file });
        }
    }
    chosen
}

/// All entries of a folder: the browser gives at most a hundred at a time.
async fn children(folder: FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader: FileSystemDirectoryReader = folder.create_reader();
    let mut all = Vec::new();
    loop {
        let promise = js_sys::Promise::new(&mut |resolve, reject| {
            // A folder that cannot be read is an empty one: the files that can be read are still of use.
            let _ = reader.read_entries_with_callback_and_callback(&resolve, &reject);
        });
        let batch = JsFuture::from(promise).await.map(|batch| js_sys::Array::from(&batch)).unwrap_or_default();
        if batch.length() == 0 {
            return all;
        }
        all.extend(batch.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
    }
}

async fn file_of(entry: &FileSystemFileEntry) -> Option<File> {
    let promise = js_sys::Promise::new(&mut |resolve, reject| entry.file_with_callback_and_callback(&resolve, &reject));
    JsFuture::from(promise).await.ok().map(JsCast::unchecked_into)
}

/// The sample, fetched from where the page comes from, before any log is here.
pub async fn sample() -> Result<Vec<Chosen>, String> {
    fetch_sample().await.map_err(|_| "The sample could not be loaded from where this page comes from.".to_owned())
}

async fn fetch_sample() -> Result<Vec<Chosen>, JsValue> {
    let address = format!("./sample/{SAMPLE}");
    let response: Response = JsFuture::from(window().fetch_with_str(&address)).await?.unchecked_into();
    if !response.ok() {
        return Err(JsValue::from(response.status()));
    }
    let blob = JsFuture::from(response.blob()?).await?;
    let options = FilePropertyBag::new();
    options.set_type("text/plain");
    let file = File::new_with_blob_sequence_and_options(&js_sys::Array::of1(&blob), SAMPLE, &options)?;
    Ok(vec![Chosen { path: SAMPLE.to_owned(), file }])
}
