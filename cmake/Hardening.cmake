# What makes a mistake in memory end the process instead of being used. tests/binary_test.cc reads it
# off the program. Include it before targets are defined.
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
add_link_options(-pie LINKER:-z,relro,-z,now,-z,noexecstack)
# Libraries are looked for beside the program and where `cmake --install` puts them, and nowhere else.
# One path for both: CMake pads the shorter one of two with empty entries, which mean the current folder.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN:$ORIGIN/../lib")
