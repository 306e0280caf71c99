// Starts the page. A file of its own, because the Content-Security-Policy forbids inline scripts;
// the hashed names of the build come from the script element.
const { js, wasm } = document.querySelector('script[data-js]').dataset;
const { default: init } = await import(js);
await init({ module_or_path: wasm });
