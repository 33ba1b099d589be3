// npm "@clickhouse/client" against ClickHouse's HTTP interface. Arguments: URL, then user and password of who may insert, then of who has small limits.
// Prints one line per thing tried.
import { Readable } from 'node:stream';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';

const [url, writer, writerPassword, limited, limitedPassword] = process.argv.slice(2);
const log = { level: ClickHouseLogLevel.OFF }; // errors are printed here
const reader = createClient({ url, log });
const ingest = createClient({ url, log, username: writer, password: writerPassword, compression: { request: true, response: true } });
const small = createClient({ url, log, username: limited, password: limitedPassword });

async function refusal(work) {
  try {
    await work();
    return 'not refused';
  } catch (error) {
    return `${error.code} ${error.type}`;
  }
}

const rows = async (client, query, options = {}) => (await client.query({ query, format: 'JSONEachRow', ...options })).json();

console.log('ping', (await reader.ping()).success);
console.log('JSONEachRow', JSON.stringify(await rows(reader, 'SELECT number AS n, toString(n) AS s FROM system.numbers LIMIT 2')));
console.log('CSV', JSON.stringify(await (await reader.query({ query: "SELECT 1, 'a,b'", format: 'CSV' })).text()));

const { stream: parquet } = await reader.exec({ query: 'SELECT number FROM numbers(100000) FORMAT Parquet' });
const file = Buffer.concat(await parquet.toArray());
console.log('Parquet', file.subarray(0, 4).toString(), file.subarray(-4).toString());

const parameters = { t: "it's \\ a\ttext\n", n: 41, list: ['a', "b'c"], at: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)) };
const [echo] = await rows(reader, 'SELECT {t:String} AS t, {n:UInt8} + 1 AS n, {list:Array(String)} AS list, {at:DateTime64(3)} AS at', { query_params: parameters });
console.log('parameters', echo.t === parameters.t, echo.n, echo.list, echo.at);

const token = { insert_deduplication_token: 'npm 1' };
for (let i = 0; i < 2; i++) {
  await ingest.insert({ table: 'iot.ledger', values: [{ site: 'npm', gateway: 'g', epoch: '1', seq: '5' }], format: 'JSONEachRow', clickhouse_settings: token });
}
const lines = Readable.from((function* () { for (let i = 0; i < 20_000; i++) yield `npm-stream,g,${i},1,1\n`; })(), { objectMode: false });
await ingest.insert({ table: 'iot.unfinished', columns: ['site', 'gateway', 'epoch', 'month', 'seq'], values: lines, format: 'CSV' });
console.log('insert', (await rows(ingest, "SELECT count() AS n FROM iot.ledger WHERE site = 'npm'"))[0].n, (await rows(ingest, "SELECT count() AS n FROM iot.unfinished WHERE site = 'npm-stream'"))[0].n);

const session_id = `npm-${process.pid}`;
await reader.command({ query: 'CREATE TEMPORARY TABLE mine (n UInt64)', session_id });
await reader.insert({ table: 'mine', values: [{ n: 7 }, { n: 8 }], format: 'JSONEachRow', session_id });
console.log('session', (await rows(reader, 'SELECT sum(n) AS n FROM mine', { session_id }))[0].n);

let ends = 0;
const { stream } = await reader.exec({ query: 'SELECT number, number * 1.5, toString(number) FROM numbers(10000000) FORMAT TSV' });
for await (const part of stream) {
  for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) ends++;
}
console.log('stream', ends);

const endless = await reader.query({ query: 'SELECT number FROM system.numbers', format: 'JSONEachRow' });
for await (const some of endless.stream()) {
  if (some.length > 0) break;
}
endless.close();

const abort = new AbortController();
const aborted = reader.query({ query: 'SELECT count() FROM system.numbers WHERE sipHash64(number) = 1', abort_signal: abort.signal });
setTimeout(() => abort.abort(), 200);
console.log('abort', await aborted.catch((error) => error.message));

console.log('bad SQL', await refusal(() => rows(reader, 'SELECT FROM WHERE')));
console.log('no table', await refusal(() => rows(reader, 'SELECT * FROM iot.nothing')));
console.log('wrong password', await refusal(() => rows(createClient({ url, log, username: writer, password: 'wrong' }), 'SELECT 1')));
console.log('rows', await refusal(() => rows(small, 'SELECT number FROM numbers(1000000)')));
console.log('memory', await refusal(() => rows(small, 'SELECT length(groupArray(toString(number))) FROM numbers(100000000)')));
console.log('time', await refusal(() => rows(small, 'SELECT count() FROM system.numbers WHERE sipHash64(number) = 1', { clickhouse_settings: { max_execution_time: 1 } })));
console.log('writing', await refusal(() => small.command({ query: 'TRUNCATE TABLE iot.ledger' })));
await Promise.all([reader.close(), ingest.close(), small.close()]);
console.log('bye');
