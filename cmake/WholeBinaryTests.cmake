# Each tests/x_test.cc is a program that starts the gsa binary, and a ctest of that name.
if(GSA_TESTS AND GSA_CHECKS)
  add_library(gsa_process STATIC ${CMAKE_SOURCE_DIR}/tests/gsa_process.cc)
  target_include_directories(gsa_process PUBLIC ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(gsa_process PRIVATE gsa_warnings PUBLIC fmt::fmt)
  target_compile_definitions(gsa_process PRIVATE GSA_BINARY="$<TARGET_FILE:gsa>")
  add_dependencies(gsa_process gsa)
  file(GLOB programs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*_test.cc)
  foreach(program ${programs})
    get_filename_component(name ${program} NAME_WE)
    add_executable(whole_${name} ${program})
    target_link_libraries(whole_${name} PRIVATE gsa_process gsa_assets gsa_http gsa_fake_hub gsa_warnings GTest::gtest GTest::gtest_main)
    target_compile_definitions(whole_${name} PRIVATE
      GSA_SOURCE_DIR="${CMAKE_SOURCE_DIR}" GSA_TESTDATA="${CMAKE_SOURCE_DIR}/testdata/whole")
    gsa_tests_are_quick_to_compile(whole_${name})
    add_test(NAME whole_${name} COMMAND whole_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endforeach()
  # By far the longest test, so ctest starts it first.
  set_tests_properties(whole_crash_test PROPERTIES COST 1000)
  # The fake hub for scripts/hub-parity.
  add_executable(fake_hub ${CMAKE_SOURCE_DIR}/tests/fake_hub_main.cc)
  target_link_libraries(fake_hub PRIVATE gsa_fake_hub gsa_warnings)
endif()
