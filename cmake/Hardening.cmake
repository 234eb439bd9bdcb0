# Options that make a memory error end the process instead of being exploitable.
# tests/binary_test.cc checks them in the program. Include this before targets are defined.
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
add_compile_options(-fPIE -fstack-protector-strong)
add_link_options(-pie LINKER:-z,relro,-z,now,-z,noexecstack)
add_compile_options(-fstack-clash-protection)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-fcf-protection)
endif()
# glibc's checks need an optimizing compiler, and would hide errors from sanitizers.
if(NOT GSA_SANITIZE)
  add_compile_options(
    "$<$<AND:$<COMPILE_LANGUAGE:CXX>,$<NOT:$<CONFIG:Debug>>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
endif()
# The program finds its libraries beside itself and where `cmake --install` puts them, nowhere else.
# Both use one path: with two, CMake pads the shorter one with empty entries, which mean the current
# folder.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN:$ORIGIN/../lib")
