// What the README says can be typed works.

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <gtest/gtest.h>

#include "gsa_process.h"

namespace gsa::tests {
namespace {

// The lines of the README's bash blocks that begin with ./run, in order.
std::vector<std::string> commands() {
  std::ifstream readme(GSA_SOURCE_DIR "/README.md");
  std::vector<std::string> found;
  bool in_block = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("```")) in_block = line == "```bash";
    if (in_block && line.starts_with("./run")) found.push_back(line);
  }
  return found;
}

TEST(Readme, EveryRunCommandWorksInItsOrder) {
  const TempFolder folder;
  // ./run without its set-up: that is tested on its own.
  folder.write("run", "#!/bin/sh\ncase \"$1\" in ''|--*) set -- run \"$@\" ;; esac\nexec '" +
                          gsa_binary() + "' \"$@\"\n");
  chmod((folder / "run").c_str(), 0755);
  const std::vector<std::string> typed = commands();
  ASSERT_GE(typed.size(), 6u);
  for (const std::string& command : typed) {
    const std::string line =
        "cd '" + folder.path().string() + "' && (\n" + command + "\n) > said.txt 2>&1";
    EXPECT_EQ(std::system(line.c_str()), 0) << command;
  }
}

TEST(Readme, ShowsTheReportThatTheFirstRunPrints) {
  std::ifstream file(GSA_SOURCE_DIR "/README.md");
  std::ostringstream readme;
  readme << file.rdbuf();
  const TempFolder folder;
  const Outcome run = gsa(folder, {"run", "--quiet"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Downloads are")) break;
    EXPECT_NE(readme.str().find(line + "\n"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace gsa::tests
