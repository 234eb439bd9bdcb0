#include "serve/served_request.h"

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <unistd.h>

#include "base/error.h"

namespace gsa::serve {
namespace {

constexpr const char* kCommandKind = "command";
constexpr const char* kSnapshotKind = "snapshot";

// Texts before the arguments: the version and the kind; for a command also the folder and the
// number of arguments.
constexpr std::size_t kBeforeArguments = 4;

[[noreturn]] void refuse() { throw Error("what the client sent is no request of gsa"); }

// Throws if there are fewer texts.
std::size_t argument_count(const std::vector<std::string>& texts) {
  if (texts.size() <= kBeforeArguments) refuse();
  const std::string& text = texts[kBeforeArguments - 1];
  std::size_t count = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || count == 0 ||
      count > texts.size() - kBeforeArguments) {
    refuse();
  }
  return count;
}

}  // namespace

std::vector<std::string> texts_of(ServedRequest::Kind kind,
                                  const std::vector<std::string>& arguments) {
  if (kind == ServedRequest::Kind::snapshot) return {GSA_VERSION, kSnapshotKind};
  std::vector<std::string> texts = {GSA_VERSION, kCommandKind,
                                    std::filesystem::current_path().string(),
                                    std::to_string(arguments.size())};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  for (char** variable = environ; *variable != nullptr; ++variable) texts.emplace_back(*variable);
  return texts;
}

ServedRequest read_served_request(const std::vector<std::string>& texts) {
  if (texts.size() < 2) refuse();
  if (texts[0] != GSA_VERSION) {
    throw Error("the warehouse is served by gsa " GSA_VERSION ", which is another version",
                "stop gsa serve and start it anew");
  }
  ServedRequest request;
  if (texts[1] == kSnapshotKind) {
    request.kind = ServedRequest::Kind::snapshot;
    return request;
  }
  if (texts[1] != kCommandKind) refuse();
  const auto arguments = texts.begin() + kBeforeArguments;
  const auto variables = arguments + static_cast<std::ptrdiff_t>(argument_count(texts));
  request.folder = texts[2];
  if (!request.folder.starts_with('/')) refuse();
  request.arguments.assign(arguments, variables);
  for (auto text = variables; text != texts.end(); ++text) {
    const std::size_t equals = text->find('=');
    if (equals != std::string::npos) {
      request.environment[text->substr(0, equals)] = text->substr(equals + 1);
    }
  }
  return request;
}

}  // namespace gsa::serve
