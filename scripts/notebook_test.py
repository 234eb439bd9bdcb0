"""Runs the notebooks from start to end with Jupyter, and holds their numbers to `gsa summary`.

One kernel reads a warehouse that `gsa serve` holds: first as it is, then after another run, then
copies of its snapshot that were altered in several ways, of which the comparison must notice each.
Everything is written to a temporary folder. See scripts/notebook-test.
"""

import contextlib
import decimal
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import duckdb
import nbclient
import nbformat
import traitlets.config

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
sys.path.append(str(NOTEBOOKS))
from warehouse import COST, TOTAL_COST  # noqa: E402

GSA = os.environ["GSA"]
DEADLINE = 60
VEGA_LITE = re.compile(r"application/vnd\.vegalite\.v\d+\+json")


class Failed(Exception):
    """A check failed."""


def expect(holds, what):
    if not holds:
        raise Failed(what)


def gsa(*arguments):
    """What the command prints."""
    done = subprocess.run([GSA, *map(str, arguments)], capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"gsa {arguments[0]} exited {done.returncode}:\n{done.stderr}")
    return done.stdout


def wait_for(pattern, path, process):
    """The match of the pattern in what the process wrote to the file."""
    end = time.monotonic() + DEADLINE
    while not (found := re.search(pattern, path.read_text())):
        said = f"in vain for {pattern} from {process.args[0]}:\n{path.read_text()}"
        expect(process.poll() is None, f"{process.args[0]} ended; waited {said}")
        expect(time.monotonic() < end, f"waited {DEADLINE} s {said}")
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def running(command, log, **options):
    """A process that is interrupted at the end, as by Ctrl-C."""
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, **options)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


# ---- Notebooks in a kernel.


class Kernel:
    """Runs notebooks, one after another, in one process of Jupyter's."""

    def __init__(self, folder):
        self.client = nbclient.NotebookClient(
            nbformat.v4.new_notebook(), timeout=DEADLINE, kernel_name="python3",
            config=traitlets.config.Config(KernelManager={"transport": "ipc", "ip": str(folder / "kernel")}),
            resources={"metadata": {"path": str(NOTEBOOKS)}})

    def run(self, name, warehouse, skip=()):
        """Runs all cells but those whose ids are in `skip`. Returns the notebook with its outputs."""
        notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
        nbformat.validate(notebook)
        self.client.nb = notebook
        self.evaluate(f"__import__('os').environ.update(GSA_WAREHOUSE={str(warehouse)!r})")
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code" and cell.id not in skip:
                try:
                    self.client.execute_cell(cell, index)
                except nbclient.exceptions.CellExecutionError as error:
                    raise Failed(f"{name}: cell {cell.id} failed:\n{error}") from error
        return notebook

    def evaluate(self, expression):
        """The value of a Python expression in the kernel. Numbers with a point become Decimals."""
        source = f"print(__import__('json').dumps({expression}, default=str))"
        cell = nbformat.v4.new_code_cell(source)
        self.client.nb.cells.append(cell)
        self.client.execute_cell(cell, len(self.client.nb.cells) - 1)
        self.client.nb.cells.pop()
        return json.loads("".join(one.text for one in cell.outputs), parse_float=decimal.Decimal)

    def rows(self, frame):
        """The rows of a polars frame of the notebook."""
        return self.evaluate(f"{frame}.to_dicts()")


def titles_of(channels):
    """(channel, its title) of those that have a scale with an axis or a legend."""
    shown = ("x", "y", "color", "shape")
    return [(name, channels[name].get("title")) for name in shown if name in channels]


def views_of(spec):
    """The charts that a chart is composed of."""
    parts = [part for key in ("layer", "vconcat", "hconcat") for part in spec.get(key, [])]
    return [view for part in parts for view in views_of(part)] if parts else [spec]


def check_outputs(notebook, name):
    """No cell writes to stderr, and every chart has titles, a source and data. Returns the charts."""
    charts = 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            where = f"{name}: cell {cell.id}"
            expect(output.get("name") != "stderr", f"{where} prints: {output.get('text')}")
            for kind, spec in output.get("data", {}).items():
                if not VEGA_LITE.fullmatch(kind):
                    continue
                charts += 1
                title = spec.get("title", {})
                expect(title.get("text"), f"{where}: the chart has no title")
                expect(title.get("subtitle", "").startswith("Source: "), f"{where}: the chart has no source")
                expect(spec["datasets"] and all(spec["datasets"].values()), f"{where}: the chart has no data")
                views = views_of(spec)
                titled = dict(pair for view in views for pair in titles_of(view["encoding"]) if pair[1])
                for view in views:
                    for channel, _ in titles_of(view["encoding"]):
                        expect(channel in titled, f"{where}: {channel} has no title")
    return charts


# ---- Numbers.


def number(value):
    return value if value is None else decimal.Decimal(str(value))


def differences(ours, theirs, columns):
    """Differences of two rows. `columns`: the notebook's name of a number -> that of `gsa summary`, and
    the decimals to which the latter is rounded, or None if it is exact."""
    found = []
    for name, (key, decimals) in columns.items():
        a, b = number(ours[name]), number(theirs[key])
        if a is None or b is None:
            same = a is b
        elif decimals is None:
            same = a == b
        else:  # and half of the last digit of a double
            same = abs(a - b) <= decimal.Decimal(5).scaleb(-decimals - 1) + decimal.Decimal("1e-9")
        if not same:
            found.append(f"{name} is {ours[name]}, {key} of gsa summary {theirs[key]}")
    return found


OVERALL = {
    "users": ("total_users", None),
    "sessions": ("total_sessions", None),
    "generations": ("total_generations", None),
    "success_pct": ("success_rate_pct", 2),
    "friction": ("avg_friction_score", 2),
    "cost": (TOTAL_COST, None),
}
LENGTHS = {
    "median": ("median_generations_per_session", None),
    "p90": ("p90_generations_per_session", None),
    "most": ("max_generations_per_session", None),
    "single_pct": ("single_generation_sessions_pct", 2),
}
TIERS = {
    "users": ("users", None),
    "sessions": ("sessions", None),
    "generations": ("generations", None),
    "success_pct": ("success_rate_pct", 2),
    "friction": ("avg_friction_score", 2),
    "downloads_pct": ("download_rate_pct", 2),
    "feedback_pct": ("feedback_rate_pct", 2),
    "cost": (TOTAL_COST, None),
    "cost_per_session": ("avg_session_cost", 4),
}


def compare_explore(kernel, summary):
    """Differences between explore.ipynb, which the kernel has run, and the summary."""
    found = []
    for name, columns in (("overall", OVERALL), ("lengths", LENGTHS)):
        (row,) = kernel.rows(name)
        found += [f"{name}: {problem}" for problem in differences(row, summary["overall"], columns)]
    tiers = {row["tier"]: row for row in kernel.rows("tiers")}
    feedback = {row["tier"]: row for row in kernel.rows("feedback")}
    theirs = {row["user_tier"]: row for row in summary["by_tier"]}
    for name, rows in (("tiers", tiers), ("feedback", feedback)):
        if rows.keys() != theirs.keys():
            found.append(f"{name}: {list(rows)}, in gsa summary {list(theirs)}")
    for tier in tiers.keys() & feedback.keys() & theirs.keys():
        found += [f"tier {tier}: {problem}" for problem in differences(tiers[tier], theirs[tier], TIERS)]
        rate = {"feedback_pct": TIERS["feedback_pct"]}
        found += [f"feedback of {tier}: {problem}"
                  for problem in differences(feedback[tier], theirs[tier], rate)]
    days = kernel.rows("daily")
    sums = {name: sum(number(day[name]) for day in days) for name in ("sessions", "generations", "cost")}
    columns = {name: OVERALL[name] for name in sums}
    found += [f"sum of days: {problem}" for problem in differences(sums, summary["overall"], columns)]
    statuses = sum(row["generations"] for row in kernel.rows("statuses"))
    outside = summary["overall"]["generations_outside_sessions"]
    if statuses != summary["overall"]["total_generations"] + outside:
        found.append(f"statuses: {statuses} generations")
    return found


# In a copy of the snapshot; the comparison must notice each.
ALTERATIONS = {
    "a session's cost": f"update fct_sessions set {TOTAL_COST} = {TOTAL_COST} + 0.0001 where rowid = 0",
    "a session's friction": "update fct_sessions set friction_score = 100 where rowid ="
                            " (select min(rowid) from fct_sessions where friction_score < 50)",
    "a missing session": "delete from fct_sessions where rowid = 0",
    "a status": "update fct_generations set status = 'timeout' where rowid ="
                " (select min(rowid) from fct_generations where status = 'success')",
    "a download": "update fct_generations set downloaded = not downloaded where rowid ="
                  " (select min(rowid) from fct_generations where status = 'success')",
    "a feedback": "update fct_generations set feedback = null where rowid ="
                  " (select min(rowid) from fct_generations where feedback is not null)",
    "a user more": "insert into dim_users from dim_users limit 1",
    "a user's tier": "update dim_users set user_tier = 'pro' where rowid ="
                     " (select min(rowid) from dim_users where user_tier = 'free')",
    "a day": "update {daily_metrics} set total_sessions = total_sessions + 1 where rowid = 0",
}
# A source of which little is known. The notebook must run on it.
UNKNOWN = f"""
    update fct_generations set
        status = null, latency_ms = null, {COST} = null, feedback = null, downloaded = null,
        model_version = null, complexity = null, user_tier = null, region = null, device_type = null;
    update fct_sessions set
        friction_score = null, friction_category = null, {TOTAL_COST} = null, user_tier = null;
    update dim_users set user_tier = null, region = null, device_type = null;
    update {{daily_metrics}} set avg_friction_score = null, success_rate_pct = null, {TOTAL_COST} = null;
    delete from {{raw_prompts}}
"""


# Of the warehouse that your_own_data.ipynb makes; its comparison must notice each.
FIRST = "update fct_generations set {} where rowid = (select min(rowid) from fct_generations where {})"
OWN_ALTERATIONS = {
    "a status": FIRST.format("status = 'timeout'", "status = 'success'"),
    "a latency": FIRST.format("latency_ms = latency_ms + 1", "latency_ms is not null"),
    "a cost": FIRST.format(f"{COST} = {COST} + 0.0001", f"{COST} is not null"),
    "a session": FIRST.format("session_id = generation_id", "session_id <> generation_id"),
}


def altered(snapshot, folder, statements):
    """A warehouse whose snapshot is an altered copy. In braces: tables that are views of one month."""
    folder.mkdir()
    copy = folder / "w.read.duckdb"
    shutil.copyfile(snapshot, copy)
    with duckdb.connect(str(copy)) as db:
        months = {view: f"partitions.{view}_2025_12" for view in ("daily_metrics", "raw_prompts")}
        db.execute(statements.format(**months))
    return folder / "w.duckdb"


# ---- The checks.


def make_requests(path):
    """Requests as in DiffusionDB's table. Every tenth is of an account that was deleted."""
    duckdb.sql(f"""
        copy (
            select
                i || '.png' as image_name, 'a castle number ' || (i // 3) as prompt, 1::usmallint as part_id,
                i::uinteger as seed, 50::usmallint as step, 7::float as cfg, 8::utinyint as sampler,
                512::usmallint as width, 512::usmallint as height,
                if(i % 10 = 0, 'deleted_account', sha256('user ' || (i // 30))) as user_name,
                timestamptz '2022-08-08 00:00:00+00' + to_minutes(7 * i) as timestamp,
                if(i % 19 = 0, 2, 0.1)::float as image_nsfw, 0.1::float as prompt_nsfw
            from range(900) as t(i)
        ) to '{path}' (format parquet)""")


def check_explore(kernel, warehouse):
    """Runs explore.ipynb beside a server, after each of several runs. Returns the last summary."""
    requests = warehouse.with_name("requests.parquet")
    make_requests(requests)
    synthetic = ("--source", "synthetic", "--prompts", 3000, "--users", 200)
    runs = {
        "observed": ("--source", requests, "--behavior", "observed"),
        "simulated": synthetic,
        "another seed": (*synthetic, "--seed", 7),
    }
    counts = []
    for what, options in runs.items():
        # The server carries it out, and replaces the snapshot that the kernel has open.
        gsa("run", "--quiet", *options, "--warehouse", warehouse)
        gsa("sql", "--warehouse", warehouse, "select 1")
        notebook = kernel.run("explore.ipynb", warehouse)
        summary = json.loads(gsa("summary", "--format", "json", "--warehouse", warehouse))
        found = compare_explore(kernel, summary)
        expect(not found, f"{what}: " + "\n  ".join(found))
        charts = check_outputs(notebook, "explore.ipynb")
        expect(charts >= 10, f"explore.ipynb has {charts} charts")
        overall = summary["overall"]
        counts.append((overall["total_sessions"], overall["generations_outside_sessions"]))
        print(f"notebook test: explore.ipynb agrees with gsa summary: {what}, {counts[-1][0]} sessions,"
              f" {charts} charts", flush=True)
    expect(len(set(counts)) == len(runs) and counts[0][1] > 0, f"the runs do not differ: {counts}")
    return summary


def check_alterations(kernel, snapshot, folder, summary):
    missed = []
    for number_, (what, statement) in enumerate(ALTERATIONS.items()):
        kernel.run("explore.ipynb", altered(snapshot, folder / f"altered-{number_}", statement))
        found = compare_explore(kernel, summary)
        print(f"notebook test: {what} altered: {'noticed: ' + found[0] if found else 'MISSED'}", flush=True)
        if not found:
            missed.append(what)
    expect(not missed, f"not noticed: {', '.join(missed)}")
    kernel.run("explore.ipynb", altered(snapshot, folder / "unknown", UNKNOWN))
    print("notebook test: explore.ipynb runs where signals are unknown", flush=True)


def own_numbers(events):
    """What your_own_data.ipynb must say of its file, by tier."""
    rows = duckdb.sql(f"""
        with events as (
            select *, lag(created_at) over (partition by user_id order by created_at) as before
            from '{events}'
        )
        select
            plan as tier,
            count(*) as generations,
            count(*) filter (before is null or created_at > before + interval 30 minutes) as sessions,
            100 * count(*) filter (status = 'succeeded') / count(*) as success_pct,
            avg(latency_ms) as latency_ms,
            sum(cost_usd) as cost
        from events
        group by plan""")
    return {row[0]: dict(zip(rows.columns, row)) for row in rows.fetchall()}


def check_own_data(kernel, folder):
    """Runs your_own_data.ipynb, and holds its numbers to SQL over its file and to `gsa summary`."""
    name, warehouse = "your_own_data.ipynb", folder / "own" / "warehouse.duckdb"
    notebook = kernel.run(name, folder / "w.duckdb")
    expect(check_outputs(notebook, name) == 1, f"{name} does not show its chart")
    expected = own_numbers(folder / "own" / "events.parquet")
    exact = {column: (column, None) for column in ("generations", "sessions", "cost")}
    means = {column: (column, 8) for column in ("success_pct", "latency_ms")}
    rounded = {column: TIERS[column] for column in ("generations", "sessions", "cost", "success_pct")}
    summary = {row["user_tier"]: row for row in
               json.loads(gsa("summary", "--format", "json", "--warehouse", warehouse))["by_tier"]}
    found = []
    for frame in ("plain", "ours"):
        rows = {row["tier"]: row for row in kernel.rows(frame)}
        expect(rows.keys() == expected.keys() == summary.keys(), f"{frame}: {rows}, expected {expected}")
        for tier, row in rows.items():
            found += differences(row, expected[tier], exact | means)
            found += differences(row, summary[tier], rounded)
    expect(not found, f"{name}: " + "\n  ".join(found))

    def agrees():
        return all(value is True for row in kernel.rows("comparison") for key, value in row.items()
                   if key != "tier")

    expect(agrees(), f"{name} finds differences: {kernel.rows('comparison')}")
    print(f"notebook test: {name} agrees with its file and gsa summary", flush=True)
    kept = warehouse.with_suffix(".kept")
    shutil.copyfile(warehouse, kept)
    for what, statement in OWN_ALTERATIONS.items():
        shutil.copyfile(kept, warehouse)
        with duckdb.connect(str(warehouse)) as db:
            db.execute(statement)
        kernel.run(name, folder / "w.duckdb", skip=("run",))
        expect(not agrees(), f"{name} does not notice {what} altered")
        print(f"notebook test: {what} altered: {name} notices it", flush=True)


def check_opening(folder):
    """`./run notebook` in an empty folder makes a warehouse, says the address, and locks nothing."""
    folder.mkdir()
    log = folder / "log"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder)}
    command = [str(ROOT / "scripts" / "notebook"), "--port", "0"]
    with running(command, log, cwd=folder, env=environment) as jupyter:
        address, token = wait_for(r"(http://127\.0\.0\.1:\d+/)lab\S*\?token=(\w+)", log, jupyter).groups()

        def get(path):
            with urllib.request.urlopen(f"{address}{path}?token={token}", timeout=DEADLINE) as answer:
                return answer.read()

        names = [file["name"] for file in json.loads(get("api/contents"))["content"]]
        expect("explore.ipynb" in names, f"Jupyter shows {names}")
        expect(b"JupyterLab" in get("lab/tree/explore.ipynb"), "no page")
        warehouse = folder / "data" / "warehouse.duckdb"
        expect(warehouse.with_name("warehouse.read.duckdb").exists(), "made no snapshot")
        gsa("run", "--quiet", "--source", "synthetic", "--prompts", 100, "--warehouse", warehouse)
    expect(jupyter.returncode == 0, f"exited {jupyter.returncode} after Ctrl-C:\n{log.read_text()}")
    print("notebook test: ./run notebook makes a warehouse and says the address", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="gsa-notebook-test-") as name, contextlib.ExitStack() as at_end:
        folder = pathlib.Path(name)
        os.environ["HOME"] = name  # for what Jupyter and IPython keep
        warehouse, log = folder / "w.duckdb", folder / "serve.log"
        gsa("run", "--quiet", "--source", "synthetic", "--prompts", 10, "--warehouse", warehouse)
        command = [GSA, "serve", "--no-token", "--port", "0", "--warehouse", str(warehouse)]
        wait_for("Ctrl-C", log, at_end.enter_context(running(command, log)))
        kernel = Kernel(folder)
        at_end.enter_context(kernel.client.setup_kernel())
        try:
            summary = check_explore(kernel, warehouse)
            check_alterations(kernel, folder / "w.read.duckdb", folder, summary)
            check_own_data(kernel, folder)
            check_opening(folder / "opened")
        except Failed as failure:
            sys.exit(f"notebook test: FAILED: {failure}")


if __name__ == "__main__":
    main()
