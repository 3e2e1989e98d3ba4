//! One kind of call in, its reply out.

use std::collections::BTreeMap;

use js_sys::{Array, Uint8Array};
use logloupe::error::Error;
use logloupe::protocol::{Call, ReadRule, Reply, Request, Response, VERSION, decode, encode};
use logloupe::rules::sigma::ir::{Body, Rule};
use logloupe::rules::sigma::read::Reader;
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
        Ok(Call { id, version: VERSION, request: Request::Rules { files, placeholders } }) => {
            match read(&files, &placeholders) {
                Ok((rules, packed)) => post(id, Response::Rules(rules), &packed),
                Err(error) => post(id, Response::Failed(error), &[]),
            }
        }
        Ok(call) => {
            let error = Error::Message { message: "this worker reads rules and nothing else".into() };
            post(call.id, Response::Failed(error), &[]);
        }
        Err(error) => post(0, Response::Failed(error), &[]),
    }
}

/// What the files hold, and the rules packed.
fn read(
    files: &[(String, String)],
    placeholders: &BTreeMap<String, Vec<String>>,
) -> Result<(Vec<ReadRule>, Vec<u8>), Error> {
    let mut reader = Reader::new(placeholders);
    for (path, text) in files {
        reader.add(path, text);
    }
    let (rules, files) = reader.finish_with_files();
    let told = rules.iter().zip(files).map(|(rule, file)| told(rule, file)).collect();
    Ok((told, encode(&rules)?))
}

fn told(rule: &Rule, file: u32) -> ReadRule {
    let unsupported = match &rule.body {
        Body::Unsupported(why) => Some(why.clone()),
        Body::Search(_) | Body::Correlation(_) => None,
    };
    ReadRule { id: rule.id.clone(), title: rule.title.clone(), level: rule.level, file, unsupported }
}

fn post(id: u32, response: Response, beside: &[u8]) {
    let Ok(reply) = encode(&Reply { id, response }) else { return };
    let message = Array::of1(&Uint8Array::from(reply.as_slice()));
    if !beside.is_empty() {
        message.push(&Uint8Array::from(beside));
    }
    if scope().post_message(&message).is_err() {
        web_sys::console::error_1(&"a reply could not be posted".into());
    }
}
