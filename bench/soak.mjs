// See bench/soak, which sets up what this needs.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..");
const gsa = process.env.GSA ?? join(root, "build/release/gsa");

const usage = `usage: bench/soak [OPTION…]
  --minutes N       duration (default: 1)
  --dashboards N    number of dashboards that are open and clicked on (default: 50)
  --attackers N     number of clients that send queries, one after the other (default: 3)
  --rows N          number of generations (default: 100000)
  --warehouse FILE  an existing one, instead of making one in build/soak
  GSA               a program to use instead of build/release/gsa`;
const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    dashboards: { type: "string", default: "50" },
    attackers: { type: "string", default: "3" },
    rows: { type: "string", default: "100000" },
    warehouse: { type: "string" },
    help: { type: "boolean" },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}

const kLimits = {
  p95: 500, // ms, of the pages' requests
  growth: 1.25, // growth of the server's memory from the first third to the last
  slack: 48e6, // bytes that it may grow in addition
  late: 1500, // ms after the 30 s limit or a cancel, for a client on a busy machine
};
const kThink = [1000, 4000]; // ms between clicks
const kWindow = 10_000; // ms per line of the table

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ascending = (list) => [...list].sort((a, b) => a - b);
const quantile = (list, share) =>
  list.length ? ascending(list)[Math.ceil(share * list.length) - 1] : 0;
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

/** The same sequence with every run. */
function random(seed) {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state >>> 0) % below;
  };
}

// ---------------------------------------------------------------- what the clients send

const times = 400;
const text = "a".repeat(9900);
const nested = (depth) => "[".repeat(depth) + "]".repeat(depth);
const kAttacks = [
  "SELECT cume_dist(ORDER BY b) OVER (ORDER BY a ROWS BETWEEN 3 FOLLOWING AND 1 FOLLOWING) FROM (VALUES (1,3),(2,2),(3,1)) t(a,b)",
  `select '${nested(45_000)}'::json::variant`,
  "select count(v::varchar) from (select case when range % 10000 = 77 then (repeat('[', (50000 + range % 2)::int) || repeat(']', (50000 + range % 2)::int))::json::variant end as v from range(1000000))",
  `select s||s||s||s like '%_a%_a%_a%_a%_a%_a%_a%_b' from (values ('${text}')) t(s)`,
  `select max(concat(${Array(times).fill("s").join(", ")})) ~~~ '*a*a*a*a*a*a*a*a*ab' from (values ('${text}')) t(s)`,
  `select length([${Array(4000).fill("s").join(",")}]) from (select repeat('x', 4000000) as s)`,
  "select count(*) from (select distinct md5(range::varchar) from range(1000000000))",
  "select max(s) from (select md5(a.range::varchar) as s, row_number() over (order by s) as n from range(1000000000) a) where n > 0",
  "with recursive t(n) as (select 1 union all select n + 1 from t) select max(n) from t",
  "select list_sum(list_transform(range(100000), x -> list_sum(list_transform(range(100000), y -> x * y))))",
  "select regexp_matches(repeat('a', 50000000), '(a|aa|aaa){1,900}b')",
  "select length(repeat('x', 1000000000) || repeat('y', 1000000000))",
  "select len(list(a.range)) from range(1000000000) a",
  "select * from read_text('/etc/passwd')",
  "select * from glob('/**')",
  "from enable_logging()",
  "select * from duckdb_settings()",
];
const kPages = [
  ["GET", "/api/catalog"],
  ["POST", "/api/metrics", { queries: [{ measures: ["friction"], dimensions: ["tier"] }] }],
  ["POST", "/api/metrics", { queries: [{ measures: ["friction", "success_rate"], grain: "day" }] }],
  ["POST", "/api/metrics", { queries: [{ measures: ["cost"], dimensions: ["model", "status"] }] }],
  ["POST", "/api/histogram", { range: "friction", split_by: "tier" }],
  ["POST", "/api/top-users", {}],
  ["POST", "/api/funnel", { dimension: "tier" }],
  ["GET", "/api/sessions?limit=50"],
  ["GET", "/api/runs"],
  ["GET", "/api/dictionary"],
];
const kTiers = ["free", "pro", "enterprise"];

let port = 0;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1000 });

/** {status, body, ms}; `leaveAfter` closes the connection then. */
function ask(method, path, body, leaveAfter) {
  return new Promise((resolve) => {
    const begun = performance.now();
    const done = (status, text) => resolve({ status, body: text, ms: performance.now() - begun });
    const headers = body ? { "content-type": "application/json" } : {};
    const request = http.request({ port, host: "127.0.0.1", method, path, headers, agent }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => done(answer.statusCode, Buffer.concat(parts).toString()));
      answer.on("error", () => done(0, "cut off"));
    });
    request.on("error", (error) => done(0, error.message));
    if (leaveAfter) setTimeout(() => request.destroy(), leaveAfter);
    request.end(body && JSON.stringify(body));
  });
}

const ended = { at: Infinity };
const goesOn = () => Date.now() < ended.at;
const pages = []; // {at, ms} for requests of the pages
const failures = [];
const outcomes = new Map(); // code of an attack -> how often

async function dashboard(number) {
  const draw = random(number);
  const stream = http.get({ port, host: "127.0.0.1", path: "/api/events", agent: new http.Agent() });
  stream.on("response", (answer) => answer.resume());
  stream.on("error", () => {});
  await sleep(draw(kThink[1]));
  while (goesOn()) {
    // A click requests all charts of a page at once.
    const filters = draw(2) ? { tier: { in: [kTiers[draw(3)]] } } : {};
    const first = draw(kPages.length);
    await Promise.all(
      [0, 1, 2].map(async (i) => {
        const [method, path, body] = kPages[(first + i) % kPages.length];
        const filtered = body?.queries
          ? { queries: body.queries.map((query) => ({ ...query, filters })) }
          : body;
        const { status, body: answer, ms } = await ask(method, path, filtered);
        pages.push({ at: Date.now(), ms });
        if (status !== 200) failures.push(`${method} ${path}: ${status} ${answer.slice(0, 200)}`);
      }),
    );
    await sleep(kThink[0] + draw(kThink[1] - kThink[0]));
  }
  stream.destroy();
}

async function attacker(number) {
  const draw = random(1000 + number);
  for (let i = number * 5; goesOn(); ++i) {
    const sql = kAttacks[i % kAttacks.length];
    const id = `soak-${number}-${i}`;
    const way = draw(3);
    const cancelAfter = 200 + draw(3000);
    if (way === 0) setTimeout(() => ask("DELETE", `/api/sql/${id}`), cancelAfter);
    const answer = await ask("POST", "/api/sql", { sql, id }, way === 1 ? cancelAfter : 0);
    const code = answer.status === 0 ? "left" : answer.status === 200 ? "answered" : codeOf(answer);
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
    const limit = (way === 2 ? 30_000 : cancelAfter) + kLimits.late;
    if (answer.ms > limit) failures.push(`${Math.round(answer.ms)} ms for ${sql.slice(0, 80)}`);
    if (/Stack Trace|\.so\(|\/tmp\/|\/proc\//.test(answer.body)) {
      failures.push(`tells too much: ${answer.body.slice(0, 300)}`);
    }
    if (code === "busy") await sleep(100);
  }
}

function codeOf(answer) {
  try {
    return JSON.parse(answer.body).code;
  } catch {
    return `${answer.status}`;
  }
}

// ---------------------------------------------------------------- memory and disk

function resident(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096;
  } catch {
    return 0; // the process has ended
  }
}

function childrenOf(pid) {
  const children = new Set();
  try {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const list = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8");
      for (const child of list.split(" ")) if (child.trim()) children.add(Number(child));
    }
  } catch {
    // The thread has ended.
  }
  return [...children];
}

async function watch(pid, samples) {
  while (goesOn()) {
    const children = childrenOf(pid);
    samples.push({
      at: Date.now(),
      server: resident(pid),
      workers: children.reduce((sum, child) => sum + resident(child), 0),
      count: children.length,
    });
    await sleep(500);
  }
}

const median = (list) => quantile(list, 0.5);

function table(begun, samples) {
  console.log("  seconds  requests    p50    p95    max     server    workers");
  for (let from = begun; from < ended.at; from += kWindow) {
    const within = ({ at }) => at >= from && at < from + kWindow;
    const ms = pages.filter(within).map((page) => page.ms);
    const now = samples.filter(within);
    const cells = [
      `${Math.round((from - begun) / 1000)}`.padStart(9),
      `${ms.length}`.padStart(10),
      ...[0.5, 0.95, 1].map((share) => `${Math.round(quantile(ms, share))}`.padStart(7)),
      megabytes(median(now.map((sample) => sample.server))).padStart(11),
      `${megabytes(Math.max(0, ...now.map((sample) => sample.workers)))} in ${median(now.map((sample) => sample.count))}`.padStart(15),
    ];
    console.log(cells.join(""));
  }
}

// ---------------------------------------------------------------- the whole

async function serve(warehouse) {
  const server = spawn(gsa, ["serve", "--port", "0", "--no-token", "--warehouse", warehouse], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr.on("data", (part) => (said += part));
  for (let i = 0; i < 600 && !said.includes("Ctrl-C stops it"); ++i) await sleep(100);
  port = Number(/http:\/\/[^:]+:(\d+)/.exec(said)?.[1]);
  if (!port) throw new Error(`gsa serve does not start: ${said}`);
  return server;
}

function makeWarehouse() {
  const folder = join(root, "build/soak");
  mkdirSync(folder, { recursive: true });
  const warehouse = join(folder, `warehouse-${options.rows}.duckdb`);
  if (!existsSync(warehouse)) {
    console.log(`making ${options.rows} generations`);
    execFileSync(gsa, ["run", "--quiet", "--prompts", options.rows, "--warehouse", warehouse]);
  }
  return warehouse;
}

const warehouse = options.warehouse ?? makeWarehouse();
const server = await serve(warehouse);
const exited = new Promise((resolve) => server.on("exit", (code, signal) => resolve(code ?? signal)));
const begun = Date.now();
ended.at = begun + Number(options.minutes) * 60_000;
const samples = [];
await Promise.all([
  watch(server.pid, samples),
  ...Array.from({ length: Number(options.dashboards) }, (_, i) => dashboard(i + 1)),
  ...Array.from({ length: Number(options.attackers) }, (_, i) => attacker(i + 1)),
]);

const health = await ask("GET", "/healthz");
if (health.status !== 200) failures.push(`/healthz: ${health.status}`);
const simple = await ask("POST", "/api/sql", { sql: "select 40 + 2" });
if (!simple.body.includes("[[42]]")) failures.push(`it no longer answers: ${simple.body}`);

table(begun, samples);
console.log(`attacks: ${[...outcomes].map(([code, count]) => `${count} ${code}`).join(", ")}`);
const p95 = quantile(pages.map((page) => page.ms), 0.95);
console.log(`pages: ${pages.length} requests, p95 ${Math.round(p95)} ms (limit ${kLimits.p95})`);
if (p95 > kLimits.p95) failures.push("the pages are too slow");
const third = samples.length / 3;
const early = median(samples.slice(third / 2, third).map((sample) => sample.server));
const late = median(samples.slice(2 * third).map((sample) => sample.server));
console.log(`memory of the server: ${megabytes(early)}, at the end ${megabytes(late)}`);
if (late > early * kLimits.growth + kLimits.slack) failures.push("the server's memory grows");

server.kill("SIGTERM");
const code = await Promise.race([exited, sleep(10_000).then(() => "still running")]);
if (code !== 0 && code !== 130) failures.push(`SIGTERM: ${code}`);
if (existsSync(`${warehouse}.queries`)) failures.push("temporary files of queries are left");
if (!options.warehouse) rmSync(join(root, "build/soak"), { recursive: true });
for (const failure of new Set(failures)) console.log(`FAILED: ${failure}`);
process.exit(failures.length ? 1 : 0);
