// Commands with little memory (ulimit -v): they work, or they end with an error that says so. No
// signal ends them.

#include <sys/resource.h>

#include "serve_fixture.h"

namespace gsa::tests {
namespace {

constexpr rlim_t kMegabyte = 1'000'000;

class MemoryLimit : public Serve, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers map terabytes";
#endif
    Serve::SetUp();
  }
  ProcessOptions limited() const {
    const rlim_t bytes = static_cast<rlim_t>(GetParam()) * kMegabyte;
    return {folder_.path(), {}, [bytes] {
              const rlimit limit{bytes, bytes};
              setrlimit(RLIMIT_AS, &limit);
            }};
  }
  static void expect_told(const Outcome& outcome, const std::string& name) {
    EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1)
        << name << ": " << outcome.exit_code << "\n"
        << outcome.err;
    EXPECT_EQ(outcome.exit_code == 1, contains(outcome.err, "error: ")) << name << outcome.err;
    EXPECT_FALSE(contains(outcome.err, "a bug in gsa")) << name << outcome.err;
  }
};

TEST_P(MemoryLimit, EndsNoCommandByASignal) {
  for (Arguments line : {Arguments{"summary"},
                         {"runs"},
                         {"sql", "select count(*) from fct_sessions"},
                         {"run", "--prompts", "3000", "--source", "synthetic"}}) {
    line.insert(line.end(), {"--warehouse", warehouse_});
    expect_told(GsaProcess(line, limited()).wait(), line.front());
  }
  EXPECT_EQ(gsa(folder_, {"summary", "--warehouse", warehouse_}).exit_code, 0);
}

// Where DuckDB's allocator would crash, no command begins.
TEST_P(MemoryLimit, OfLessThanDuckDbNeedsIsNamed) {
  constexpr int kLeast = 400;
  const Outcome outcome = GsaProcess({"summary", "--warehouse", warehouse_}, limited()).wait();
  if (GetParam() >= kLeast) {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  } else {
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(contains(outcome.err, "ulimit -v")) << outcome.err;
  }
}

TEST_P(MemoryLimit, EndsNoServerByASignal) {
  GsaProcess server({"serve", "--port", "0", "--warehouse", warehouse_}, limited());
  EXPECT_TRUE(becomes_true(
      [&] { return !server.running() || contains(server.errors_so_far(), "Ctrl-C stops it"); }));
  if (server.running()) server.signal(SIGTERM);
  expect_told(server.wait(), "serve");
}

INSTANTIATE_TEST_SUITE_P(Sizes, MemoryLimit, testing::Values(120, 180, 240, 300, 450));

}  // namespace
}  // namespace gsa::tests
