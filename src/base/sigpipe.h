#pragma once

// Blocks SIGPIPE on this thread while the object lives. OpenSSL may write to a socket that the
// other side has closed. That SIGPIPE must not end the program, and its handler belongs to the
// whole process, so we must not replace it.

#include <csignal>

namespace gsa {

class SigpipeBlocked {
 public:
  SigpipeBlocked();
  ~SigpipeBlocked();  // discards a SIGPIPE that came meanwhile
  SigpipeBlocked(const SigpipeBlocked&) = delete;
  SigpipeBlocked& operator=(const SigpipeBlocked&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace gsa
