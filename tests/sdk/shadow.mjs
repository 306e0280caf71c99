// A lamp and an app that share the lamp's shadow, both through thingShadow: every operation and every event of that
// class. Prints a line for each event, in an order of its own making: each step waits for what it sets off.
// The first argument is what both need to reach the broker, as JSON.

import awsIot from 'aws-iot-device-sdk';

const options = JSON.parse(process.argv[2]);
const THING = 'iPhone-6';

const fail = (error) => {
  console.error(error);
  process.exit(1);
};

/** A client of the shadow whose events wait until somebody asks for them. */
async function join(clientId) {
  const client = awsIot.thingShadow({ ...options, clientId }).on('error', fail);
  const events = {};
  for (const name of ['connect', 'status', 'delta', 'foreignStateChange', 'timeout']) {
    const waiting = { come: [], asked: [] };
    events[name] = waiting;
    client.on(name, (...values) => {
      const ask = waiting.asked.shift();
      ask ? ask(values) : waiting.come.push(values);
    });
  }
  const next = (name) =>
    new Promise((resolve) => {
      const { come, asked } = events[name];
      come.length > 0 ? resolve(come.shift()) : asked.push(resolve);
    });
  await next('connect');
  await new Promise((resolve) => client.register(THING, {}, (error) => (error ? fail(error) : resolve())));
  console.log(clientId, 'registered');
  return { clientId, client, next };
}

/** Carries out an operation and prints what its status is. */
async function ask({ clientId, client, next }, operation, ...values) {
  const token = client[operation](THING, ...values);
  const [thing, status, clientToken, answer] = await next('status');
  if (thing !== THING || clientToken !== token) fail(`${operation}: another one's status`);
  console.log(clientId, operation, status, JSON.stringify(answer.state ?? answer.message ?? null));
}

/** Prints what came of its own. */
async function hear({ clientId, next }, event) {
  const values = await next(event);
  const [operation, answer] = event === 'delta' ? [event, values[1]] : [values[1], values[2]];
  console.log(clientId, event, operation, JSON.stringify(answer.state ?? null));
}

const lamp = await join('lamp');
const app = await join('app');

await ask(app, 'update', { state: { desired: { power: 'on' } } });
await hear(lamp, 'delta');
await hear(lamp, 'foreignStateChange');
await ask(lamp, 'update', { state: { reported: { power: 'on' } } });
await hear(app, 'foreignStateChange');
await ask(app, 'get');
await ask(app, 'update', { state: { desired: 7 } });
await ask(app, 'delete');
await hear(lamp, 'foreignStateChange');
await ask(app, 'get');
process.exit(0);
