"""What the Python library huggingface_hub does and sees; hub_cache.py runs it, a process each time,
since the library reads its environment only once.

usage: hub_client.py download REPO PATH REVISION    prints the path
       hub_client.py look REPO PATH REVISION        prints as JSON what the cache holds
       hub_client.py delete REPO                    removes all of the dataset from the cache
"""

import json
import sys
import warnings

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub.errors import LocalEntryNotFoundError


def download(repo, path, revision):
    # Report waiting for another process's lock on stderr sooner than after the default 10 s.
    constants.FILELOCK_LOG_EVERY_SECONDS = 0.1
    huggingface_hub.logging.set_verbosity_info()
    print(huggingface_hub.hf_hub_download(repo, path, repo_type="dataset", revision=revision))


def found_offline(repo, path, revision):
    try:
        return huggingface_hub.hf_hub_download(repo, path, repo_type="dataset", revision=revision)
    except LocalEntryNotFoundError:
        return None


def snapshot_offline(repo, revision):
    try:
        return huggingface_hub.snapshot_download(
            repo, repo_type="dataset", revision=revision, local_files_only=True)
    except LocalEntryNotFoundError:
        return None


def scan():
    cache = huggingface_hub.scan_cache_dir()
    return {
        "warnings": [str(warning) for warning in cache.warnings],
        "repos": {
            f"{repo.repo_type}s/{repo.repo_id}": [
                {
                    "commit": revision.commit_hash,
                    "refs": sorted(revision.refs),
                    "files": {str(file.file_path.relative_to(revision.snapshot_path)):
                              file.size_on_disk for file in revision.files},
                }
                for revision in sorted(repo.revisions, key=lambda of: of.commit_hash)
            ]
            for repo in cache.repos
        },
    }


def look(repo, path, revision):
    in_cache = huggingface_hub.try_to_load_from_cache(
        repo, path, repo_type="dataset", revision=revision)
    print(json.dumps({
        "download": found_offline(repo, path, revision),
        "in_cache": in_cache if isinstance(in_cache, str) else None,
        "snapshot": snapshot_offline(repo, revision),
        "scan": scan(),
    }))


def delete(repo):
    cache = huggingface_hub.scan_cache_dir()
    commits = [revision.commit_hash for of in cache.repos if of.repo_id == repo
               for revision in of.revisions]
    cache.delete_revisions(*commits).execute()


if __name__ == "__main__":
    warnings.simplefilter("error")  # the library warns of caches that it cannot use well
    {"download": download, "look": look, "delete": delete}[sys.argv[1]](*sys.argv[2:])
