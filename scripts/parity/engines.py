"""Builds the models with the real dbt on DuckDB and on another engine, and compares them.

Each case is a file of DuckDB with raw tables. Its tables are loaded into the engine from Parquet in
portable types, as `gsa export --format portable` writes them; dbt makes the models and runs the
tests on both sides; then all rows, and the failures of all tests, must be the same.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import duckdb

from compare import HERE, RAW_TABLES, compare_rows, copy_raw, mix_in_observed, quoted, run
from engine_cases import DAMAGED_MODELS, DAMAGED_RAW, write_events
from engine_spark import Spark
from engine_trino import Trino

# The type of a column on other engines, where it is not DuckDB's own. Iceberg has no smallint.
PORTABLE = {"TINYINT": "SMALLINT", "UTINYINT": "SMALLINT", "USMALLINT": "INTEGER", "UINTEGER": "BIGINT",
            "UBIGINT": "DECIMAL(20,0)"}
DBT_ENVIRONMENT = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1", "DBT_USE_COLORS": "false",
                   "DBT_VERSION_CHECK": "false"}


def columns(db, relation):
    return db.execute(f"select column_name, column_type from (describe from {relation})").fetchall()


def portable(db, relation):
    """The relation in portable types, as a query."""
    selected = []
    for name, kind in columns(db, relation):
        value = quoted(name)
        if kind.startswith("STRUCT"):
            value = f"to_json({value})::varchar"
        elif kind.startswith("ENUM"):
            value += "::varchar"
        elif kind in PORTABLE:
            value += "::" + PORTABLE[kind]
        selected.append(f"{value} as {quoted(name)}")
    return f"select {', '.join(selected)} from {relation}"


def models_of(db):
    """The tables and views that dbt made, by name: whether it is a table."""
    rows = db.execute("select table_name, table_type = 'BASE TABLE' from information_schema.tables"
                      " where table_schema = 'main'").fetchall()
    return {name: is_table for name, is_table in rows if name not in RAW_TABLES}


class Case:
    """The raw tables of a case in a file of DuckDB, and dbt's models of them."""

    def __init__(self, name, folder, options):
        self.name = name
        self.folder = folder / name
        self.options = options
        self.file = self.folder / "dbt.duckdb"
        self.folder.mkdir()
        self.project = self.folder / "project"
        shutil.copytree(options.project, self.project,
                        ignore=shutil.ignore_patterns("target", "logs", "dbt_packages"))
        shutil.copytree(HERE / "dbt_utils", self.project / "dbt_packages" / "dbt_utils")
        (self.project / "packages.yml").write_text("packages:\n  - local: dbt_packages/dbt_utils\n")

    def make(self, *source):
        run([self.options.gsa, "run", *source, "--warehouse", self.folder / "gsa.duckdb", "--quiet"])

    def copy(self):
        copy_raw(self.folder / "gsa.duckdb", self.file)

    def change(self, statements):
        with duckdb.connect(str(self.file)) as db:
            for statement in statements:
                db.execute(statement)

    def dbt_on_duckdb(self, command):
        """Runs a command of dbt; returns the results of tests by id."""
        target = self.folder / f"duckdb-{command}"
        done = subprocess.run(
            [pathlib.Path(sys.executable).with_name("dbt"), command, "--project-dir", self.project,
             "--profiles-dir", self.project, "--target-path", target, "--log-path", self.folder / "logs"],
            cwd=self.folder, env=dict(os.environ, GSA_WAREHOUSE=str(self.file), **DBT_ENVIRONMENT),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return results(target, done.stdout)

    def parquet(self, name):
        file = self.folder / f"{name}.parquet"
        with duckdb.connect(str(self.file), read_only=True) as db:
            db.execute("set TimeZone = 'UTC'")
            db.execute(f"copy ({portable(db, quoted(name))}) to '{file}' (format parquet)")
        return file

    def raw_words(self):
        """The words by kind in their order, as `gsa export --format portable` writes them."""
        out = self.folder / "portable"
        run([self.options.gsa, "export", out, "--format", "portable", "--warehouse", self.folder / "gsa.duckdb",
             "--quiet"])
        return out / "raw_words.parquet"


def results(target, said=""):
    """What dbt recorded in run_results.json: (status, failures) by the id of a node."""
    file = target / "run_results.json"
    if not file.exists():
        sys.exit(f"error: dbt ended without results\n{said}")
    found = {}
    for one in json.loads(file.read_text())["results"]:
        if one["unique_id"].startswith("saved_query."):
            continue
        if one["status"] == "error":
            print(f"    {one['unique_id']}: {one['message']}")
        found[one["unique_id"]] = (one["status"], one["failures"] or 0)
    return found


def compare_models(case, engine, schema):
    """Problems, and the number of rows compared."""
    problems, rows = [], 0
    with duckdb.connect(str(case.file), read_only=True) as db:
        db.execute("set TimeZone = 'UTC'")
        for name, is_table in sorted(models_of(db).items()):
            theirs = engine.read(schema, name, is_table)
            ours = f"({portable(db, quoted(name))})"
            wanted = columns(db, f"({portable(db, quoted(name))})")
            got = columns(db, theirs)
            if engine.widens_smallint:
                wanted = [(column, "INTEGER" if kind == "SMALLINT" else kind) for column, kind in wanted]
            if wanted != got:
                differing = [f"{a} and {b}" for a, b in zip(wanted, got) if a != b]
                problems.append(f"{name}: columns differ: {', '.join(differing)}")
                continue
            count = db.execute(f"select count(*) from {ours}").fetchone()[0]
            rows += count
            if count == 0:
                problems.append(f"{name}: has no rows, so nothing was compared")
            differences = compare_rows(db, ours, theirs, ("duckdb", engine.name))
            if differences:
                problems.append(f"{name}: rows differ\n" + "\n".join(differences))
    return problems, rows


def compare_results(ours, theirs, engine):
    problems = []
    for node in sorted(ours.keys() | theirs.keys()):
        if ours.get(node) != theirs.get(node):
            problems.append(f"{node}: {ours.get(node)} on duckdb, {theirs.get(node)} on {engine.name}")
    return problems


def compare_case(case, engine, with_models):
    begun = time.monotonic()
    schema = "gsa_" + case.name
    engine.begin(schema)
    engine.load_raw(schema, "raw_words", case.raw_words())
    for name in RAW_TABLES:
        engine.load_raw(schema, name, case.parquet(name))
    made = {}
    if with_models:
        made = case.dbt_on_duckdb("run")
        made_there = results(engine.dbt(case, schema, "run"))
        problems = compare_results(made, made_there, engine)
        more, rows = compare_models(case, engine, schema)
        problems += more
    else:
        with duckdb.connect(str(case.file), read_only=True) as db:
            tables = models_of(db)
        for name, is_table in tables.items():
            if is_table:
                engine.load_model(schema, name, case.parquet(name))
        results(engine.dbt(case, schema, "run", "--select", "config.materialized:view"))
        problems, rows = [], 0
    ours = case.dbt_on_duckdb("test")
    theirs = results(engine.dbt(case, schema, "test"))
    problems += compare_results(ours, theirs, engine)
    failed = sum(status == "fail" for status, _ in ours.values())
    print(f"engine parity: {case.name}: {rows:,} rows of {len(made)} models; {len(ours)} tests, of which"
          f" {failed} fail on both; {len(problems)} differences; {time.monotonic() - begun:.0f} s", flush=True)
    return [f"{case.name}: {problem}" for problem in problems], failed


def mixed(folder, options):
    """Simulated data, with what only observed data has, and what nobody should have."""
    case = Case("mixed", folder, options)
    case.make("--source", "synthetic", "--prompts", options.prompts, "--users", "300")
    mix_in_observed(case.folder / "gsa.duckdb")
    case.copy()
    case.change(DAMAGED_RAW)
    return case


def telemetry(folder, options):
    """Events of a product: words of its own, several currencies, much that is unknown."""
    case = Case("telemetry", folder, options)
    write_events(case.folder / "events.csv", int(options.prompts))
    case.make("--source", case.folder / "events.csv")
    case.copy()
    return case


def damaged(folder, options):
    """Models that hold what their tests are for."""
    case = Case("damaged", folder, options)
    case.make("--source", "synthetic", "--prompts", "2000", "--users", "300")
    case.copy()
    case.dbt_on_duckdb("run")
    case.change(DAMAGED_MODELS)
    return case


CASES = {"mixed": (mixed, True, 1), "telemetry": (telemetry, True, 0), "damaged": (damaged, False, 50)}


def main():
    parser = argparse.ArgumentParser(prog="engine-parity")
    parser.add_argument("--gsa", type=pathlib.Path, required=True)
    parser.add_argument("--project", type=pathlib.Path, required=True)
    parser.add_argument("--prompts", default="5000", help="rows of a case")
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("engine", choices=["spark", "trino"])
    parser.add_argument("cluster", type=pathlib.Path, nargs="?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gsa-engines-") as name:
        folder = pathlib.Path(name)
        engine = Spark(folder) if options.engine == "spark" else Trino(options.cluster)
        problems = []
        for case_name in options.cases.split(","):
            make, with_models, least_failures = CASES[case_name]
            more, failed = compare_case(make(folder, options), engine, with_models)
            problems += more
            if failed < least_failures:
                problems.append(f"{case_name}: only {failed} tests fail, so too little was compared")
        for problem in problems:
            print(problem)
        if problems:
            sys.exit(f"engine parity: {len(problems)} differences between duckdb and {engine.name}")
        print(f"engine parity: the same from duckdb and {engine.name}")


if __name__ == "__main__":
    main()
