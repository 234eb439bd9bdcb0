#include "serve/serve_token.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <sys/stat.h>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace gsa::serve {
namespace {

namespace fs = std::filesystem;

// A shorter one could be guessed; a longer one would fill the header of every request.
constexpr std::size_t kShortest = 16, kLongest = 256;

// Characters that need no escaping in a cookie, a URL or a header.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "-._~";
  return text.size() >= kShortest && text.size() <= kLongest &&
         std::ranges::all_of(text, [&](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  kMarks.find(c) != std::string_view::npos;
         });
}

std::string checked(std::string_view text, const std::string& place) {
  const std::string_view token = trim(text);
  if (is_token(token)) return std::string(token);
  throw Error(fmt::format("{} holds no token", place),
              fmt::format("a token has {} to {} letters, digits and -._~, on one line", kShortest,
                          kLongest),
              ErrorCode::usage);
}

std::string token_of_file(const std::string& path) {
  const std::string text = read_file(path);
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0 &&
      others_may_read(path)) {
    throw Error(fmt::format("every user of the machine may read {}", path),
                fmt::format("chmod 600 {}", path), ErrorCode::usage);
  }
  return checked(text, path);
}

// 128 random bits.
std::string new_token() {
  std::random_device random;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", random());
  return token;
}

}  // namespace

std::string serve_token(const TokenOptions& options, const Environment& environment, bool wanted) {
  if (options.none) return "";
  if (!options.file.empty()) return token_of_file(options.file);
  if (const auto given = environment.find("GSA_TOKEN"); given && !given->empty()) {
    return checked(*given, "GSA_TOKEN");
  }
  return wanted ? new_token() : "";
}

bool others_may_read(const std::string& path) {
  std::error_code none;
  fs::path file = fs::weakly_canonical(path, none);
  if (none) file = fs::absolute(path);
  const auto permissions = [](const fs::path& of) {
    std::error_code failure;
    const fs::file_status status = fs::status(of, failure);
    return fs::exists(status) ? status.permissions() : fs::perms::all;
  };
  if ((permissions(file) & fs::perms::others_read) == fs::perms::none) return false;
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    if ((permissions(folder) & fs::perms::others_exec) == fs::perms::none) return false;
    if (folder == folder.parent_path()) return true;
  }
}

}  // namespace gsa::serve
