#pragma once

// Stream sockets in the file system, over which processes of one user pass each other texts and
// open files. Throws Error with the system's words.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fd.h"

namespace gsa {

// Only the user may connect. Replaces a socket that is there: whoever made it must be gone.
Fd listen_at(const std::string& path);
// Nothing where no process listens.
std::optional<Fd> connect_to(const std::string& path);
// The next who connects, if it is of the same user or root; nothing after `timeout`, and of others.
std::optional<Fd> accept_own(const Fd& listener, std::chrono::milliseconds timeout);

struct SocketMessage {
  std::vector<std::string> texts;
  std::vector<Fd> files;
};
void send_message(const Fd& socket, const std::vector<std::string>& texts,
                  std::span<const int> files = {});
// Nothing where the other side has closed.
std::optional<SocketMessage> receive_message(const Fd& socket);
// Whether receive_message() would return at once.
bool has_message(const Fd& socket, std::chrono::milliseconds timeout);

}  // namespace gsa
