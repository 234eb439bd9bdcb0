#include "app/served_commands.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "app/failure.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/invocation.h"
#include "base/text.h"

namespace gsa::app {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr std::size_t kMostCommands = 64;

// What is said on the socket.
constexpr const char* kInterrupt = "interrupt";
constexpr const char* kExit = "exit";
constexpr const char* kRefused = "refused";

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

// texts: version, the number of arguments, these, and the environment.
std::vector<std::string> request_texts(const std::vector<std::string>& arguments) {
  std::vector<std::string> texts = {GSA_VERSION, std::to_string(arguments.size())};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  for (char** variable = environ; *variable != nullptr; ++variable) texts.emplace_back(*variable);
  return texts;
}

struct Request {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
};

Request read_request(const SocketMessage& message) {
  const std::vector<std::string>& texts = message.texts;
  const std::size_t count = texts.size() > 1 ? std::stoull(texts[1]) : 0;
  if (message.files.size() != 4 || count == 0 || texts.size() < count + 2) {
    throw Error("what the client sent is no command");
  }
  Request request;
  const auto arguments = texts.begin() + 2;
  const auto variables = arguments + static_cast<std::ptrdiff_t>(count);
  request.arguments.assign(arguments, variables);
  for (auto text = variables; text != texts.end(); ++text) {
    const std::size_t equals = text->find('=');
    if (equals != std::string::npos) {
      request.environment[text->substr(0, equals)] = text->substr(equals + 1);
    }
  }
  return request;
}

}  // namespace

struct ServedCommands::Command {
  explicit Command(Fd&& client) : socket(std::move(client)) {}

  Fd socket;
  Invocation invocation;
  std::atomic<bool> ended = false;
  std::jthread thread;
};

ServedCommands::ServedCommands(HeldWarehouse& warehouse)
    : warehouse_(warehouse),
      path_(socket_of(warehouse.path())),
      listener_(listen_at(path_)),
      thread_([this](const std::stop_token& stop) { take(stop); }) {}

ServedCommands::~ServedCommands() {
  thread_.request_stop();
  thread_.join();
  std::error_code none;
  std::filesystem::remove(path_, none);
}

void ServedCommands::take(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::optional<Fd> client = accept_own(listener_, kPoll);
    commands_.remove_if([](const auto& command) { return command->ended.load(); });
    if (!client) continue;
    if (commands_.size() >= kMostCommands) {
      send_message(*client, {kRefused, "gsa serve carries out too many commands at once"});
      continue;
    }
    commands_.push_back(std::make_unique<Command>(std::move(*client)));
    Command& command = *commands_.back();
    command.thread = std::jthread([this, &command] {
      try {
        carry_out(command);
      } catch (const std::exception& error) {
        try {
          send_message(command.socket, {kRefused, error.what()});
        } catch (const Error&) {
          // The client has gone.
        }
      }
      command.ended = true;
    });
  }
  for (const auto& command : commands_) command->invocation.interrupted = true;
  commands_.clear();
}

void ServedCommands::carry_out(Command& command) {
  std::optional<SocketMessage> message = receive_message(command.socket);
  if (!message) return;
  if (message->texts.empty() || message->texts[0] != GSA_VERSION) {
    send_message(command.socket,
                 {kRefused, fmt::format("{} is served by gsa {}, which is another version",
                                        warehouse_.path(), GSA_VERSION)});
    return;
  }
  const Request request = read_request(*message);
  const File in = open_stream(std::move(message->files[0]), "r");
  const File out = open_stream(std::move(message->files[1]), "w");
  const File err = open_stream(std::move(message->files[2]), "w");
  std::setvbuf(err.get(), nullptr, _IONBF, 0);
  Invocation& invocation = command.invocation;
  invocation.in = in.get();
  invocation.out = out.get();
  invocation.err = err.get();
  invocation.environment = request.environment;
  invocation.folder = message->files[3].get();

  // The client says Ctrl-C, or goes.
  const std::jthread listener([&command](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!has_message(command.socket, kPoll)) continue;
      command.invocation.interrupted = true;
      if (!receive_message(command.socket)) return;
    }
  });
  int code = 0;
  {
    const InvocationScope scope(invocation);
    const HeldScope held(warehouse_, fmt::format("gsa {}", join(request.arguments, " ")));
    code = run_arguments(request.arguments);
    if (std::fflush(out.get()) != 0 && is_broken_pipe(out.get())) code = kBrokenPipeExit;
  }
  send_message(command.socket, {kExit, std::to_string(code)});
}

std::optional<int> carry_out_elsewhere(const std::string& warehouse,
                                       const std::vector<std::string>& arguments) {
  const std::optional<Fd> socket = connect_to(socket_of(warehouse));
  if (!socket) return std::nullopt;
  const Fd folder(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::array files = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, folder.get()};
  send_message(*socket, request_texts(arguments), files);
  bool told = false;
  while (true) {
    if (interrupted() && !std::exchange(told, true)) send_message(*socket, {kInterrupt});
    if (!has_message(*socket, kPoll)) continue;
    const std::optional<SocketMessage> answer = receive_message(*socket);
    if (!answer || answer->texts.size() != 2) {
      throw Error(fmt::format("gsa serve, which has {}, ended before the command did", warehouse),
                  "run it again: where it published, that is whole");
    }
    if (answer->texts[0] != kExit) {
      throw Error(answer->texts[1], "stop gsa serve and start it anew");
    }
    const int code = std::stoi(answer->texts[1]);
    if (code == kBrokenPipeExit) {  // as alone
      std::signal(SIGPIPE, SIG_DFL);
      std::raise(SIGPIPE);
    }
    return code;
  }
}

}  // namespace gsa::app
