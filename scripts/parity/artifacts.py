"""Builds projects with gsa and with the real dbt, and compares the artifacts that both write:
target/manifest.json and target/run_results.json.

Both files of gsa must be valid by dbt's own JSON schemas and load into dbt's own classes. What is
compared is listed in the tables below, field by field; what is left out, and why, beside it.
"""

import argparse
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.run import RunResultsArtifact

HERE = pathlib.Path(__file__).resolve().parent
SHOWN = 20

# Left out everywhere: moments (created_at, timing, …), and what dbt leaves in target/ beside the two
# files (compiled_path, build_path).
METADATA = ("dbt_schema_version", "project_name", "project_id", "adapter_type", "quoting")
DESCRIBED = ("name", "resource_type", "package_name", "path", "original_file_path", "unique_id", "fqn",
             "description", "meta", "tags", "config", "unrendered_config", "doc_blocks")
EDGES = ("refs", "sources", "depends_on")
SECTIONS = {
    "nodes": DESCRIBED + EDGES + (
        "database", "schema", "alias", "checksum", "columns", "group", "docs", "patch_path",
        "relation_name", "raw_code", "language", "contract", "access", "constraints", "version",
        "latest_version", "deprecation_date", "primary_key", "time_spine", "compiled_code",
        "column_name", "file_key_name", "attached_node", "test_metadata"),
    "sources": DESCRIBED + (
        "database", "schema", "source_name", "source_description", "loader", "identifier", "quoting",
        "loaded_at_field", "freshness", "external", "columns", "source_meta", "relation_name",
        "unrendered_database", "unrendered_schema"),
    "semantic_models": DESCRIBED + EDGES + (
        "model", "node_relation", "label", "defaults", "entities", "measures", "dimensions",
        "primary_entity", "group"),
    "metrics": DESCRIBED + EDGES + (
        "label", "type", "type_params", "filter", "time_granularity", "metrics", "group"),
    "saved_queries": DESCRIBED + EDGES + ("label", "query_params", "exports", "group"),
    "exposures": DESCRIBED + EDGES + ("type", "owner", "label", "maturity", "url"),
    # Not their config: dbt puts the settings of models into it.
    "groups": ("name", "resource_type", "package_name", "path", "original_file_path", "unique_id",
               "owner", "description"),
    "unit_tests": DESCRIBED + ("model", "given", "expect", "overrides", "depends_on", "checksum",
                               "schema"),
    # Of the project alone: of dbt's own macros gsa has those that something calls.
    "macros": ("name", "resource_type", "package_name", "path", "original_file_path", "unique_id",
               "macro_sql", "depends_on", "description", "meta", "docs", "config", "patch_path",
               "arguments"),
    "docs": ("name", "resource_type", "package_name", "path", "original_file_path", "unique_id",
             "block_contents"),
}
SECTION_OF = {"semantic_model": "semantic_models", "metric": "metrics", "saved_query": "saved_queries"}
OF_THE_PROJECT = ("macros", "docs")
MAPS = ("parent_map", "child_map", "group_map")
RESULTS = ("status", "failures", "relation_name")
# What dbt calls while a test runs; `dbt parse` does not list them.
RUN_TIME_MACROS = {"macro.dbt.get_where_subquery", "macro.dbt.get_limit_subquery_sql",
                   "macro.dbt.should_store_failures", "macro.dbt.statement"}
# Lists whose order says nothing.
UNORDERED = ("tags", "primary_key", "refs", "sources", "nodes", "macros", "doc_blocks")
# How dbt compares a project with an earlier manifest; without `macros`.
STATES = ("state:new", *(f"state:modified.{what}" for what in (
    "body", "configs", "relation", "persisted_descriptions", "contract")))
# What dbt build lists among its results, and gsa does not run.
NOT_RUN = ("exposure.", "operation.", "saved_query.")


def run(command, allowed=(0,), **options):
    done = subprocess.run([str(x) for x in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode not in allowed:
        print(done.stdout)
        sys.exit(f"error: {pathlib.Path(command[0]).name} {command[1]} exited {done.returncode}")
    return done.stdout


def normalized(key, value):
    """What counts of a value: not the order of what has none, nor white space of SQL."""
    if key == "compiled_code":
        return re.sub(r"\s+", "", value or "")
    if isinstance(value, dict):
        return {name: normalized(name, inner) for name, inner in sorted(value.items())}
    if isinstance(value, list) and key in UNORDERED:
        items = [x for x in value if not (isinstance(x, str) and x in RUN_TIME_MACROS)]
        return sorted((normalized("", x) for x in items), key=json.dumps)
    if isinstance(value, list):
        return [normalized("", inner) for inner in value]
    return value


def check_schema(cls, path, problems):
    """Against dbt's schema, and into dbt's own class."""
    written = json.loads(path.read_text())
    schema = cls.json_schema()
    for error in jsonschema.Draft202012Validator(schema).iter_errors(written):
        place = "/".join(str(step) for step in error.path)
        inner = min(error.context, key=lambda each: -len(each.path), default=error)
        problems.append(f"{path.name}: {place}: {inner.message[:300]}")
    try:
        cls.read_and_check_versions(str(path))
    except Exception as error:  # of whatever class: dbt's own reader does not take it
        problems.append(f"{path.name}: dbt cannot load it: {str(error)[:300]}")
    return written


def is_comparable(unique_id):
    return not unique_id.startswith(NOT_RUN)


def compare_fields(where, fields, ours, theirs, problems):
    for field in fields:
        if field not in ours and field not in theirs:
            continue
        a, b = normalized(field, ours.get(field)), normalized(field, theirs.get(field))
        # dbt compiles only what it runs, and gsa has generic tests of its own wording.
        if field == "compiled_code" and (not (a and b) or ours.get("test_metadata")):
            continue
        if a != b:
            problems.append(f"{where}: {field}\n    gsa: {json.dumps(a)}\n    dbt: {json.dumps(b)}")


def compare_section(section, ours, theirs, project, problems):
    if section in OF_THE_PROJECT:
        ours, theirs = ({key: value for key, value in side.items() if key.split(".")[1] == project}
                        for side in (ours, theirs))
    for unique_id in sorted(ours.keys() ^ theirs.keys()):
        problems.append(f"{section}: {unique_id} only from {'gsa' if unique_id in ours else 'dbt'}")
    for unique_id in sorted(ours.keys() & theirs.keys()):
        compare_fields(f"{section}: {unique_id}", SECTIONS[section], ours[unique_id],
                       theirs[unique_id], problems)
    return len(ours.keys() & theirs.keys())


def compare_manifests(ours, theirs, problems):
    project = ours["metadata"]["project_name"]
    compare_fields("metadata", METADATA, ours["metadata"], theirs["metadata"], problems)
    counts = {section: compare_section(section, ours[section], theirs[section], project, problems)
              for section in SECTIONS}
    disabled = [{f"{key} in {node['original_file_path']}": node
                 for key, nodes in side["disabled"].items() for node in nodes}
                for side in (ours, theirs)]
    for key in sorted(disabled[0].keys() ^ disabled[1].keys()):
        problems.append(f"disabled: {key} only from {'gsa' if key in disabled[0] else 'dbt'}")
    for key in sorted(disabled[0].keys() & disabled[1].keys()):
        # dbt does not resolve what is switched off.
        section = SECTION_OF.get(disabled[0][key]["resource_type"], "nodes")
        fields = [field for field in SECTIONS[section] if field != "depends_on"]
        compare_fields(f"disabled: {key}", fields, disabled[0][key], disabled[1][key], problems)
    for name in MAPS:
        edges = [{key: sorted(value) for key, value in side[name].items()} for side in (ours, theirs)]
        for key in sorted(edges[0].keys() | edges[1].keys()):
            if edges[0].get(key) != edges[1].get(key):
                problems.append(f"{name}: {key}\n    gsa: {edges[0].get(key)}\n    dbt: {edges[1].get(key)}")
    called = [macro for section in ("nodes", "macros") for node in ours[section].values()
              for macro in node.get("depends_on", {}).get("macros", [])]
    for macro in sorted(set(called) - ours["macros"].keys()):
        problems.append(f"macros: {macro} is called and not there")
    return counts


def compare_results(ours, theirs, problems):
    sides = [{result["unique_id"]: result for result in side["results"]
              if is_comparable(result["unique_id"])} for side in (ours, theirs)]
    for unique_id in sorted(sides[0].keys() ^ sides[1].keys()):
        problems.append(f"results: {unique_id} only from {'gsa' if unique_id in sides[0] else 'dbt'}")
    for unique_id in sorted(sides[0].keys() & sides[1].keys()):
        compare_fields(f"results: {unique_id}", RESULTS, sides[0][unique_id], sides[1][unique_id],
                       problems)
    return len(sides[0].keys() & sides[1].keys())


def alterations(manifest, results):
    """Names and changed copies, each of which the comparison must notice."""
    def changed(name, change):
        copies = copy.deepcopy(manifest), copy.deepcopy(results)
        change(*copies)
        return name, *copies

    node = next(key for key, value in manifest["nodes"].items() if value["depends_on"].get("nodes"))
    model = next(key for key in manifest["nodes"] if key.startswith("model."))
    macro = next(key for key, value in manifest["macros"].items()
                 if value["package_name"] == manifest["metadata"]["project_name"])
    ratio = next(value for value in manifest["metrics"].values() if value["type"] == "ratio")
    simple = next(value for value in manifest["metrics"].values() if value["type"] == "simple")
    semantic_model = next(iter(manifest["semantic_models"].values()))
    query = next(value for value in manifest["saved_queries"].values() if value["depends_on"]["nodes"])

    def altered(name, resource, change):
        section = SECTION_OF[resource["resource_type"]]
        return changed(name, lambda m, r: change(m[section][resource["unique_id"]]))

    return [
        changed("a missing node", lambda m, r: m["nodes"].pop(node)),
        changed("another checksum", lambda m, r: m["nodes"][model]["checksum"].update(checksum="x")),
        changed("another setting", lambda m, r: m["nodes"][model]["config"].update(materialized="x")),
        changed("another folder", lambda m, r: m["nodes"][model]["fqn"].insert(1, "x")),
        changed("no dependencies", lambda m, r: m["nodes"][node]["depends_on"].update(nodes=[])),
        changed("a missing parent", lambda m, r: m["parent_map"][node].pop()),
        changed("a macro without its text", lambda m, r: m["macros"][macro].update(macro_sql="")),
        altered("another denominator", ratio,
                lambda x: x["type_params"]["denominator"].update(name="x")),
        altered("another measure of a metric", simple,
                lambda x: x["type_params"]["input_measures"][0].update(name="x")),
        altered("a filter of a metric", simple,
                lambda x: x.update(filter={"where_filters": [{"where_sql_template": "x"}]})),
        altered("another label of a metric", ratio, lambda x: x.update(label="x")),
        altered("another expression of a measure", semantic_model,
                lambda x: x["measures"][0].update(expr="x")),
        altered("other meta of a dimension", semantic_model,
                lambda x: x["dimensions"][0]["config"]["meta"].update(x="x")),
        altered("another model of a semantic model", semantic_model,
                lambda x: x["depends_on"].update(nodes=[])),
        altered("another grouping", query, lambda x: x["query_params"]["group_by"].append("x")),
        changed("a missing metric", lambda m, r: m["metrics"].pop(simple["unique_id"])),
        changed("a missing parent of a saved query", lambda m, r: m["parent_map"][query["unique_id"]].pop()),
        changed("another status", lambda m, r: r["results"][0].update(status="no-op")),
        changed("a missing result", lambda m, r: r["results"].pop()),
    ]


def self_test(ours, theirs):
    """Which alterations of gsa's artifacts are missed."""
    read = [[json.loads((side / name).read_text()) for name in ("manifest.json", "run_results.json")]
            for side in (ours, theirs)]
    missed = []
    for name, manifest, results in alterations(*read[0]):
        problems = []
        compare_manifests(manifest, read[1][0], problems)
        compare_results(results, read[1][1], problems)
        print(f"self-test: {name}: {'noticed' if problems else 'MISSED'}")
        if not problems:
            missed.append(name)
    return missed


def with_dbt_utils(project):
    """dbt needs the package; gsa has its tests built in."""
    shutil.copytree(HERE / "dbt_utils", project / "dbt_packages" / "dbt_utils")
    (project / "packages.yml").write_text("packages:\n  - local: dbt_packages/dbt_utils\n")
    (project / "package-lock.yml").unlink(missing_ok=True)


def artifacts_of(options, folder, source, raw, allowed):
    """Builds copies of the project with both; returns the folders of their artifacts, and what dbt
    takes for changed since gsa wrote its own. Both warehouses have one name, since it stands in the
    names of all relations."""
    gsa, dbt = folder / "gsa", folder / "dbt"
    for side in (gsa, dbt):
        side.mkdir(parents=True)
        shutil.copytree(source, side / "project",
                        ignore=shutil.ignore_patterns("target", "logs", "dbt_packages"))
        if raw:
            shutil.copyfile(raw, side / "warehouse.duckdb")
    with_dbt_utils(dbt / "project")
    run([options.gsa, "build", "--project", gsa / "project", "--warehouse", gsa / "warehouse.duckdb",
         "--full-refresh"], allowed, cwd=folder)
    environment = dict(os.environ, GSA_WAREHOUSE=str(dbt / "warehouse.duckdb"),
                       DBT_SEND_ANONYMOUS_USAGE_STATS="false", DO_NOT_TRACK="1",
                       DBT_USE_COLORS="false", DBT_VERSION_CHECK="false")
    run([options.dbt, "build", "--profiles-dir", dbt / "project", "--full-refresh"], (0, 1),
        cwd=dbt / "project", env=environment)
    # What dbt selects by the state that gsa left: nothing has changed. Its own macros are others.
    changed = run([options.dbt, "--quiet", "ls", "--profiles-dir", dbt / "project", "--state",
                   gsa / "project" / "target", "--select", *STATES],
                  cwd=dbt / "project", env=environment).split()
    return gsa / "project" / "target", dbt / "project" / "target", changed


def compare_project(options, folder, source, raw=None, allowed=(0,)):
    ours, theirs, changed = artifacts_of(options, folder, source, raw, allowed)
    problems = [f"dbt ls --state: {name} has changed, says dbt" for name in changed]
    manifest = check_schema(WritableManifest, ours / "manifest.json", problems)
    results = check_schema(RunResultsArtifact, ours / "run_results.json", problems)
    counts = compare_manifests(manifest, json.loads((theirs / "manifest.json").read_text()), problems)
    counts["results"] = compare_results(
        results, json.loads((theirs / "run_results.json").read_text()), problems)
    if options.self_test:
        problems += [f"the comparison misses {name}" for name in self_test(ours, theirs)]
    return problems, ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def main():
    parser = argparse.ArgumentParser(prog="dbt-artifacts")
    parser.add_argument("--gsa", type=pathlib.Path, required=True)
    parser.add_argument("--dbt", type=pathlib.Path, required=True)
    parser.add_argument("--project", type=pathlib.Path, required=True, help="the built-in project")
    parser.add_argument("--kinds", type=pathlib.Path, required=True,
                        help="a project with a node of every kind, some of which fail")
    parser.add_argument("--only", choices=("project", "kinds"))
    parser.add_argument("--self-test", action="store_true",
                        help="alter what gsa wrote in several ways, and expect a report of each")
    options = parser.parse_args()
    options.gsa, options.dbt = options.gsa.absolute(), options.dbt.absolute()
    failed = False
    with tempfile.TemporaryDirectory(prefix="gsa-artifacts-") as name:
        folder = pathlib.Path(name)
        raw = folder / "raw.duckdb"
        projects = {"kinds": (options.kinds, None, (1, 3)), "project": (options.project, raw, (0,))}
        if options.only != "kinds":
            run([options.gsa, "run", "--source", "synthetic", "--warehouse", raw, "--prompts", "2000",
                 "--users", "100", "--quiet"])
        for key, (source, file, allowed) in projects.items():
            if options.only not in (None, key):
                continue
            problems, compared = compare_project(options, folder / key, source, file, allowed)
            for problem in problems[:SHOWN]:
                print(f"{source.name}: {problem}")
            if len(problems) > SHOWN:
                print(f"{source.name}: … {len(problems) - SHOWN} more")
            failed = failed or bool(problems)
            print(f"dbt artifacts: {source.name}: {'differences' if problems else 'the same'}"
                  f" from gsa and dbt: {compared}")
    if failed:
        sys.exit("dbt artifacts: differences between gsa and dbt")


if __name__ == "__main__":
    main()
