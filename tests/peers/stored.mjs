// npm "@clickhouse/client" as the judge of what ingest stored. Arguments: URL, a site, a file with the readings that were sent: one a line, as a JSON array of texts
// (gateway, epoch, seq, asset, point, milliseconds, value), in the order of gateway, epoch, seq, milliseconds. Prints one line per thing looked at.
import { readFileSync } from 'node:fs';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';

const [url, site, file] = process.argv.slice(2);
const sent = readFileSync(file, 'utf8').trimEnd().split('\n');
const client = createClient({ url, log: { level: ClickHouseLogLevel.OFF } });
const ask = async (query) => (await (await client.query({ query, format: 'JSONEachRow', query_params: { site } })).json())[0];

const { n, distinct } = await ask('SELECT count() AS n, uniqExact(gateway, epoch, seq, asset, point, ts) AS distinct FROM iot.readings WHERE site = {site:String}');
console.log('rows', n - sent.length, 'too many,', distinct - n, 'doubled');

let at = 0;
let different = 0;
const stored = await client.query({
  query: `SELECT gateway, epoch, seq, asset, point, toUnixTimestamp64Milli(ts), value FROM iot.readings WHERE site = {site:String} AND quality = 0
          ORDER BY gateway, epoch, seq, ts`,
  format: 'JSONCompactEachRow',
  query_params: { site },
});
for await (const rows of stored.stream()) {
  for (const row of rows) {
    if (JSON.stringify(row.json().map(String)) !== sent[at++]) different++;
  }
}
console.log('values', at - sent.length, 'too many,', different, 'other than sent');

const { late } = await ask(`SELECT countIf(batch < before) AS late FROM
  (SELECT batch, lagInFrame(batch) OVER (PARTITION BY gateway, epoch ORDER BY seq) AS before FROM iot.frames WHERE site = {site:String})`);
console.log('frames', late, 'out of order');

for (const slot of ['minute', 'hour']) {
  const { readings } = await ask(`SELECT sum(readings) AS readings FROM iot.readings_by_${slot} WHERE site = {site:String}`);
  console.log('by', slot, readings - sent.length, 'too many');
}
await client.close();
