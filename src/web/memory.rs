//! Bytes that outlive the tab, in the browser's private file system. One thing at a time, in the order of asking. A
//! file is replaced whole when it is closed: a tab that dies in the middle leaves the old one, and of two tabs the last
//! one wins.

use std::cell::RefCell;
use std::collections::VecDeque;

use bytes::Bytes;
use js_sys::{Array, ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, FileSystemDirectoryHandle, FileSystemFileHandle,
    FileSystemGetFileOptions, FileSystemWritableFileStream,
};

/// What is to be done with a place.
pub(super) enum Task {
    Recall { place: String },
    Remember { place: String, bytes: Bytes },
}

/// Of the whole worker.
#[derive(Default)]
pub(super) struct Memory {
    tasks: RefCell<VecDeque<Task>>,
    busy: RefCell<bool>,
}

/// What became of a task, as the engine wants to hear it: the place, and [`crate::engine::Input::Recalled`]'s bytes.
pub(super) type Told = (String, Option<Bytes>);

impl Memory {
    pub(super) fn add(&self, task: Task) {
        self.tasks.borrow_mut().push_back(task);
    }

    /// Does everything that waits, unless somebody is at it already.
    pub(super) async fn work(&self, scope: &DedicatedWorkerGlobalScope, tell: impl Fn(Told)) {
        if self.busy.replace(true) {
            return;
        }
        loop {
            let task = self.tasks.borrow_mut().pop_front();
            match task {
                Some(Task::Recall { place }) => {
                    let bytes = load(scope, &place).await.ok();
                    tell((place, bytes));
                }
                Some(Task::Remember { place, bytes }) => {
                    if save(scope, &place, &bytes).await.is_err() {
                        tell((place, None));
                    }
                }
                None => break,
            }
        }
        self.busy.replace(false);
    }
}

async fn load(scope: &DedicatedWorkerGlobalScope, place: &str) -> Result<Bytes, JsValue> {
    let folder = folder(scope).await?;
    let file = match JsFuture::from(folder.get_file_handle(place)).await {
        Ok(file) => file.dyn_into::<FileSystemFileHandle>()?,
        Err(fault) if is_not_found(&fault) => return Ok(Bytes::new()),
        Err(fault) => return Err(fault),
    };
    // Without it nothing could be kept: to say that it is would be wrong.
    if Reflect::get(&file, &"createWritable".into())?.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    let file: Blob = JsFuture::from(file.get_file()).await?.dyn_into()?;
    let buffer: ArrayBuffer = JsFuture::from(file.array_buffer()).await?.dyn_into()?;
    Ok(Uint8Array::new(&buffer).to_vec().into())
}

async fn save(
    scope: &DedicatedWorkerGlobalScope,
    place: &str,
    bytes: &[u8],
) -> Result<(), JsValue> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(true);
    let folder = folder(scope).await?;
    let file = folder.get_file_handle_with_options(place, &options);
    let file: FileSystemFileHandle = JsFuture::from(file).await?.dyn_into()?;
    if Reflect::get(&file, &"createWritable".into())?.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    let stream = JsFuture::from(file.create_writable()).await?;
    let stream: FileSystemWritableFileStream = stream.dyn_into()?;
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes)))?;
    JsFuture::from(stream.write_with_blob(&blob)?).await?;
    JsFuture::from(stream.close()).await?;
    Ok(())
}

/// An error where the page came over plain http from another machine, and where a person lets nothing be kept.
async fn folder(scope: &DedicatedWorkerGlobalScope) -> Result<FileSystemDirectoryHandle, JsValue> {
    let storage = Reflect::get(&scope.navigator(), &"storage".into())?;
    if storage.is_undefined() || Reflect::get(&storage, &"getDirectory".into())?.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    let folder = scope.navigator().storage().get_directory();
    JsFuture::from(folder).await?.dyn_into()
}

fn is_not_found(fault: &JsValue) -> bool {
    let fault = fault.dyn_ref::<web_sys::DomException>();
    fault.is_some_and(|fault| fault.name() == "NotFoundError")
}
