// The fake hub as a program, for checks that are not in C++. Serves the given files until its
// standard input ends.
//
//   fake_hub [--direct] OWNER/NAME/PATH=FILE…    --direct: as the hub serves small files
//
// It first prints a line "ENDPOINT COMMIT". Then it answers each input line with one line:
//
//   downloads   how often a file's bytes were requested so far
//   hold        the next download waits for "release" before its first byte
//   release     all held downloads continue
//   stall N     the next download stops sending after N bytes

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <future>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "hub/fake_hub.h"

namespace gsa::tests {
namespace {

using hub::Place;
using hub::Reply;

// Holds downloads until they are released.
class Gate {
 public:
  ~Gate() { open(); }
  Reply hold() {
    Reply reply;
    reply.before = [opened = opened_] { opened.wait(); };
    return reply;
  }
  void open() {
    open_.set_value();
    open_ = {};
    opened_ = open_.get_future().share();
  }

 private:
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
};

Reply stall_at(std::int64_t bytes) {
  Reply reply;
  reply.cut_off_at = bytes;
  reply.stall = true;
  return reply;
}

std::string obey(const std::string& line, hub::FakeHub& hub, Gate& gate, Place bytes_come_from) {
  std::istringstream words(line);
  std::string order;
  std::int64_t bytes = 0;
  words >> order;
  if (order == "downloads") return std::to_string(hub.requests(bytes_come_from).size());
  if (order == "hold") {
    hub.script(bytes_come_from, {gate.hold()});
  } else if (order == "release") {
    gate.open();
  } else if (order == "stall" && words >> bytes) {
    hub.script(bytes_come_from, {stall_at(bytes)});
  } else {
    throw Error(fmt::format("fake_hub: unknown order '{}'", line));
  }
  return "ok";
}

void add_file(hub::FakeHub& hub, const std::string& argument) {
  const std::size_t equals = argument.find('=');
  const std::size_t slash = argument.find('/', argument.find('/') + 1);
  if (equals == std::string::npos || slash > equals) {
    throw Error(fmt::format("fake_hub: '{}' is not OWNER/NAME/PATH=FILE", argument));
  }
  hub.set_file(argument.substr(0, slash), argument.substr(slash + 1, equals - slash - 1),
               read_file(argument.substr(equals + 1)));
}

void serve(std::vector<std::string> arguments) {
  const bool direct = !arguments.empty() && arguments.front() == "--direct";
  if (direct) arguments.erase(arguments.begin());
  // Some versions of the Python library tell the hub from other hosts by the address alone, not the
  // port.
  hub::FakeHub hub({.direct = direct, .cdn_address = "127.0.0.2"});
  Gate gate;  // opens before the hub waits for its connections to end
  for (const std::string& argument : arguments) add_file(hub, argument);
  std::cout << hub.endpoint() << ' ' << hub.commit() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << obey(line, hub, gate, direct ? Place::get : Place::cdn) << std::endl;
  }
}

}  // namespace
}  // namespace gsa::tests

int main(int count, char** arguments) {
  try {
    gsa::tests::serve({arguments + 1, arguments + count});
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
}
