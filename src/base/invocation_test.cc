#include "base/invocation.h"

#include <fcntl.h>
#include <filesystem>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/interrupt.h"

namespace gsa {
namespace {

namespace fs = std::filesystem;

TEST(Invocation, IsTheProcessOutsideEveryScope) {
  EXPECT_EQ(out_stream(), stdout);
  EXPECT_EQ(err_fd(), STDERR_FILENO);
  EXPECT_EQ(environment("PATH"), std::string(std::getenv("PATH")));
  EXPECT_FALSE(environment("GSA_NO_SUCH_VARIABLE"));
  EXPECT_FALSE(interrupted());
}

TEST(Invocation, IsThatOfItsThreadAlone) {
  Invocation own;
  own.out = stderr;
  own.environment.emplace();
  own.environment->emplace("A", "1");
  own.interrupted = true;
  const InvocationScope scope(own);
  EXPECT_EQ(out_stream(), stderr);
  EXPECT_EQ(environment("A"), "1");
  EXPECT_FALSE(environment("PATH"));
  EXPECT_TRUE(interrupted());
  std::thread([] {
    EXPECT_EQ(out_stream(), stdout);
    EXPECT_FALSE(interrupted());
  }).join();
  {
    Invocation inner;
    const InvocationScope nested(inner);
    EXPECT_FALSE(interrupted());
  }
  EXPECT_TRUE(interrupted());
}

TEST(Invocation, HasAFolderOfItsThreadAlone) {
  const fs::path before = fs::current_path();
  const fs::path folder = fs::canonical(fs::temp_directory_path());
  Invocation own;
  own.folder = open(folder.c_str(), O_PATH | O_DIRECTORY);
  std::thread worker([&] {
    for (int i = 0; i < 2; ++i) {
      const InvocationScope scope(own);
      EXPECT_EQ(fs::current_path(), folder);
      const InvocationScope nested(own);
      EXPECT_EQ(fs::current_path(), folder);
    }
    EXPECT_EQ(fs::current_path(), before);
  });
  worker.join();
  EXPECT_EQ(fs::current_path(), before);
  close(own.folder);
}

}  // namespace
}  // namespace gsa
