// Compiler and linker options, checked in the program itself.

#include <cstdlib>
#include <fstream>
#include <string_view>

#include <gtest/gtest.h>

#include "base/file.h"
#include "gsa_process.h"

namespace gsa::tests {
namespace {

// The output of readelf, which comes with the compiler, for the program.
std::string readelf(const std::string& options) {
  const TempFolder folder;
  const std::string out = folder / "out";
  const std::string command =
      "LC_ALL=C readelf --wide " + options + " '" + gsa_binary() + "' > " + out;
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return read_file(out);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// An empty entry would mean the current folder, which anybody may write to.
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

// How often the program contains the bytes of an instruction.
std::size_t count(const std::string& program, std::string_view bytes) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = program.find(bytes, at)) != std::string::npos; ++at) ++found;
  return found;
}

TEST(Binary, ChecksItsStackItsBuffersAndItsCalls) {
  const std::string symbols = readelf("--dyn-syms");
  EXPECT_TRUE(has(symbols, "__stack_chk_fail"));
  EXPECT_TRUE(has(symbols, "_chk@"));  // one of glibc's checked functions
#if defined(__x86_64__)
  // The linker drops the notes of -fcf-protection, because the C library's own files have none.
  const std::string program = read_file(gsa_binary());
  EXPECT_GT(count(program, "\xF3\x0F\x1E\xFA"), 100U);  // endbr64; 2 without it
  // or $0, (%rsp): touches a page of the stack before the next one is allocated.
  EXPECT_GT(count(program, std::string_view("\x48\x83\x0C\x24\x00", 5)), 0U);
#endif
}

}  // namespace
}  // namespace gsa::tests
