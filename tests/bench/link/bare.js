// Opens the WebSocket, says just enough MQTT to be sent to, and from then on only counts bytes: what Chromium gives
// at most. On the page, or in a worker where the page's address says so.
const CONNECT = new Uint8Array([0x10, 16, 0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, 4, 98, 97, 114, 101]);
const SUBSCRIBE = new Uint8Array([0x82, 6, 0, 1, 0, 1, 35, 0]);
const PACKET = 120;

let bytes = 0;

function listen(url) {
  const socket = new WebSocket(url, 'mqtt');
  let answers = 0;
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => socket.send(CONNECT);
  socket.onmessage = ({ data }) => {
    if (answers === 2) bytes += data.byteLength;
    // CONNACK, then SUBACK.
    else if (++answers === 1) socket.send(SUBSCRIBE);
  };
}

const received = () => bytes / PACKET;

if (globalThis.document === undefined) {
  onmessage = ({ data }) => (data ? listen(data) : postMessage(received()));
} else {
  const query = new URLSearchParams(location.search);
  if (query.has('worker')) {
    // The page asks once a frame, with one question under way, as a dashboard would.
    const worker = new Worker('bare.js');
    worker.postMessage(query.get('broker'));
    const ask = () => requestAnimationFrame(() => worker.postMessage(null));
    worker.onmessage = ({ data }) => {
      globalThis.received = data;
      ask();
    };
    ask();
  } else {
    listen(query.get('broker'));
    Object.defineProperty(globalThis, 'received', { get: received });
  }
}
