"""Holds `gsa run --target trino` to its promises, on a cluster that scripts/trino started."""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import duckdb
import trino

CATALOG = "iceberg"
TABLES = ("raw_prompts", "raw_users", "raw_generations", "stg_generations", "dim_prompts", "dim_users",
          "fct_generations", "fct_sessions", "daily_metrics", "user_friction_summary", "time_spine")
PROFILE = """
gsa:
  target: trino
  outputs:
    trino: {{type: trino, method: none, user: gsa, host: 127.0.0.1, port: {port}, database: {catalog},
            schema: {schema}, threads: 4}}
"""
# What two readings of one publication agree on; a mixture or a half publication breaks it.
READING = """
select
    (select count(*) from {s}.fct_generations),
    (select sum(total_generations) from {s}.fct_sessions),
    (select sum(lifetime_generations) from {s}.dim_users),
    (select sum(total_generations) from {s}.daily_metrics),
    (select count(*) from {s}.raw_generations),
    (select count(*) from {s}.stg_generations),
    (select cast(sum(cost) as varchar) from {s}.fct_generations),
    (select cast(sum(total_cost) as varchar) from {s}.user_friction_summary)
"""


def fail(text):
    sys.exit(f"trino target: {text}")


class Cluster:
    def __init__(self, folder, scripts):
        self.folder = folder.resolve()
        self.script = scripts / "trino"
        self.port = urllib.parse.urlparse((folder / "url").read_text().strip()).port

    def query(self, sql):
        connection = trino.dbapi.connect(host="127.0.0.1", port=self.port, user="reader", catalog=CATALOG)
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall()

    def details(self, query_id):
        ask = urllib.request.Request(f"http://127.0.0.1:{self.port}/v1/query/{query_id}",
                                     headers={"X-Trino-User": "gsa"})
        return json.load(urllib.request.urlopen(ask, timeout=30))

    def kill(self, node):
        os.kill(int((self.folder / f"{node}.pid").read_text()), signal.SIGKILL)

    def start(self, node):
        (self.folder / f"{node}.pid").unlink(missing_ok=True)
        subprocess.run([self.script, "node", self.folder, node], check=True,
                       env=dict(os.environ, GSA_TRINO_PORT=str(self.port)))

    def wait_for(self, nodes):
        for _ in range(180):
            try:
                if self.query("select count(*) from system.runtime.nodes where state = 'active'")[0][0] == nodes:
                    return
            except Exception:  # pylint: disable=broad-exception-caught  # it is starting
                pass
            time.sleep(1)
        fail(f"the cluster did not get to {nodes} nodes")

    def running(self, part):
        """The id of a running query whose SQL has this part, and which has done some work; or None."""
        found = self.query("select query_id from system.runtime.queries where state = 'RUNNING' and"
                           f" \"user\" = 'gsa' and query like '%{part}%' order by created desc limit 1")
        return found[0][0] if found else None


class Warehouse:
    """gsa with a warehouse and a schema on Trino of its own."""

    def __init__(self, name, options, cluster, folder):
        self.options = options
        self.cluster = cluster
        self.schema = f"gsa_{name}"
        self.folder = folder / name
        self.folder.mkdir()
        self.file = self.folder / "warehouse.duckdb"
        (self.folder / "profiles.yml").write_text(
            PROFILE.format(port=cluster.port, catalog=CATALOG, schema=self.schema))
        for schema in (self.schema, self.schema + "_store"):
            cluster.query(f"drop schema if exists {CATALOG}.{schema} cascade")
        cluster.query(f"drop schema if exists hive.{self.schema}_landing cascade")

    def command(self, *arguments, on_trino=True, file=None):
        line = [self.options.gsa, *arguments, "--warehouse", file or self.file]
        if on_trino:
            lake = self.cluster.folder / "lake" / self.schema
            line += ["--target", "trino", "--vars",
                     f'{{trino_lake: "{self.cluster.folder}/lake", trino_lake_uri: "local:///"}}']
            lake.mkdir(exist_ok=True)
        return line

    def start(self, *arguments):
        return subprocess.Popen([str(x) for x in self.command(*arguments)], cwd=self.folder, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *arguments, expected=0, **options):
        done = subprocess.run([str(x) for x in self.command(*arguments, **options)], cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != expected:
            fail(f"gsa {' '.join(map(str, arguments))} exited {done.returncode}, not {expected}\n{done.stdout}")
        return done.stdout

    def published(self):
        return sorted(self.cluster.query(
            f"select relation, version from {CATALOG}.{self.schema}_store.published where publication ="
            f" (select max(publication) from {CATALOG}.{self.schema}_store.published)"))

    def versions(self):
        """All versions in the store."""
        found = set()
        store = f"{self.schema}_store"
        for (table,) in self.cluster.query(
                f"select table_name from {CATALOG}.information_schema.tables where table_schema = '{store}'"):
            if table != "published":
                found |= {row[0] for row in self.cluster.query(
                    f'select partition.gsa_version from {CATALOG}.{store}."{table}$partitions"')}
        return found

    def reading(self):
        return self.cluster.query(READING.format(s=f"{CATALOG}.{self.schema}"))[0]


def portable(db, relation):
    columns = []
    for name, kind in db.execute(f"select column_name, column_type from (describe from {relation})").fetchall():
        value = f'"{name}"'
        if kind.startswith("STRUCT"):
            value = f"to_json({value})"
        if kind.startswith(("STRUCT", "ENUM")):
            value += "::varchar"
        columns.append(f'{value} as "{name}"')
    return f"select {', '.join(columns)} from {relation}"


def compare(warehouse, home):
    """Every row of every relation, of the views on Trino and of the copy here, with DuckDB's."""
    cluster, rows = warehouse.cluster, 0
    scratch = f"{CATALOG}.{warehouse.schema}_scratch"
    cluster.query(f"drop schema if exists {scratch} cascade")
    cluster.query(f"create schema {scratch}")
    with duckdb.connect() as db:
        db.execute("set TimeZone = 'UTC'")
        db.execute(f"attach '{home}' as home (read_only)")
        db.execute(f"attach '{warehouse.file}' as copy (read_only)")
        for table in TABLES:
            cluster.query(f"create table {scratch}.{table} as select * from {CATALOG}.{warehouse.schema}.{table}")
            files = [row[0].replace("local://", str(cluster.folder / "lake"))
                     for row in cluster.query(f'select distinct "$path" from {scratch}.{table}')]
            db.execute("use home")
            ours = portable(db, table)
            db.execute(f"create or replace temp table wanted as {ours}")
            names = ", ".join(f'"{row[0]}"' for row in db.execute("describe wanted").fetchall())
            rows += db.execute("select count(*) from wanted").fetchone()[0]
            sides = {"Trino": f"select {names} from read_parquet({files})"}
            db.execute("use copy")
            sides["the copy"] = portable(db, table)
            for side, select in sides.items():
                for a, b, what in (("wanted", f"({select})", "lacks"), (f"({select})", "wanted", "has")):
                    differing = db.execute(f"select * from (from {a} except all from {b}) limit 3").fetchall()
                    if differing:
                        fail(f"{table}: {side} {what} rows: {differing}")
    cluster.query(f"drop schema {scratch} cascade")
    return rows


def build(options, cluster, folder):
    """Builds, compares, builds again, changes one thing."""
    warehouse = Warehouse("build", options, cluster, folder)
    arguments = ["run", "--source", "synthetic", "--prompts", options.prompts, "--users", "5000"]
    begun = time.monotonic()
    warehouse.run(*arguments)
    seconds = time.monotonic() - begun
    home = folder / "build" / "home.duckdb"
    warehouse.run(*arguments, on_trino=False, file=home)
    rows = compare(warehouse, home)
    print(f"trino target: {options.prompts} generations in {seconds:.0f} s: the same {rows:,} rows on Trino and on"
          " DuckDB", flush=True)
    published = warehouse.published()
    if "Nothing is stale" not in warehouse.run(*arguments):
        fail("a second run was not fresh")
    if warehouse.published() != published:
        fail("a run that made nothing published")
    said = warehouse.run("test")
    if "PASS=127" not in said:
        fail(f"gsa test said:\n{said}")
    return warehouse, home, arguments


def killed_worker(warehouse, home, arguments, models):
    """A worker is killed in the middle of each heavy model; the run ends right."""
    cluster = warehouse.cluster
    for model in ("fct_sessions", "fct_generations")[:models]:
        run = warehouse.start(*arguments, "--full-refresh")
        query = None
        while query is None and run.poll() is None:
            query = cluster.running(f'insert into%"{model}__')
            time.sleep(0.05)
        if query is None:
            fail(f"{model} was never seen running\n{run.communicate()[0]}")
        time.sleep(0.5)
        cluster.kill("worker-1")
        said, _ = run.communicate(timeout=600)
        if run.returncode != 0:
            fail(f"gsa did not survive the death of a worker in {model}\n{said}")
        failed = json.dumps(cluster.details(query)).count('"state": "FAILED"')
        rows = compare(warehouse, home)
        if failed == 0:
            fail(f"no task of {query} failed, so nothing was tested")
        print(f"trino target: a worker killed in {model}: the same {rows:,} rows; {failed} failed tasks of query"
              f" {query} were made again", flush=True)
        cluster.start("worker-1")
        cluster.wait_for(3)


def killed_gsa(warehouse, arguments):
    """gsa is killed in the middle of models: nothing is published, and its next run sweeps."""
    before, reading, stood = warehouse.published(), warehouse.reading(), warehouse.versions()
    run = warehouse.start(*arguments, "--seed", "7")
    while warehouse.cluster.running('insert into%"fct_sessions__') is None and run.poll() is None:
        time.sleep(0.05)
    run.kill()
    run.wait()
    if warehouse.published() != before or warehouse.reading() != reading:
        fail("a killed run published")
    left = warehouse.versions() - stood
    warehouse.run(*arguments, "--seed", "7")
    if not left:
        fail("a killed run left nothing, so nothing was tested")
    if left & warehouse.versions():
        fail(f"the next run did not sweep {left & warehouse.versions()}")
    print("trino target: a killed gsa published nothing, and its next run swept what it left", flush=True)


def killed_coordinator(warehouse, arguments):
    """The coordinator is killed in the middle: the run fails clearly, or ends right after its return."""
    cluster = warehouse.cluster
    before = warehouse.published()
    run = warehouse.start(*arguments, "--seed", "9")
    while cluster.running('insert into%"fct_generations__') is None and run.poll() is None:
        time.sleep(0.05)
    cluster.kill("coordinator")
    time.sleep(3)
    cluster.start("coordinator")
    said, _ = run.communicate(timeout=900)
    cluster.wait_for(3)
    last = said.strip().splitlines()[-1]
    if run.returncode == 0:
        print("trino target: a run outlived its coordinator's restart", flush=True)
    elif warehouse.published() != before:
        fail(f"a failed run published\n{said}")
    else:
        print(f"trino target: a run ended at its coordinator's restart, with nothing published: {last}", flush=True)
    warehouse.run(*arguments, "--seed", "9")


def reader(options, cluster, folder):
    """Readers that read all the time see whole publications only."""
    warehouse = Warehouse("reader", options, cluster, folder)
    small = ["run", "--source", "synthetic", "--users", "40", "--quiet"]
    warehouse.run(*small, "--prompts", "500", "--seed", "1")
    stop, readings, broken = threading.Event(), [], []

    def read():
        while not stop.is_set():
            try:
                readings.append(warehouse.reading())
            except Exception as error:  # pylint: disable=broad-exception-caught
                broken.append(str(error))

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(options.publications):
        warehouse.run(*small, "--prompts", str(500 + 10 * (number + 1)), "--seed", str(number + 2))
    stop.set()
    for thread in threads:
        thread.join()
    mixed = [one for one in readings if len({int(x) for x in one[:6]}) != 1 or one[6] != one[7]]
    if mixed or broken:
        fail(f"of {len(readings)} readings {len(mixed)} are mixed: {mixed[:3]}; {len(broken)} failed: {broken[:3]}")
    seen = len({one[0] for one in readings})
    print(f"trino target: {len(readings)} readings across {options.publications} publications, none mixed; {seen}"
          " publications were seen", flush=True)
    if seen < 2:
        fail("the readers saw no change")


def main():
    parser = argparse.ArgumentParser(prog="trino-test")
    parser.add_argument("--gsa", type=pathlib.Path, required=True)
    parser.add_argument("--scripts", type=pathlib.Path, required=True)
    parser.add_argument("--prompts", default="200000")
    parser.add_argument("--publications", type=int, default=4)
    parser.add_argument("--models", type=int, default=2, help="heavy models in which a worker dies")
    parser.add_argument("--only", default="build,reader,worker,gsa,coordinator", help="parts, with commas")
    parser.add_argument("cluster", type=pathlib.Path)
    options = parser.parse_args()
    cluster = Cluster(options.cluster, options.scripts)
    with tempfile.TemporaryDirectory(prefix="gsa-trino-") as name:
        folder = pathlib.Path(name)
        only = options.only.split(",")
        if "reader" in only:
            reader(options, cluster, folder)
        warehouse, home, arguments = build(options, cluster, folder)
        if "worker" in only:
            killed_worker(warehouse, home, arguments, options.models)
        if "gsa" in only:
            killed_gsa(warehouse, arguments)
        if "coordinator" in only:
            killed_coordinator(warehouse, arguments)
        shutil.rmtree(cluster.folder / "lake" / warehouse.schema, ignore_errors=True)


if __name__ == "__main__":
    main()
