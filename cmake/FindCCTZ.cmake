# CCTZ; its Debian package has no CMake files. Defines cctz::cctz.
find_path(CCTZ_INCLUDE_DIR cctz/time_zone.h)
find_library(CCTZ_LIBRARY cctz)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CCTZ
  REQUIRED_VARS CCTZ_LIBRARY CCTZ_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "Run scripts/setup, which installs libcctz-dev.")
if(NOT TARGET cctz::cctz)
  add_library(cctz::cctz UNKNOWN IMPORTED)
  set_target_properties(cctz::cctz PROPERTIES
    IMPORTED_LOCATION ${CCTZ_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${CCTZ_INCLUDE_DIR})
endif()
