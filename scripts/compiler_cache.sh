# shellcheck shell=bash
# To be sourced, with `root` set and options for CMake in the array `options`: compiles through ccache
# where it is installed. Objects are kept outside the checkout, by what they are made of, so that another
# clone, another build folder and another stage of CI find what they have in common.
if command -v ccache >/dev/null; then
  options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/gsa/ccache}
  export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root} CCACHE_NOHASHDIR=1
  # What is not there yet is compiled without being preprocessed apart from that.
  export CCACHE_DEPEND=1
fi
