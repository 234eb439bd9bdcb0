#include "base/sigpipe.h"

#include <array>
#include <cerrno>
#include <unistd.h>

#include <gtest/gtest.h>

namespace gsa {
namespace {

// The default action of a SIGPIPE that is let through would end the test.
TEST(SigpipeBlocked, LetsAWriteToAClosedPipeFailOnly) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  close(ends[0]);
  {
    const SigpipeBlocked blocked;
    EXPECT_EQ(write(ends[1], "x", 1), -1);
    EXPECT_EQ(errno, EPIPE);
  }
  close(ends[1]);
  sigset_t now;
  pthread_sigmask(SIG_BLOCK, nullptr, &now);
  EXPECT_EQ(sigismember(&now, SIGPIPE), 0);  // as before
}

}  // namespace
}  // namespace gsa
