// npm "mqtt" comes back to a session that stays. Arguments: URL, protocol version (4 or 5).
// Prints "ready" once subscribed and gone; then a line on its standard input sends it back, and it prints what had waited.
import { once } from 'node:events';
import mqtt from 'mqtt';

const [url, version] = process.argv.slice(2);
const options = {
  protocolVersion: Number(version),
  reconnectPeriod: 0,
  clientId: 'npm-session',
  clean: false,
  ...(version === '5' ? { properties: { sessionExpiryInterval: 300 } } : {}),
};
const first = await mqtt.connectAsync(url, options);
await first.subscribeAsync('jobs/#', { qos: 2 });
await first.endAsync();
console.log('ready');
await once(process.stdin, 'data');

const second = mqtt.connect(url, options);
second.on('connect', (connAck) => console.log(`present ${connAck.sessionPresent}`));
let count = 0;
second.on('message', async (topic, payload) => {
  console.log(`${topic} ${payload}`);
  if (++count === 3) {
    await second.endAsync();
    process.exit(0);
  }
});
