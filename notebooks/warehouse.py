"""What the notebooks share: the warehouse's snapshot, names of columns, and the look of charts."""

import os
import pathlib
import subprocess

import altair as alt
import duckdb
import polars as pl
import polars.selectors as cs

# The columns of costs.
COST = "cost"  # of a generation
TOTAL_COST = "total_cost"  # of a session or a day

ROOT = pathlib.Path(__file__).resolve().parent.parent
_open = None


def path():
    """The warehouse of $GSA_WAREHOUSE, which `./run notebook` sets; else that of ./run."""
    return pathlib.Path(os.environ.get("GSA_WAREHOUSE", ROOT / "data" / "warehouse.duckdb"))


def gsa(*arguments):
    """Runs the program of $GSA, which `./run notebook` sets, or that of ./run. Returns what it prints."""
    program = os.environ.get("GSA", ROOT / "build" / "release" / "gsa")
    command = [program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout


def connect():
    """Opens the snapshot of the last publication, read-only.

    Nothing writes to a snapshot, so this works while `gsa serve` or a run holds the warehouse. A later
    publication replaces the file; the next call closes the old one and opens the new one.
    """
    global _open
    if _open:
        _open.close()  # in one process, DuckDB opens a path once
    snapshot = path().with_name(f"{path().stem}.read{path().suffix}")
    if not snapshot.exists():
        raise FileNotFoundError(f"there is no {snapshot}; `./run notebook` makes it")
    _open = duckdb.connect(snapshot, read_only=True)
    return _open


def source(db):
    """A line that says where the numbers come from, for charts."""
    name, period, behavior, seed = db.execute(
        "select source, period, behavior, seed from ops.provenance"
    ).fetchone()
    return f"Source: {name}, {period}; {behavior} behavior, seed {seed}"


def currency(db):
    """The main currency of the costs, or "unknown"."""
    found = db.execute("select max(currency) from fct_sessions where total_cost is not null").fetchone()
    return found[0] or "unknown"


# Tables without the shape and the types, and with thousands.
pl.Config(
    tbl_hide_dataframe_shape=True,
    tbl_hide_column_data_types=True,
    tbl_rows=40,
    fmt_str_lengths=80,
    float_precision=2,
    thousands_separator=",",
)

# JupyterLab draws charts by itself: nothing is fetched from the network.
alt.renderers.enable("mimetype")


def _chart_data(data, **options):
    """As Altair's default, and decimals become numbers, since JSON has no decimals."""
    if isinstance(data, pl.DataFrame):
        data = data.cast({cs.decimal(): pl.Float64})
    return alt.default_data_transformer(data, **options)


alt.data_transformers.register("gsa", _chart_data)
alt.data_transformers.enable("gsa")


@alt.theme.register("gsa", enable=True)
def _look():
    """The colors of the dashboard."""
    ink, grey, line = "#1c1c1a", "#6b6b65", "#e2e2de"
    scale = ["#f2d5e0", "#e6adc4", "#cc749d", "#a34174", "#6c1c49"]
    lines = {"gridColor": line, "domainColor": line, "tickColor": line}
    words = {"labelColor": grey, "titleColor": grey, "titleFontWeight": "normal"}
    return alt.theme.ThemeConfig(
        config={
            "font": "system-ui, sans-serif",
            "view": {"continuousWidth": 600, "continuousHeight": 260, "stroke": None},
            "title": {"anchor": "start", "color": ink, "fontSize": 15, "subtitleColor": grey, "offset": 12},
            "axis": {**lines, **words},
            "legend": words,
            "mark": {"color": "#5a60c4"},
            "range": {
                "category": ["#e69f00", "#0072b2", "#009e73", "#7b4fa6", "#6c7a89", "#b3261e"],
                "heatmap": scale,
                "ramp": scale,
            },
        }
    )
