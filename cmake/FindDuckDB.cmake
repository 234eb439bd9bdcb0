# DuckDB's header and shared library: a system-wide one of the right version, or else the one that
# scripts/setup put into .deps/duckdb. Defines DuckDB::DuckDB and DUCKDB_LIBRARY.
set(GSA_DUCKDB_SERIES "v1.5." CACHE STRING "The DuckDB release series the project is built for")
set(local_duckdb ${CMAKE_SOURCE_DIR}/.deps/duckdb)

function(gsa_duckdb_fits include library out)
  file(WRITE ${CMAKE_BINARY_DIR}/duckdb_version.cc
    "#include <duckdb.h>\n#include <cstdio>\nint main() { std::puts(duckdb_library_version()); }\n")
  try_run(ran compiled ${CMAKE_BINARY_DIR}/duckdb_version ${CMAKE_BINARY_DIR}/duckdb_version.cc
    CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${include} LINK_LIBRARIES ${library}
    RUN_OUTPUT_VARIABLE version)
  if(compiled AND "${version}" MATCHES "^${GSA_DUCKDB_SERIES}")
    set(${out} TRUE PARENT_SCOPE)
  else()
    set(${out} FALSE PARENT_SCOPE)
  endif()
endfunction()

if(NOT DUCKDB_LIBRARY)
  find_path(SYSTEM_DUCKDB_INCLUDE duckdb.h)
  find_library(SYSTEM_DUCKDB_LIBRARY duckdb)
  set(fits FALSE)
  if(SYSTEM_DUCKDB_INCLUDE AND SYSTEM_DUCKDB_LIBRARY)
    gsa_duckdb_fits(${SYSTEM_DUCKDB_INCLUDE} ${SYSTEM_DUCKDB_LIBRARY} fits)
  endif()
  if(fits)
    set(DUCKDB_INCLUDE_DIR ${SYSTEM_DUCKDB_INCLUDE} CACHE PATH "")
    set(DUCKDB_LIBRARY ${SYSTEM_DUCKDB_LIBRARY} CACHE FILEPATH "")
  elseif(EXISTS ${local_duckdb}/libduckdb.so)
    set(DUCKDB_INCLUDE_DIR ${local_duckdb} CACHE PATH "")
    set(DUCKDB_LIBRARY ${local_duckdb}/libduckdb.so CACHE FILEPATH "")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDB
  REQUIRED_VARS DUCKDB_LIBRARY DUCKDB_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "Run scripts/setup, which fetches it into .deps/duckdb.")
if(NOT TARGET DuckDB::DuckDB)
  # Programs look for it beside themselves ($ORIGIN), wherever it came from.
  get_filename_component(duckdb_name ${DUCKDB_LIBRARY} NAME)
  file(CREATE_LINK ${DUCKDB_LIBRARY} ${CMAKE_BINARY_DIR}/${duckdb_name} SYMBOLIC)
  add_library(DuckDB::DuckDB SHARED IMPORTED)
  set_target_properties(DuckDB::DuckDB PROPERTIES
    IMPORTED_LOCATION ${CMAKE_BINARY_DIR}/${duckdb_name}
    INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE_DIR})
endif()
