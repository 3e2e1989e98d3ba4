//! What the single-file page unpacks its parts with: LZMA in, bytes out. A browser by itself only undoes gzip, which would
//! make that file a third larger.

#[cfg(target_arch = "wasm32")]
mod wasm {
    use std::io::Read;

    use wasm_bindgen::prelude::wasm_bindgen;

    /// The bytes of an `.lzma` stream.
    ///
    /// # Errors
    /// What is damaged, in words.
    #[wasm_bindgen]
    pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut reader = lzma_rust2::LzmaReader::new_mem_limit(packed, u32::MAX, None).map_err(|e| e.to_string())?;
        reader.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        Ok(bytes)
    }
}

fn main() {}
