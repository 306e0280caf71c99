// The subscriber and the publisher of the article, in one process: what one publishes the other one prints.
// The first argument is what both need to reach the broker, as JSON.

import awsIot from 'aws-iot-device-sdk';

const options = JSON.parse(process.argv[2]);

const fail = (error) => {
  console.error(error);
  process.exit(1);
};
// Left to itself the library would try again for ever.
const device = (clientId) =>
  awsIot.device({ ...options, clientId }).on('error', fail).on('close', () => fail('closed'));

const subscriber = device('clientid1');
subscriber.on('connect', () => {
  console.log('connect');
  subscriber.subscribe('topic_1', { qos: 1 }, (error) => (error ? fail(error) : publish()));
});
subscriber.on('message', (topic, payload) => {
  console.log('message', topic, payload.toString());
  process.exit(0);
});

function publish() {
  const publisher = device('clientid2');
  publisher.on('connect', () => {
    console.log('connect');
    publisher.publish('topic_1', 'Hello mqtt\n\n', { qos: 1 });
  });
}
