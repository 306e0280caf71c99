// Starts the engine: the page makes a classic worker of this file.
importScripts('./engine.js');
wasm_bindgen({ module_or_path: './engine_bg.wasm' });
