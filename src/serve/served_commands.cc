#include "serve/served_commands.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <mutex>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "serve/command_hosts.h"
#include "serve/served_request.h"

namespace gsa::serve {
namespace {

using Clock = std::chrono::steady_clock;
using Texts = std::vector<std::string>;

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr std::size_t kMostCommands = 64;
// An idle client costs a descriptor and a buffer.
constexpr std::size_t kMostClients = 32;
constexpr auto kRequestTime = std::chrono::seconds(5);
constexpr auto kConnectTime = std::chrono::seconds(5);
// Interval of the server's signs of life, and how long a client waits for one: longer than a busy
// machine delays a thread.
constexpr auto kAliveInterval = std::chrono::seconds(1);
constexpr auto kMostSilence = std::chrono::seconds(10);

// The first text of a message; the client sends the first kind, the server the others.
constexpr const char* kInterrupt = "interrupt";
constexpr const char* kAlive = "alive";
constexpr const char* kExit = "exit";          // and the code
constexpr const char* kSnapshot = "snapshot";  // and its path
constexpr const char* kRefused = "refused";    // with a message and a hint

std::string socket_of(const std::string& warehouse) {
  std::error_code none;
  const auto path = std::filesystem::weakly_canonical(warehouse, none);
  return (none ? warehouse : path.string()) + ".serve";
}

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

File open_stream(Fd fd, const char* mode) {
  File file(fdopen(fd.get(), mode));
  if (!file) throw Error(fmt::format("cannot use the client's files: {}", std::strerror(errno)));
  fd.release();
  return file;
}

// Ignores errors: the client may be gone.
void try_to_send(const Fd& socket, const Texts& texts) noexcept {
  try {
    send_message(socket, texts);
  } catch (const std::exception&) {
    return;
  }
}

Texts refusal(const std::exception& error) {
  const auto* known = dynamic_cast<const Error*>(&error);
  return {kRefused, error.what(), known == nullptr ? "" : known->hint()};
}

}  // namespace

struct ServedCommands::Client {
  Fd socket;
  MessageReader reader;
  Clock::time_point since = Clock::now();
};

struct ServedCommands::Command {
  explicit Command(Fd&& client) : socket(std::move(client)) {}

  void send(const Texts& texts) {
    const std::lock_guard lock(mutex);
    send_message(socket, texts);
  }

  Fd socket;
  std::mutex mutex;       // guards sending
  std::stop_source stop;  // of the command
  std::atomic<bool> ended = false;
  std::jthread thread;
};

namespace {

// Listens to the client while its command runs, and sends signs of life. Ctrl-C, a disconnect or a
// malformed message from the client ends the command.
template <typename Command>
void attend(Command& command, const std::stop_token& stop) {
  try {
    MessageReader reader;
    auto told = Clock::now() - kAliveInterval;
    while (!stop.stop_requested()) {
      if (Clock::now() - told >= kAliveInterval) {
        told = Clock::now();
        command.send({kAlive});
      }
      const MessageReader::State state = reader.wait(command.socket, kPoll);
      if (state == MessageReader::State::unfinished) continue;
      command.stop.request_stop();
      if (state == MessageReader::State::closed) return;
      reader.take();
    }
  } catch (const std::exception&) {
    command.stop.request_stop();
  }
}

}  // namespace

ServedCommands::ServedCommands(HeldWarehouse& warehouse, CarryOut carry_out)
    : warehouse_(warehouse),
      carry_out_(std::move(carry_out)),
      listener_(socket_of(warehouse.path())),
      thread_([this](const std::stop_token& stop) { take(stop); }) {}

ServedCommands::~ServedCommands() {
  thread_.request_stop();
  thread_.join();
}

void ServedCommands::take(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> waited = {{listener_.socket().get(), POLLIN, 0}};
    for (const Client& client : clients_) waited.push_back({client.socket.get(), POLLIN, 0});
    poll(waited.data(), waited.size(), static_cast<int>(kPoll.count()));
    if (waited[0].revents != 0) accept();
    clients_.remove_if([this](Client& client) { return is_done(client); });
    commands_.remove_if([](const auto& command) { return command->ended.load(); });
  }
  for (const auto& command : commands_) command->stop.request_stop();
  commands_.clear();
}

void ServedCommands::accept() {
  std::optional<Fd> socket = accept_own(listener_.socket(), std::chrono::milliseconds(0));
  if (!socket) {
    std::this_thread::sleep_for(kPoll);  // there may be no free descriptor
    return;
  }
  if (clients_.size() >= kMostClients) clients_.pop_front();  // the one that was silent longest
  clients_.push_back({std::move(*socket), {}, Clock::now()});
}

bool ServedCommands::is_done(Client& client) {
  try {
    const MessageReader::State state = client.reader.read(client.socket);
    if (state == MessageReader::State::unfinished)
      return Clock::now() - client.since > kRequestTime;
    if (state == MessageReader::State::whole) {
      begin(std::move(client.socket), client.reader.take());
    }
  } catch (const std::exception& error) {
    try_to_send(client.socket, refusal(error));
  }
  return true;
}

void ServedCommands::begin(Fd socket, SocketMessage message) {
  if (commands_.size() >= kMostCommands) {
    try_to_send(socket, {kRefused, "gsa serve carries out too many commands at once",
                         "try again when some have ended"});
    return;
  }
  commands_.push_back(std::make_unique<Command>(std::move(socket)));
  Command& command = *commands_.back();
  command.ended = true;  // stays true if the thread does not start
  command.thread = std::jthread([this, &command, message = std::move(message)]() mutable {
    serve(command, std::move(message));
    command.ended = true;
  });
  command.ended = false;
}

void ServedCommands::serve(Command& command, SocketMessage message) {
  Texts answer;
  try {
    const ServedRequest request = read_served_request(message.texts);
    const std::jthread attending(
        [&command](const std::stop_token& stop) { attend(command, stop); });
    answer = request.kind == ServedRequest::Kind::snapshot
                 ? Texts{kSnapshot,
                         std::filesystem::absolute(warehouse_.snapshots().current().path).string()}
                 : carry_out(command, request, message.files);
  } catch (const std::exception& error) {
    answer = refusal(error);
  }
  try_to_send(command.socket, answer);
}

Texts ServedCommands::carry_out(Command& command, const ServedRequest& request,
                                std::vector<Fd>& files) {
  if (files.size() != 3) throw Error("what the client sent is no command");
  const File in = open_stream(std::move(files[0]), "r");
  const File out = open_stream(std::move(files[1]), "w");
  const File err = open_stream(std::move(files[2]), "w");
  std::setvbuf(err.get(), nullptr, _IONBF, 0);
  Invocation invocation(command.stop.get_token());
  invocation.in = in.get();
  invocation.environment = Environment(request.environment);
  invocation.out = TextOutput(out.get(), invocation.environment);
  invocation.err = TextOutput(err.get(), invocation.environment);
  invocation.folder = request.folder;
  Server server(invocation, warehouse_, fmt::format("gsa {}", join(request.arguments, " ")),
                [stop = command.stop]() mutable { stop.request_stop(); });
  return {kExit, std::to_string(carry_out_(request.arguments, server))};
}

namespace {

// A request on the client's side.
class Asked {
 public:
  Asked(const std::string& warehouse, Fd socket)
      : warehouse_(warehouse), socket_(std::move(socket)) {}

  const Fd& socket() const { return socket_; }

  // Waits for the last message: `kind` and one more text. Calls `pulse` repeatedly.
  std::string answer(const char* kind, const std::function<void()>& pulse) {
    MessageReader reader;
    auto heard = Clock::now();
    while (true) {
      pulse();
      const MessageReader::State state = reader.wait(socket_, kPoll);
      if (state == MessageReader::State::unfinished) {
        if (Clock::now() - heard > kMostSilence) throw silent();
        continue;
      }
      const Texts texts = state == MessageReader::State::whole ? reader.take().texts : Texts{};
      if (texts.empty()) {
        throw Error(
            fmt::format("gsa serve, which has {}, ended before the command did", warehouse_),
            "run it again: where it published, that is whole");
      }
      heard = Clock::now();
      if (texts[0] == kAlive) continue;
      if (texts[0] == kRefused && texts.size() == 3) throw Error(texts[1], texts[2]);
      if (texts[0] == kind && texts.size() == 2) return texts[1];
      throw Error(fmt::format("gsa serve, which has {}, gave an answer that this gsa does not know",
                              warehouse_),
                  "stop gsa serve and start it anew");
    }
  }

  Error silent() const {
    return Error(fmt::format("gsa serve, which has {}, does not answer", warehouse_),
                 "it may be stopped or stuck: end it and start it anew");
  }

 private:
  std::string warehouse_;
  Fd socket_;
};

std::optional<Asked> ask(const std::string& warehouse) {
  std::optional<Fd> socket;
  try {
    socket = connect_to(socket_of(warehouse), kConnectTime);
  } catch (const Error&) {
    throw Asked(warehouse, Fd()).silent();
  }
  if (!socket) return std::nullopt;
  return Asked(warehouse, std::move(*socket));
}

}  // namespace

std::optional<int> carry_out_elsewhere(const std::string& warehouse, const Texts& arguments,
                                       const Invocation& invocation) {
  std::optional<Asked> asked = ask(warehouse);
  if (!asked) return std::nullopt;
  const std::array files = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  send_message(asked->socket(), texts_of(ServedRequest::Kind::command, arguments), files);
  bool told = false;
  const std::string text = asked->answer(kExit, [&] {
    if (invocation.stop.stop_requested() && !std::exchange(told, true)) {
      try_to_send(asked->socket(), {kInterrupt});
    }
  });
  int code = 1;
  std::from_chars(text.data(), text.data() + text.size(), code);
  if (code == kBrokenPipeExit) {  // as without a server
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  return code;
}

std::optional<std::string> served_snapshot(const std::string& warehouse,
                                           const Invocation& invocation) {
  std::optional<Asked> asked = ask(warehouse);
  if (!asked) return std::nullopt;
  send_message(asked->socket(), texts_of(ServedRequest::Kind::snapshot, {}));
  return asked->answer(kSnapshot, [&] { invocation.stop_if_interrupted(); });
}

}  // namespace gsa::serve
