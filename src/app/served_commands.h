#pragma once

// Commands that gsa serve carries out for other processes, since it holds the warehouse: who types
// `gsa sql` beside it sees what it would print alone. The client hands over its command line, its
// environment, its open files and its folder on a socket beside the warehouse; the command runs
// here on a thread of its own and writes to the client's terminal itself.

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/held_warehouse.h"
#include "base/unix_socket.h"

namespace gsa::app {

class ServedCommands {
 public:
  // From now on commands are taken.
  explicit ServedCommands(HeldWarehouse& warehouse);
  // Interrupts those that run, and waits for them.
  ~ServedCommands();
  ServedCommands(const ServedCommands&) = delete;
  ServedCommands& operator=(const ServedCommands&) = delete;

 private:
  struct Command;
  void take(const std::stop_token& stop);
  void carry_out(Command& command);

  HeldWarehouse& warehouse_;
  const std::string path_;
  Fd listener_;
  std::list<std::unique_ptr<Command>> commands_;  // of the thread below
  std::jthread thread_;
};

// Has the process that serves this warehouse carry out a command: returns its exit code. Nothing
// where no process serves it. Throws Error where that is another version, or ends on the way.
std::optional<int> carry_out_elsewhere(const std::string& warehouse,
                                       const std::vector<std::string>& arguments);

// The command line as it is carried out, in app.cc: everything but the process around it.
int run_arguments(const std::vector<std::string>& arguments);

}  // namespace gsa::app
