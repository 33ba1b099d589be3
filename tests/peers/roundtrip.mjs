// npm "mqtt" against a broker. Arguments: URL, protocol version (4 or 5), QoS, and optionally a CA file.
// Subscribes, publishes to itself and prints what came back; "bye" after a clean end.
import { readFileSync } from 'node:fs';
import mqtt from 'mqtt';

const [url, version, qos, ca] = process.argv.slice(2);
const client = await mqtt.connectAsync(url, {
  protocolVersion: Number(version),
  reconnectPeriod: 0,
  connectTimeout: 8000,
  clientId: `npm-${process.pid}`,
  ...(ca ? { ca: readFileSync(ca) } : {}),
});
const granted = await client.subscribeAsync('yard/+/state', { qos: Number(qos) });
console.log(`granted ${granted[0].qos}`);

const received = new Promise((resolve) => client.once('message', (topic, payload, packet) => resolve({ topic, payload, packet })));
await client.publishAsync('yard/7/state', 'x'.repeat(100_000), {
  qos: Number(qos),
  ...(version === '5' ? { properties: { contentType: 'text', userProperties: { why: 'test' }, responseTopic: 'answer' } } : {}),
});
const { topic, payload, packet } = await received;
console.log(`${topic} ${packet.qos} ${payload.length} ${packet.properties?.contentType ?? '-'} ${packet.properties?.userProperties?.why ?? '-'}`);
await client.unsubscribeAsync('yard/+/state');
await client.endAsync();
console.log('bye');
