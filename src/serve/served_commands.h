#pragma once

// Commands that gsa serve carries out for other processes, since it holds the warehouse: who types
// `gsa run` beside it sees what it would print alone. The client hands over its command line, its
// environment, its open files and the path of its folder on a socket beside the warehouse; the
// command runs here on a thread of its own and writes to the client's terminal itself. Who only
// reads asks where a current snapshot is, and opens that in its own process.
//
// A client that is silent, garbled or gone ends its own connection and nothing else. A client hears
// once a second that its server is alive; where it does not, it gives up.

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/invocation.h"
#include "base/unix_socket.h"
#include "pipeline/host.h"
#include "serve/held_warehouse.h"
#include "serve/served_request.h"

namespace gsa::serve {

class ServedCommands {
 public:
  // Carries a command out and returns its exit code, once all that it printed is written.
  using CarryOut =
      std::function<int(const std::vector<std::string>& arguments, pipeline::Host& host)>;

  // From now on commands are taken. Throws Error where another process listens there, or a file is
  // in the way.
  ServedCommands(HeldWarehouse& warehouse, CarryOut carry_out);
  // Interrupts those that run, and waits for them.
  ~ServedCommands();
  ServedCommands(const ServedCommands&) = delete;
  ServedCommands& operator=(const ServedCommands&) = delete;

 private:
  struct Client;
  struct Command;
  void take(const std::stop_token& stop);
  void accept();
  // Whether the client's request has come whole, or never will.
  bool is_done(Client& client);
  void begin(Fd socket, SocketMessage message);
  void serve(Command& command, SocketMessage message);
  std::vector<std::string> carry_out(Command& command, const ServedRequest& request,
                                     std::vector<Fd>& files);

  HeldWarehouse& warehouse_;
  CarryOut carry_out_;
  Listener listener_;
  std::list<Client> clients_;                     // that have not said yet what they want
  std::list<std::unique_ptr<Command>> commands_;  // both of the thread below
  std::jthread thread_;
};

// Has the process that serves this warehouse carry out a command: returns its exit code. Nothing
// where no process serves it. Throws Error where that is another version, ends on the way, or does
// not answer.
std::optional<int> carry_out_elsewhere(const std::string& warehouse,
                                       const std::vector<std::string>& arguments,
                                       const Invocation& invocation);

// Exit code of a command that wrote to a pipe which nobody reads, as if SIGPIPE had ended it.
inline constexpr int kBrokenPipeExit = 141;

// The path of a current snapshot, of the process that serves this warehouse. Nothing where no
// process serves it. Throws as above, and where the snapshot cannot be made.
std::optional<std::string> served_snapshot(const std::string& warehouse,
                                           const Invocation& invocation);

}  // namespace gsa::serve
