"""Builds the same raw tables with gsa and with the real dbt, and compares all results.

Everything is written to a temporary folder: the dbt project is copied there, so that dbt's target,
logs and packages never touch the checkout, and no network is used. Needs the Python package duckdb.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import duckdb

RAW_TABLES = ("raw_prompts", "raw_users", "raw_generations")
# gsa's own records (provenance, history of runs) and the partitions of tables, which are not part
# of the dbt project.
OWN_SCHEMAS = ("ops", "partitions")
GENERATIONS = "partitions.raw_generations_2025_12"
SHOWN_ROWS = 5
HERE = pathlib.Path(__file__).resolve().parent


def run(command, **options):
    """Runs a command; if it fails, shows its output and exits."""
    done = subprocess.run([str(x) for x in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode != 0:
        print(done.stdout)
        sys.exit(f"error: {pathlib.Path(command[0]).name} {command[1]} exited {done.returncode}")
    return done.stdout


def quoted(*names):
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def relations(db, catalog):
    """(schema, name) -> (table or view, [(column, type), …]), of the project's relations and inputs."""
    found = {}
    rows = db.execute(
        "select table_schema, table_name, table_type from information_schema.tables"
        " where table_catalog = ?", [catalog]).fetchall()
    for schema, name, kind in rows:
        if schema in OWN_SCHEMAS:
            continue
        columns = db.execute(
            "select column_name, data_type from information_schema.columns where table_catalog = ?"
            " and table_schema = ? and table_name = ? order by ordinal_position",
            [catalog, schema, name]).fetchall()
        found[(schema, name)] = (kind, columns)
    return found


def has_months(db, name):
    """Whether gsa built the relation month by month: then it is a view over the months."""
    return db.execute(
        "select count(*) > 0 from information_schema.tables where table_catalog = 'gsa'"
        " and table_schema = 'partitions' and regexp_matches(table_name, ? || '_[0-9]{4}_[0-9]{2}$')",
        ["^" + re.escape(name)]).fetchone()[0]


def compare_rows(db, left, right, names=("gsa", "dbt")):
    """Rows that one side has more often than the other, at most SHOWN_ROWS per side."""
    differences = []
    for side, a, b in ((names[0], left, right), (names[1], right, left)):
        extra = db.execute(f"select * from (from {a} except all from {b})").fetchmany(SHOWN_ROWS + 1)
        for row in extra[:SHOWN_ROWS]:
            differences.append(f"    only from {side}: {row}")
        if len(extra) > SHOWN_ROWS:
            differences.append(f"    … more only from {side}")
    return differences


@contextlib.contextmanager
def both_attached(gsa_file, dbt_file, project=None):
    """Attaches both files under the names that they were built with, because dbt's views use these names.
    Files that views read are in the project's folder."""
    with duckdb.connect() as db:
        db.execute("set TimeZone = 'UTC'")
        if project:
            db.execute(f"set file_search_path = '{project}'")
        db.execute(f"attach '{gsa_file}' as gsa (read_only)")
        db.execute(f"attach '{dbt_file}' as dbt (read_only)")
        yield db


def in_catalog(db, catalog, name):
    """A view may name its tables without the file, so each side is read while its own file is in use."""
    db.execute(f"use {catalog}.{quoted(name[0])}")


def compare(gsa_file, dbt_file, project=None):
    """Returns the differences, in one line or more each, and a summary of the comparison."""
    problems = []
    rows_in_all = 0
    with both_attached(gsa_file, dbt_file, project) as db:
        ours, theirs = relations(db, "gsa"), relations(db, "dbt")
        for name in sorted(ours.keys() ^ theirs.keys()):
            side = "gsa" if name in ours else "dbt"
            problems.append(f"{'.'.join(name)}: only {side} made it")
        for name in sorted(ours.keys() & theirs.keys()):
            if ours[name][0] != theirs[name][0] and not has_months(db, name[1]):
                problems.append(f"{'.'.join(name)}: a {ours[name][0]} from gsa, a {theirs[name][0]} from dbt")
            if ours[name][1] != theirs[name][1]:
                problems.append(f"{'.'.join(name)}: columns differ\n    gsa: {ours[name][1]}\n    dbt: {theirs[name][1]}")
                continue
            columns = ", ".join(quoted(column) for column, _ in ours[name][1])
            copies = []
            for catalog in ("gsa", "dbt"):
                in_catalog(db, catalog, name)
                try:
                    db.execute(f"create or replace temp table {catalog}_rows as"
                               f" select {columns} from {quoted(catalog, *name)}")
                except duckdb.Error as error:  # a view whose table is missing
                    problems.append(f"{'.'.join(name)}: {catalog}'s cannot be read: {error}")
                    break
                copies.append(f"temp.main.{catalog}_rows")
            if len(copies) < 2:
                continue
            count = db.execute(f"select count(*) from {copies[0]}").fetchone()[0]
            rows_in_all += count
            if count == 0:
                problems.append(f"{'.'.join(name)}: has no rows, so nothing was compared")
            differences = compare_rows(db, *copies)
            if differences:
                problems.append(f"{'.'.join(name)}: rows differ\n" + "\n".join(differences))
        db.execute("use memory.main")
    return problems, f"{len(ours)} tables and views, {rows_in_all:,} rows"


def mix_in_observed(gsa_file):
    """Adds what only observed behaviour has: unknown users, requests for several images, blurred images,
    retries that the models derive, attributes of the source."""
    with duckdb.connect(str(gsa_file)) as db:
        # The view adds constant columns to the month's rows; here they must vary by row.
        db.execute(f"""
            create table whole_generations as from raw_generations;
            create or replace table {GENERATIONS} as
            select * replace (
                {{'country': ['DE', 'FR', null][1 + generation_id % 3], 'it''s "so"': generation_id::varchar}}
                as attributes)
            from whole_generations;
            drop table whole_generations;
            create or replace view raw_generations as from {GENERATIONS};
            update {GENERATIONS} set user_id = null, user_origin = 'observed'
            where generation_id % 11 = 0;
            update {GENERATIONS}
            set image_count = 1 + generation_id % 9, retry_count = null, retry_origin = 'observed',
                asked_before_at = case
                    when generation_id % 2 = 0 then generated_at - interval 1 minute * (generation_id % 3)
                end
            where generation_id % 3 <> 0;
            update {GENERATIONS} set blurred_images = 1, status_origin = 'observed'
            where status = 'safety_violation';
            update raw_users set user_name = 'user ' || user_id, signup_origin = 'observed'
            where user_id % 2 = 0""")


def copy_raw(gsa_file, dbt_file):
    with duckdb.connect(str(dbt_file)) as db:
        db.execute(f"attach '{gsa_file}' as from_gsa (read_only)")
        # The words of the data, which contracts name.
        types = db.execute(
            "select type_name, labels from duckdb_types() where database_name = 'from_gsa'"
            " and logical_type = 'ENUM' and not internal").fetchall()
        for name, members in types:
            texts = ", ".join("'" + member.replace("'", "''") + "'" for member in members)
            db.execute(f"create type {quoted(name)} as enum({texts})")
        attributes = db.execute(
            "select data_type from information_schema.columns where table_catalog = 'from_gsa'"
            " and table_name = 'raw_generations' and column_name = 'attributes'").fetchone()[0]
        db.execute(f"create type attributes as {attributes}")
        for name in RAW_TABLES:
            found = db.execute(
                "select table_schema from information_schema.tables where table_catalog = 'from_gsa'"
                " and table_name = ?", [name]).fetchall()
            if len(found) != 1:
                sys.exit(f"error: gsa's warehouse has {len(found)} tables {name}, not one")
            schema = found[0][0]
            db.execute(f"create schema if not exists {quoted(schema)}")
            db.execute(f"create table {quoted(schema, name)} as from from_gsa.{quoted(schema, name)}")


def run_dbt(options, folder, warehouse):
    """Runs `dbt build` on a copy of the project; returns counts by kind of node and result."""
    project = folder / "project"
    shutil.copytree(options.project, project,
                    ignore=shutil.ignore_patterns("target", "logs", "dbt_packages"))
    shutil.copytree(HERE / "dbt_utils", project / "dbt_packages" / "dbt_utils")
    (project / "packages.yml").write_text("packages:\n  - local: dbt_packages/dbt_utils\n")
    (project / "package-lock.yml").unlink(missing_ok=True)
    environment = dict(os.environ, GSA_WAREHOUSE=str(warehouse), DBT_SEND_ANONYMOUS_USAGE_STATS="false",
                       DO_NOT_TRACK="1", DBT_USE_COLORS="false", DBT_VERSION_CHECK="false")
    run([options.dbt, "build", "--project-dir", project, "--profiles-dir", project,
         "--target-path", folder / "target", "--log-path", folder / "logs"],
        cwd=folder, env=environment)
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return collections.Counter(
        (result["unique_id"].split(".")[0], result["status"]) for result in results)


def compare_features(options, folder):
    """Builds the project with dbt-duckdb's additions with both, twice, and compares after each build."""
    project = folder / "features"
    shutil.copytree(HERE.parents[1] / "testdata" / "parity", project)
    gsa_file, dbt_file = folder / "features-gsa" / "gsa.duckdb", folder / "features-dbt" / "dbt.duckdb"
    gsa_file.parent.mkdir()
    dbt_file.parent.mkdir()
    environment = dict(os.environ, GSA_WAREHOUSE=str(dbt_file), DBT_SEND_ANONYMOUS_USAGE_STATS="false",
                       DO_NOT_TRACK="1", DBT_USE_COLORS="false", DBT_VERSION_CHECK="false")
    problems = []
    for batch in (1, 2):
        variables = f"{{batch: {batch}}}"
        run([options.gsa, "build", "--project", project, "--warehouse", gsa_file, "--vars", variables],
            cwd=folder)
        run([options.dbt, "build", "--profiles-dir", project, "--target-path", folder / "target",
             "--log-path", folder / "logs", "--vars", variables], cwd=project, env=environment)
        found, compared = compare(gsa_file, dbt_file, project)
        problems += [f"build {batch} of testdata/parity: {problem}" for problem in found]
    return problems, compared


def done_line(said):
    """The counts of a closing line: Done. PASS=74 WARN=0 ERROR=0 SKIP=0 TOTAL=74"""
    found = re.findall(r"Done\. (PASS=.*TOTAL=\d+)", said)
    if not found:
        print(said)
        sys.exit("error: no closing line `Done. PASS=…` from gsa")
    return {key: int(value) for key, value in re.findall(r"([A-Z-]+)=(\d+)", found[-1])}


def compare_counts(options, gsa_file, dbt):
    """gsa's `build` must have run the same numbers of models and tests as dbt's, with the same results."""
    problems = []
    models = sum(count for (kind, _), count in dbt.items() if kind == "model")
    of_kind = collections.Counter()
    for (kind, _), count in dbt.items():
        of_kind[kind] += count
    tests = of_kind["test"] + of_kind["unit_test"]
    passed = dbt["test", "pass"] + dbt["unit_test", "pass"]
    said = done_line(run([options.gsa, "test", "--warehouse", gsa_file]))
    if (said["TOTAL"], said["PASS"], said["WARN"]) != (tests, passed, dbt["test", "warn"]):
        problems.append(f"data and unit tests: {tests} and {passed} passed in dbt, gsa says {said}")
    said = done_line(run([options.gsa, "build", "--full-refresh", "--warehouse", gsa_file]))
    # Only `gsa test` runs the unit tests of the built-in project.
    data_passed = dbt["test", "pass"]
    if said["TOTAL"] != models + of_kind["test"] or said["PASS"] != dbt["model", "success"] + data_passed:
        problems.append(f"models and tests: {models} and {of_kind['test']} in dbt, gsa says {said}")
    return problems, (f"{models} models, {of_kind['test']} data tests,"
                      f" {of_kind['unit_test']} unit tests")


def compare_semantics(gsa_file, manifest):
    """gsa's measures and dimensions must be those of dbt's semantic manifest, by name and label."""
    with duckdb.connect(str(gsa_file), read_only=True) as db:
        layer = json.loads(db.execute("select layer from ops.semantic_layer").fetchone()[0])
    dbt = {
        "metrics": {one["name"]: one["label"] for one in manifest["metrics"]},
        "saved queries": {one["name"]: one["label"] for one in manifest["saved_queries"]},
        "dimensions": {one["name"]: one["label"] for model in manifest["semantic_models"]
                       for one in model["dimensions"] if one["type"] == "categorical"},
    }
    grains = {"hour", "day", "week", "month", "user"}  # of time, and the entity
    gsa = {
        "metrics": {one["name"]: one["label"] for one in layer["measures"]},
        "saved queries": {one["name"]: one["label"] for one in layer["charts"]},
        "dimensions": {one["name"]: one["label"] for one in layer["dimensions"] + layer["ranges"]
                       if one["name"] not in grains},
    }
    problems = [f"{what}: only gsa or only dbt has {sorted(set(dbt[what].items()) ^ set(gsa[what].items()))}"
                for what in dbt if dbt[what] != gsa[what]]
    return problems, f"{len(gsa['metrics'])} metrics, {len(gsa['dimensions'])} dimensions"


def self_test(gsa_file, dbt_file, folder):
    """Alters copies of dbt's warehouse in every way that the comparison must notice."""
    alterations = {
        "a value": "update fct_sessions set friction_score = friction_score + 0.1"
                   " where rowid = (select max(rowid) from fct_sessions)",
        "a missing row": "delete from dim_users where rowid = 0",
        "a row twice": "insert into daily_metrics from daily_metrics limit 1",
        "a null": "update fct_sessions set friction_category = null where rowid = 0",
        "another type": "alter table fct_generations alter column retry_count type bigint",
        "another column name": "alter table user_friction_summary rename column user_tier to tier",
        "a missing table": "drop table daily_metrics",
        "a table more": "create table dim_more as select 1 as x",
    }
    missed = []
    for name, statement in alterations.items():
        altered = folder / "altered.duckdb"
        shutil.copyfile(dbt_file, altered)
        with duckdb.connect() as db:
            db.execute(f"attach '{altered}' as dbt")  # the name that its views use
            db.execute("use dbt")
            db.execute(statement)
        problems, _ = compare(gsa_file, altered)
        print(f"self-test: {name}: {'noticed' if problems else 'MISSED'}")
        if not problems:
            missed.append(name)
    return missed


def main():
    parser = argparse.ArgumentParser(prog="dbt-parity")
    parser.add_argument("--gsa", type=pathlib.Path, required=True)
    parser.add_argument("--dbt", type=pathlib.Path, required=True)
    parser.add_argument("--project", type=pathlib.Path, required=True)
    parser.add_argument("--prompts", default="5000")
    parser.add_argument("--users", default="300")
    parser.add_argument("--seed", default="42")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="gsa-parity-") as name:
        folder = pathlib.Path(name)
        gsa_file, dbt_file = folder / "gsa.duckdb", folder / "dbt.duckdb"
        run([options.gsa, "run", "--source", "synthetic", "--warehouse", gsa_file,
             "--prompts", options.prompts,
             "--users", options.users, "--seed", options.seed, "--quiet"])
        mix_in_observed(gsa_file)
        run([options.gsa, "build", "--warehouse", gsa_file, "--quiet"])
        copy_raw(gsa_file, dbt_file)
        results = run_dbt(options, folder, dbt_file)
        problems, compared = compare(gsa_file, dbt_file)
        more, counted = compare_counts(options, gsa_file, results)
        problems += more
        manifest = json.loads((folder / "target" / "semantic_manifest.json").read_text())
        more, measured = compare_semantics(gsa_file, manifest)
        problems += more
        features, more_compared = compare_features(options, folder)
        problems += features
        for problem in problems:
            print(problem)
        if problems:
            sys.exit(f"dbt parity: {len(problems)} differences between gsa and dbt")
        print(f"dbt parity: the same from gsa and dbt: {compared}; {counted}; {measured};"
              f" testdata/parity: {more_compared}")
        if options.self_test:
            missed = self_test(gsa_file, dbt_file, folder)
            if missed:
                sys.exit(f"dbt parity: the check missed {', '.join(missed)}")


if __name__ == "__main__":
    main()
