// Makes the events of a product from prompts, and reads files as plain DuckDB does.
// usage: node events.mjs make PROMPTS.parquet FOLDER ROWS   events.parquet, .csv and .jsonl, more.jsonl
//        node events.mjs small EVENTS.jsonl FOLDER FILES    FILES small .jsonl files of its first events
//        node events.mjs read 'FILES' WAREHOUSE THREADS     reads them into one table
// needs the npm package @duckdb/node-api
import { createReadStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';

const EVENTS_OF_A_FILE = 20;

// Requests of $rows prompts from number $first on. Each value is a function of the row's number.
const events = (prompts, first, rows) => `
  SELECT 'req_' || r AS request_id, user_name AS user_id, 'conv_' || (h // 6 % 400000) AS conversation,
         strftime("timestamp" + to_milliseconds(r % 60000), '%Y-%m-%dT%H:%M:%S.%gZ') AS created_at,
         200 + h % 30000 AS latency_ms,
         CASE h % 25 WHEN 0 THEN 'timeout' WHEN 1 THEN 'content_policy_violation' WHEN 2 THEN 'rate_limited'
              WHEN 3 THEN 'failed' WHEN 4 THEN 'canceled' ELSE 'succeeded' END AS status,
         (h % 90000 / 1000000)::DECIMAL(12, 6) AS cost_usd, (h % 7 // 5)::INTEGER AS retries,
         CASE h % 9 WHEN 0 THEN 5 WHEN 1 THEN 1 END AS rating, h % 3 = 0 AS downloaded,
         prompt, 'no text' AS negative_prompt, ['sdxl', 'flux-dev', 'sd-3.5', 'flux-pro'][1 + h % 4] AS model,
         width, height, step AS steps, cfg AS cfg_scale, seed, 1 + h % 4 AS num_images,
         ['basic', 'gold', 'team'][1 + u % 3] AS plan, ['DE', 'FR', 'US', 'JP', 'BR', 'IN'][1 + u % 6] AS country,
         ['ios', 'android', 'web'][1 + u % 3] AS platform
  FROM (SELECT *, (hash(r) % 1000003)::BIGINT AS h, (hash(user_name) % 1000003)::BIGINT AS u
        FROM (SELECT *, ${first} + row_number() OVER () AS r FROM '${prompts}' LIMIT ${rows}))
  ORDER BY r`;

const [task, ...given] = process.argv.slice(2);
if (task === 'make') {
  const [prompts, folder, rows] = given;
  mkdirSync(folder, { recursive: true });
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run(`COPY (${events(prompts, 0, rows)}) TO '${folder}/events.parquet' (FORMAT parquet)`);
  for (const [name, format] of [['csv', 'csv, HEADER'], ['jsonl', 'json']]) {
    await db.run(`COPY (FROM '${folder}/events.parquet') TO '${folder}/events.${name}' (FORMAT ${format})`);
  }
  await db.run(`COPY (${events(prompts, rows, 10000)}) TO '${folder}/more.parquet' (FORMAT parquet)`);
} else if (task === 'small') {
  const [source, folder, files] = given;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let lines = [], file = 0;
  for await (const line of createInterface({ input: createReadStream(source) })) {
    lines.push(line);
    if (lines.length < EVENTS_OF_A_FILE) continue;
    const day = `${folder}/day=${String(Math.floor(file / 100)).padStart(3, '0')}`;
    if (file % 100 === 0) mkdirSync(day);
    writeFileSync(`${day}/${String(file).padStart(5, '0')}.jsonl`, `${lines.join('\n')}\n`);
    lines = [];
    if (++file === Number(files)) break;
  }
} else {
  const [files, warehouse, threads] = given;
  rmSync(warehouse, { force: true });
  const db = await (await DuckDBInstance.create(warehouse, { threads })).connect();
  await db.run(`CREATE TABLE events AS FROM '${files}'`);
  await db.run('CHECKPOINT');
}
