# Warnings for the project's own code only; third-party headers are SYSTEM and never see them.
add_library(gsa_warnings INTERFACE)
target_compile_options(gsa_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wcast-align -Wunused -Wnull-dereference -Wformat=2
  -Wimplicit-fallthrough)
# GCC 12 warns of overlaps inside std::string that do not exist (GCC bug 105651).
target_compile_options(gsa_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
option(GSA_WERROR "Treat warnings as errors" OFF)
if(GSA_WERROR)
  target_compile_options(gsa_warnings INTERFACE -Werror)
endif()
# Sanitizers change what the compiler knows; only the warnings of builds without them count.
if(GSA_SANITIZE)
  target_compile_options(gsa_warnings INTERFACE -w)
endif()
# What GCC 12 finds by following values through inlined code. In files that are compiled together it
# follows them into the libraries, and reports what cannot happen there.
if(GSA_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(gsa_warnings INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized
    -Wno-mismatched-new-delete)
endif()
