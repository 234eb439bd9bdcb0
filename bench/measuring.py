"""What the benchmarks share: their programs and files, and how a process is measured."""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
CACHE = ROOT / "build" / "bench"
SAMPLE = ROOT.parent / "shared" / "data" / "diffusiondb-sample.parquet"
GSA = ROOT / "build" / "release" / "gsa"
# Number of synthetic prompts that replace the sample if it is missing.
SYNTHETIC_PROMPTS = 50_000


def call(*command):
    """Runs a command of the set-up; exits if it fails."""
    done = subprocess.run([str(part) for part in command], check=False)
    if done.returncode != 0:
        sys.exit(f"error: {command[0]} exited {done.returncode}")


class Node:
    """Node with the packages of package-lock.json."""

    def __init__(self):
        folder = subprocess.run([ROOT / "scripts" / "node", "--which"], stdout=subprocess.PIPE,
                                text=True, check=True).stdout.strip()
        self.program = pathlib.Path(folder) / "node"
        lock = (BENCH / "package-lock.json").read_text()
        stamp = BENCH / "node_modules" / ".installed"
        if not stamp.exists() or stamp.read_text() != lock:
            print("installing the reference's packages with npm", flush=True)
            call("npm", "ci", "--ignore-scripts", "--loglevel=error", "--no-audit", "--no-fund",
                 "--prefix", BENCH)
            stamp.write_text(lock)

    def command(self, script, *arguments):
        return [self.program, BENCH / script, *arguments]


def measure(command):
    """Runs a command: (seconds of wall time, peak memory in bytes, its output)."""
    output = CACHE / "output.txt"
    with output.open("w") as out:
        begun = time.monotonic()
        child = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)  # the usage of only this child
        seconds = time.monotonic() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"error: exit code {child.returncode} from {' '.join(map(str, command))}\n"
                 + output.read_text())
    return seconds, usage.ru_maxrss * 1024, output.read_text()


def remove_warehouse(path):
    for file in (path, path.with_name(path.name + ".wal")):
        file.unlink(missing_ok=True)


def source_file(rows, node):
    """The Parquet file that both read, with --rows rows; made only once."""
    made = CACHE / f"prompts-{rows}-{'sample' if SAMPLE.exists() else 'synthetic'}.parquet"
    if made.exists():
        return made
    sample = SAMPLE if SAMPLE.exists() else synthetic_sample()
    print(f"making {rows:,} rows from {sample.name}", flush=True)
    partial = made.with_suffix(".new.parquet")
    call(*node.command("make_scale.mjs", sample, partial, rows))
    partial.rename(made)
    return made


def synthetic_sample():
    """Prompts that gsa writes itself, with the columns of the sample that scaling needs."""
    made = CACHE / "synthetic.parquet"
    if not made.exists():
        warehouse = CACHE / "synthetic.duckdb"
        call(GSA, "run", "--quiet", "--source", "synthetic", "--prompts", SYNTHETIC_PROMPTS,
             "--users", 500, "--warehouse", warehouse)
        call(GSA, "sql", "--warehouse", warehouse, "--format", "parquet", "--output", made, """
            select p.prompt, coalesce(p.generation_seed, 0)::uinteger as seed,
                   coalesce(p.step, 50)::usmallint as step, coalesce(p.cfg, 7)::float as cfg,
                   coalesce(p.sampler, 8)::utinyint as sampler,
                   coalesce(p.width, 512)::usmallint as width,
                   coalesce(p.height, 512)::usmallint as height,
                   md5(g.user_id::varchar) || md5('user' || g.user_id::varchar) as user_name,
                   g.generated_at::timestamptz as "timestamp",
                   0::float as image_nsfw, 0::float as prompt_nsfw
            from raw_prompts as p join raw_generations as g using (prompt_id)
            order by p.prompt_id""")
        remove_warehouse(warehouse)
    return made


def query(warehouse, sql):
    """The only row of the answer, by column."""
    said = subprocess.run([GSA, "sql", "--warehouse", warehouse, "--format", "json", sql],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(said)[0]


def gib(size):
    return f"{size / 2**30:.2f} GiB"


def size_given(text):
    match = re.fullmatch(r"([0-9.]+)\s*GiB", text)
    if not match:
        raise argparse.ArgumentTypeError("write it as 4GiB")
    return float(match[1]) * 2**30


def finish(failed):
    """Prints the failures and exits."""
    for problem in failed:
        print(f"FAILED: {problem}", file=sys.stderr)
    sys.exit(1 if failed else 0)
