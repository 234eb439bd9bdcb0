#include "base/sigpipe.h"

#include <cerrno>
#include <ctime>

namespace gsa {

SigpipeBlocked::SigpipeBlocked() {
  sigemptyset(&pipe_);
  sigaddset(&pipe_, SIGPIPE);
  sigset_t pending;
  sigpending(&pending);
  was_pending_ = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
}

SigpipeBlocked::~SigpipeBlocked() {
  const std::timespec no_wait{};
  if (!was_pending_) {
    while (sigtimedwait(&pipe_, nullptr, &no_wait) == -1 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace gsa
