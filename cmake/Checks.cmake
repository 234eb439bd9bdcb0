# Checks of the project itself, which ctest runs besides the unit tests; include this after the
# modules. Off, together with the tests of the whole binary, for builds that only need unit tests,
# such as those with sanitizers.
option(GSA_CHECKS "Test scripts, includes and the whole binary as well" ON)
if(GSA_TESTS AND GSA_CHECKS)
  set(scripts ${CMAKE_SOURCE_DIR}/scripts)
  add_test(NAME module_includes COMMAND ${scripts}/check-includes)
  add_test(NAME check_includes COMMAND ${scripts}/tests/check_includes_test)
  add_test(NAME check_script COMMAND ${scripts}/tests/check_test)
  add_test(NAME check_notebooks COMMAND ${scripts}/tests/check_notebooks_test)
  add_test(NAME run_script COMMAND ${scripts}/tests/run_test)
  add_test(NAME setup_script COMMAND ${scripts}/tests/setup_test)
  add_test(NAME test_by_name COMMAND ${scripts}/tests/test_by_name_test ${CMAKE_BINARY_DIR})
  add_test(NAME web_logic COMMAND ${scripts}/web-test logic)
endif()
