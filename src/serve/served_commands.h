#pragma once

// Runs commands for other processes in gsa serve, because it holds the warehouse: `gsa run` prints
// the same with and without a server. The client sends its command line, environment, open files
// and folder over a socket beside the warehouse. The command runs here on its own thread and writes
// to the client's terminal directly. A client that only reads asks for the path of a current
// snapshot and opens that in its own process.
//
// A client that is silent, malformed or gone loses its connection and affects nothing else. The
// server signals once a second that it is alive; a client that hears nothing gives up.
//
// One thread owns this object. `warehouse` must outlive it.

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
  // Runs a command and returns its exit code once all its output is written. Called on several
  // threads at once.
  using CarryOut =
      std::function<int(const std::vector<std::string>& arguments, pipeline::Host& host)>;

  // Begins to accept commands. Throws Error if another process listens there, or if a file is in
  // the way.
  ServedCommands(HeldWarehouse& warehouse, CarryOut carry_out);
  // Interrupts the active commands and waits for them.
  ~ServedCommands();
  ServedCommands(const ServedCommands&) = delete;
  ServedCommands& operator=(const ServedCommands&) = delete;

 private:
  struct Client;
  struct Command;
  void take(const std::stop_token& stop);
  void accept();
  // Whether the client's request is complete, or can never be.
  bool is_done(Client& client);
  void begin(Fd socket, SocketMessage message);
  void serve(Command& command, SocketMessage message);
  std::vector<std::string> carry_out(Command& command, const ServedRequest& request,
                                     std::vector<Fd>& files);

  HeldWarehouse& warehouse_;
  CarryOut carry_out_;
  Listener listener_;
  std::list<Client> clients_;                     // whose request is not complete
  std::list<std::unique_ptr<Command>> commands_;  // used only by the thread below, as clients_
  std::jthread thread_;
};

// Runs a command in the process that serves this warehouse; returns its exit code. Nullopt if no
// process serves it. Throws Error if the server is of another version, dies meanwhile, or does not
// answer.
std::optional<int> carry_out_elsewhere(const std::string& warehouse,
                                       const std::vector<std::string>& arguments,
                                       const Invocation& invocation);

// Exit code of a command that wrote to a pipe without a reader, as if SIGPIPE had ended it.
inline constexpr int kBrokenPipeExit = 141;

// The path of a current snapshot, from the process that serves this warehouse. Nullopt if no
// process serves it. Throws like carry_out_elsewhere(), and if the snapshot cannot be made.
std::optional<std::string> served_snapshot(const std::string& warehouse,
                                           const Invocation& invocation);

}  // namespace gsa::serve
