"""Checks that gsa and the Python library huggingface_hub share one cache: each finds the other's
downloads, and waits while the other downloads.

Every check has its own cache in a temporary folder and a fake hub on 127.0.0.1; it uses neither the
network nor the user's settings. Needs an environment with huggingface_hub.
"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

REPO = "owner/name"
PATH = "part/p.parquet"
OTHER = "other.parquet"
URL = f"hf://datasets/{REPO}/{PATH}"
PROMPTS = 50
STALL_AT = 20_000
DEADLINE = 60
CLIENT = pathlib.Path(__file__).resolve().with_name("hub_client.py")


class Failed(Exception):
    """A check failed."""


def expect(holds, what):
    if not holds:
        raise Failed(what)


def expect_same(found, wanted, what):
    expect(found == wanted, f"{what}: {found!r}, should be {wanted!r}")


def sum_of(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def wait_until(condition, what):
    end = time.monotonic() + DEADLINE
    while not condition():
        expect(time.monotonic() < end, f"waited {DEADLINE} s in vain: {what}")
        time.sleep(0.01)


class Running:
    """A process whose output is collected while it runs."""

    def __init__(self, command, environment):
        self.name = " ".join(str(word) for word in command[:3])
        self.process = subprocess.Popen([str(word) for word in command], env=environment,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.out, self.err = "", ""
        self.readers = [threading.Thread(target=self.read, args=(name,)) for name in ("out", "err")]
        for reader in self.readers:
            reader.start()

    def read(self, name):
        for line in getattr(self.process, f"std{name}"):
            setattr(self, name, getattr(self, name) + line)

    def wait_to_say(self, text):
        wait_until(lambda: text in self.err or self.process.poll() is not None, f"“{text}” from {self.name}")
        expect(text in self.err, f"{self.name} did not say “{text}” but:\n{self.err}")

    def kill(self):
        expect(self.process.poll() is None, f"{self.name} was over before it was killed:\n{self.err}")
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self):
        code = self.process.wait(DEADLINE)
        for reader in self.readers:
            reader.join()
        return code

    def answer(self):
        """Its output, after it has ended successfully."""
        code = self.end()
        expect(code == 0, f"{self.name} exited {code}:\n{self.err}")
        return self.out.strip()


class Hub:
    """The program fake_hub, serving PATH and OTHER."""

    def __init__(self, options, kind):
        files = [f"{REPO}/{PATH}={options.file}", f"{REPO}/{OTHER}={options.other}"]
        self.process = subprocess.Popen([str(options.fake_hub), *kind, *files], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.endpoint, self.commit = self.process.stdout.readline().split()

    def tell(self, order):
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def downloads(self):
        return int(self.tell("downloads"))

    def close(self):
        self.process.stdin.close()
        self.process.wait(DEADLINE)
        self.process.stdout.close()


class Place:
    """A hub, an empty cache, and both programs set up to use them."""

    def __init__(self, options, folder, hub):
        self.options, self.folder, self.hub = options, folder, hub
        self.home = folder / "huggingface"
        self.blobs = self.home / "hub" / "datasets--owner--name" / "blobs"
        self.snapshot = self.home / "hub" / "datasets--owner--name" / "snapshots" / hub.commit
        self.started = []

    def environment(self, offline):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder),
                       "HF_HOME": str(self.home), "HF_ENDPOINT": self.hub.endpoint,
                       "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
                       "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
        return {**environment, "HF_HUB_OFFLINE": "1"} if offline else environment

    def start(self, command, offline):
        self.started.append(Running(command, self.environment(offline)))
        return self.started[-1]

    def gsa(self, *arguments, offline=False):
        return self.start([self.options.gsa, *arguments], offline)

    def python(self, what, path=PATH, revision="main", offline=False):
        return self.start([sys.executable, CLIENT, what, REPO, path, revision], offline)

    def look(self, revision="main"):
        return json.loads(self.python("look", revision=revision, offline=True).answer())

    def end_all(self):
        for running in self.started:
            if running.process.poll() is None:
                running.process.kill()
            running.end()

    def expect_file(self, path):
        expect_same(path, str(self.snapshot / PATH), "the path of the file")
        expect_same(sum_of(path), sum_of(self.options.file), "the sum of the file")

    def expect_scan(self, scan, files, refs=("main",)):
        expect_same(scan["warnings"], [], "warnings of scan_cache_dir()")
        revisions = [{"commit": self.hub.commit, "refs": list(refs), "files": files}] if files else []
        expect_same(scan["repos"], {f"datasets/{REPO}": revisions}, "what scan_cache_dir() sees")

    def expect_python_finds_it(self, revision):
        seen = self.look(revision)
        self.expect_file(seen["download"])
        self.expect_file(seen["in_cache"])
        expect_same(seen["snapshot"], str(self.snapshot), "the folder of snapshot_download()")
        self.expect_scan(seen["scan"], {PATH: self.options.file.stat().st_size})

    def expect_gsa_finds_it(self, revision=None):
        url = URL if revision is None else URL.replace(REPO, f"{REPO}@{revision}")
        fetch = self.gsa("fetch", url, offline=True)
        self.expect_file(fetch.answer())
        expect("Was cached already" in fetch.err, f"gsa fetch said:\n{fetch.err}")

    def listed(self):
        return json.loads(self.gsa("fetch", "--list", "--format", "json", offline=True).answer())


def python_finds_what_gsa_fetched(place):
    place.expect_file(place.gsa("fetch", URL).answer())
    place.expect_python_finds_it("main")
    place.expect_python_finds_it(place.hub.commit)
    place.expect_file(place.python("download").answer())
    expect_same(place.hub.downloads(), 1, "downloads")


def gsa_finds_what_python_downloaded(place):
    place.expect_file(place.python("download").answer())
    place.expect_gsa_finds_it()
    place.expect_gsa_finds_it(place.hub.commit)
    place.expect_file(place.gsa("fetch", URL).answer())
    expect_same(place.hub.downloads(), 1, "downloads")
    size = place.options.file.stat().st_size
    listed = [(file["dataset"], file["file"], file["revision"], file["commit"], file["bytes"])
              for file in place.listed()]
    expect_same(listed, [(REPO, PATH, "main", place.hub.commit, size)], "gsa fetch --list")
    warehouse = place.folder / "warehouse.duckdb"
    place.gsa("run", "--source", URL, "--prompts", PROMPTS, "--warehouse", warehouse, "--quiet",
              offline=True).answer()
    count = place.gsa("sql", "select count(*) as n from raw_prompts", "--format", "json",
                      "--warehouse", warehouse).answer()
    expect_same(json.loads(count), [{"n": PROMPTS}], "prompts of gsa run")


def gsa_finds_a_commit_that_python_downloaded(place):
    place.expect_file(place.python("download", revision=place.hub.commit).answer())
    place.expect_gsa_finds_it(place.hub.commit)
    expect(place.gsa("fetch", URL, offline=True).end() == 1, "nothing says that the commit is main")


def stalled_fetch(place, path):
    """Kills gsa in the middle of a download."""
    place.hub.tell(f"stall {STALL_AT}")
    fetch = place.gsa("fetch", URL.replace(PATH, path))
    wait_until(lambda: any(part.stat().st_size == STALL_AT for part in place.blobs.glob("*.gsa-part")),
               "bytes in the part")
    fetch.kill()


def python_bears_our_unfinished_downloads(place):
    stalled_fetch(place, PATH)
    seen = place.look()
    place.expect_scan(seen["scan"], {})
    expect_same(seen["download"], None, "what Python finds of an unfinished download")
    place.expect_file(place.python("download").answer())
    stalled_fetch(place, OTHER)
    place.expect_scan(place.look()["scan"], {PATH: place.options.file.stat().st_size})
    place.expect_gsa_finds_it()


def gsa_bears_pythons_unfinished_downloads(place):
    place.hub.tell(f"stall {STALL_AT}")
    download = place.python("download")
    wait_until(lambda: any(place.blobs.glob("*.incomplete")), "Python's part")
    download.kill()
    expect_same(place.listed(), [], "gsa fetch --list")
    place.expect_file(place.gsa("fetch", URL).answer())
    place.expect_python_finds_it("main")


def python_deletes_what_gsa_fetched(place):
    place.gsa("fetch", URL).answer()
    place.start([sys.executable, CLIENT, "delete", REPO], True).answer()
    expect_same(place.listed(), [], "gsa fetch --list")
    expect(place.gsa("fetch", URL, offline=True).end() == 1, "it was deleted")
    place.expect_file(place.gsa("fetch", URL).answer())


GSA_WAITS = "another download of this file is under way; waiting for it"
PYTHON_WAITS = "Still waiting to acquire lock"


def both_at_once(place, first, second, waits):
    """Starts the second while the first holds the lock; both must get the one download."""
    place.hub.tell("hold")
    holder = first()
    wait_until(lambda: place.hub.downloads() == 1, "the first to download")
    waiter = second()
    waiter.wait_to_say(waits)
    place.hub.tell("release")
    place.expect_file(holder.answer())
    place.expect_file(waiter.answer())
    expect_same(place.hub.downloads(), 1, "downloads")


def second_takes_over(place, first, second, waits):
    """Kills the first; the second, which waited for the lock, must download."""
    place.hub.tell("hold")
    holder = first()
    wait_until(lambda: place.hub.downloads() == 1, "the first to download")
    waiter = second()
    waiter.wait_to_say(waits)
    holder.kill()
    place.expect_file(waiter.answer())
    place.hub.tell("release")
    expect_same(place.hub.downloads(), 2, "downloads")


def python_waits_for_gsa(place):
    both_at_once(place, lambda: place.gsa("fetch", URL), lambda: place.python("download"), PYTHON_WAITS)


def gsa_waits_for_python(place):
    both_at_once(place, lambda: place.python("download"), lambda: place.gsa("fetch", URL), GSA_WAITS)


def python_takes_over_from_gsa(place):
    second_takes_over(place, lambda: place.gsa("fetch", URL), lambda: place.python("download"), PYTHON_WAITS)


def gsa_takes_over_from_python(place):
    second_takes_over(place, lambda: place.python("download"), lambda: place.gsa("fetch", URL), GSA_WAITS)


LARGE, SMALL = (), ("--direct",)  # blobs named by sha256, and by git's sha1
CHECKS = [
    (python_finds_what_gsa_fetched, LARGE),
    (python_finds_what_gsa_fetched, SMALL),
    (gsa_finds_what_python_downloaded, LARGE),
    (gsa_finds_what_python_downloaded, SMALL),
    (gsa_finds_a_commit_that_python_downloaded, LARGE),
    (python_bears_our_unfinished_downloads, LARGE),
    (gsa_bears_pythons_unfinished_downloads, LARGE),
    (python_deletes_what_gsa_fetched, LARGE),
    (python_waits_for_gsa, LARGE),
    (gsa_waits_for_python, LARGE),
    (python_takes_over_from_gsa, LARGE),
    (gsa_takes_over_from_python, LARGE),
]


def run_check(options, folder, check, kind):
    """The failure, or None."""
    with contextlib.ExitStack() as at_end:
        hub = Hub(options, kind)
        at_end.callback(hub.close)
        place = Place(options, folder, hub)
        at_end.callback(place.end_all)
        try:
            check(place)
        except Failed as failure:
            return str(failure)
    return None


def make_files(options, folder):
    """Two different Parquet files of prompts, as options.file and options.other."""
    warehouse = folder / "made.duckdb"
    run = [options.gsa, "run", "--source", "synthetic", "--prompts", "2000", "--quiet"]
    subprocess.run([*run, "--warehouse", warehouse], check=True, stdout=subprocess.DEVNULL)
    for name, order in (("file", "prompt_id"), ("other", "prompt_id desc")):
        path = folder / f"{name}.parquet"
        subprocess.run([options.gsa, "sql", f"select prompt from raw_prompts order by {order}",
                        "--warehouse", warehouse, "--format", "parquet", "--output", path, "--quiet"],
                       check=True)
        expect(path.stat().st_size > STALL_AT, f"{path} has only {path.stat().st_size} bytes")
        setattr(options, name, path)


def main():
    parser = argparse.ArgumentParser(prog="hub-parity")
    parser.add_argument("--gsa", type=pathlib.Path, required=True)
    parser.add_argument("--fake-hub", type=pathlib.Path, required=True)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="gsa-hub-parity-") as name:
        folder = pathlib.Path(name)
        make_files(options, folder)
        for number, (check, kind) in enumerate(CHECKS):
            own = folder / str(number)
            own.mkdir()
            problem = run_check(options, own, check, kind)
            title = check.__name__.replace("_", " ") + (" (a small file)" if kind else "")
            print(f"hub parity: {title}: {'FAILED: ' + problem if problem else 'holds'}", flush=True)
            failed += problem is not None
    if failed:
        sys.exit(f"hub parity: {failed} of {len(CHECKS)} checks failed")


if __name__ == "__main__":
    main()
