//! Small texts that survive a reload. Never a secret.

fn store() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// `None` when nothing is stored under `key`, or the browser forbids storage.
pub fn load(key: &str) -> Option<String> {
    store()?.get_item(&format!("gnomon.{key}")).ok()?
}

/// Storage may be full or forbidden: then the page forgets, and works on.
pub fn save(key: &str, value: &str) {
    if let Some(store) = store() {
        let _ = store.set_item(&format!("gnomon.{key}"), value);
    }
}

pub fn remove(key: &str) {
    if let Some(store) = store() {
        let _ = store.remove_item(&format!("gnomon.{key}"));
    }
}
