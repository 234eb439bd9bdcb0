# shellcheck shell=bash
# To be sourced. Fetches npm packages as plain archives: never runs anything from a package, and
# refuses an archive whose checksum differs from the pinned one.

# npm_tarball PACKAGE VERSION SHA256 FOLDER: saves the package's archive in FOLDER, prints its path.
npm_tarball() {
  local package=$1 version=$2 sum=$3 folder=$4 name log
  log=$(mktemp)
  if ! name=$(npm pack --loglevel=error --ignore-scripts --pack-destination "$folder" \
                "$package@$version" 2>"$log" </dev/null | tail -n 1) || [[ -z $name ]]; then
    printf 'error: npm could not fetch %s@%s\n' "$package" "$version" >&2
    grep -v '^npm warn' "$log" >&2 || echo 'hint: is the npm registry reachable?' >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
  # npm 9 prints a scoped package's name as it is ("@scope/name-1.0.tgz"), but flattens the file's
  # name.
  name=${name#@}
  name=$folder/${name//\//-}
  if ! sha256sum --check --status <<<"$sum  $name"; then
    printf 'error: %s@%s is not the archive this project was checked with\n' "$package" "$version" >&2
    printf '  expected sha256 %s\n  received sha256 %s\n' "$sum" "$(sha256sum "$name" | cut -d' ' -f1)" >&2
    return 1
  fi
  printf '%s\n' "$name"
}
