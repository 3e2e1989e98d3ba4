//! Three kinds of calls in, their replies out.

use js_sys::{Array, Uint8Array};
use logloupe::error::Error;
use logloupe::protocol::{Call, Reply, Request, Response, VERSION, decode, encode};
use logloupe::report::export;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Installs the handler of messages and says that the worker is up.
pub fn start() {
    console_error_panic_hook::set_once();
    let on_message =
        Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| receive(&Array::from(&event.data())));
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(0, Response::Ready { version: VERSION }, &[]);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn receive(message: &Array) {
    match decode::<Call>(&Uint8Array::new(&message.get(0)).to_vec()) {
        Ok(Call { id, version: VERSION, request }) => match done(request, message) {
            Ok((response, beside)) => post(id, response, &beside),
            Err(error) => post(id, Response::Failed(error), &[]),
        },
        Ok(call) => {
            let message = format!("page speaks version {}, worker {VERSION}", call.version);
            post(call.id, Response::Failed(Error::Message { message }), &[]);
        }
        Err(error) => post(0, Response::Failed(error), &[]),
    }
}

/// What is answered, and the bytes beside.
fn done(request: Request, message: &Array) -> Result<(Response, Vec<u8>), Error> {
    match request {
        Request::Write { report, format, redaction } => {
            Ok((Response::Written, export::write(&report, format, redaction.as_ref())))
        }
        Request::LeftOut { report, redaction } => {
            Ok((Response::LeftOut(export::left_out(&report, &redaction)), Vec::new()))
        }
        Request::Parquet => {
            let rows = Uint8Array::new(&message.get(1)).to_vec();
            Ok((Response::Written, export::parquet(&rows)?))
        }
        _ => Err(Error::Message { message: "this worker writes documents and nothing else".into() }),
    }
}

fn post(id: u32, response: Response, beside: &[u8]) {
    let Ok(reply) = encode(&Reply { id, response }) else { return };
    let message = Array::of1(&Uint8Array::from(reply.as_slice()));
    let transfer = Array::new();
    if !beside.is_empty() {
        let bytes = Uint8Array::from(beside);
        transfer.push(&bytes.buffer());
        message.push(&bytes);
    }
    if scope().post_message_with_transfer(&message, &transfer).is_err() {
        web_sys::console::error_1(&"a reply could not be posted".into());
    }
}
