# What makes a mistake in memory end the process instead of being used. tests/binary_test.cc reads it
# off the program. Include it before targets are defined.
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
add_compile_options(-fPIE -fstack-protector-strong)
add_link_options(-pie LINKER:-z,relro,-z,now,-z,noexecstack)
add_compile_options(-fstack-clash-protection)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-fcf-protection)
endif()
# The checks of glibc need an optimizing compiler, and hide from sanitizers what they look for.
if(NOT GSA_SANITIZE)
  add_compile_options(
    "$<$<AND:$<COMPILE_LANGUAGE:CXX>,$<NOT:$<CONFIG:Debug>>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
endif()
# Libraries are looked for beside the program and where `cmake --install` puts them, and nowhere else.
# One path for both: CMake pads the shorter one of two with empty entries, which mean the current folder.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN:$ORIGIN/../lib")
