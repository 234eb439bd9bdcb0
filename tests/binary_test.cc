// What the linker and the compiler were asked for, read off the program itself.

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "gsa_process.h"

namespace gsa::tests {
namespace {

// What readelf, which comes with the compiler, says of the program.
std::string readelf(const std::string& options) {
  const TempFolder folder;
  const std::string out = folder / "out";
  const std::string command =
      "LC_ALL=C readelf --wide " + options + " '" + gsa_binary() + "' > " + out;
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream file(out);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// An empty entry would be the current folder, and so anybody's.
TEST(Binary, LooksForLibrariesBesideItselfAlone) {
  const std::string dynamic = readelf("--dynamic");
  EXPECT_TRUE(has(dynamic, "Library runpath: [$ORIGIN:$ORIGIN/../lib]\n")) << dynamic;
  EXPECT_FALSE(has(dynamic, "(RPATH)")) << dynamic;
}

TEST(Binary, IgnoresALibraryInTheCurrentFolder) {
  const TempFolder folder;
  std::ofstream(folder / "libduckdb.so") << "no library at all";
  EXPECT_EQ(gsa(folder, {"--version"}).exit_code, 0);
}

TEST(Binary, LiesAnywhereAndIsReadOnlyOnceItIsLinked) {
  EXPECT_TRUE(has(readelf("--file-header"), "DYN (Position-Independent Executable file)"));
  const std::string dynamic = readelf("--dynamic");
  EXPECT_TRUE(has(dynamic, "BIND_NOW")) << dynamic;
  EXPECT_TRUE(has(dynamic, "PIE")) << dynamic;
  EXPECT_FALSE(has(dynamic, "TEXTREL")) << dynamic;
  const std::string segments = readelf("--program-headers");
  EXPECT_TRUE(has(segments, "GNU_RELRO")) << segments;
  const std::size_t stack = segments.find("GNU_STACK");
  ASSERT_NE(stack, std::string::npos) << segments;
  const std::string flags = segments.substr(stack, segments.find('\n', stack) - stack);
  EXPECT_TRUE(has(flags, "RW ") && !has(flags, "RWE")) << flags;
}

}  // namespace
}  // namespace gsa::tests
