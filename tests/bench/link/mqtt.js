// What a dashboard on MQTT.js does at the least: decodes, parses, and keeps the newest position of each device.
globalThis.received = 0;

const latest = new Map();
const client = mqtt.connect(new URLSearchParams(location.search).get('broker'), {
  protocolVersion: 4,
  keepalive: 0,
  reconnectPeriod: 0,
});
client.on('connect', () => client.subscribe('fleet/+/location'));
client.on('message', (topic, payload) => {
  latest.set(topic.split('/')[1], JSON.parse(payload.toString()));
  globalThis.received += 1;
});
