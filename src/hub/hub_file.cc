#include "hub/hub_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::hub {
namespace {

constexpr std::string_view kScheme = "hf://";
constexpr std::string_view kDatasets = "hf://datasets/";
constexpr const char* kGrammar =
    "write hf://datasets/OWNER/NAME/PATH or hf://datasets/OWNER/NAME@REVISION/PATH";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

[[noreturn]] void refuse(std::string_view url, std::string_view reason) {
  std::string shown(url);
  std::replace_if(shown.begin(), shown.end(), is_control, '?');
  throw Error(fmt::format("{} is not a file of the hub: {}", shown, reason), kGrammar);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode_percent(std::string_view url, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) refuse(url, "a % is not followed by two hexadecimal digits");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// The owner and the name become one folder name in the cache.
void check_name(std::string_view url, std::string_view name, std::string_view what) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (name.empty()) refuse(url, fmt::format("it has no {}", what));
  if (!std::all_of(name.begin(), name.end(), allowed) || name.front() == '.' ||
      name.find("..") != std::string_view::npos) {
    refuse(url, fmt::format("\"{}\" cannot be the {} of a dataset", name, what));
  }
}

// Revision and path become paths below the dataset's folder in the cache.
void check_parts(std::string_view url, std::string_view path, std::string_view what) {
  if (path.empty()) refuse(url, fmt::format("it has no {}", what));
  for (const std::string& part : split(path, '/')) {
    if (part.empty()) refuse(url, fmt::format("a part of the {} is empty", what));
    if (part == "." || part == "..") {
      refuse(url, fmt::format("the {} must not go through \"{}\"", what, part));
    }
  }
}

// Where the revision ends within "REVISION/PATH": at the first "/", except for the two kinds of
// refs that may contain slashes.
std::size_t revision_end(std::string_view text) {
  std::size_t end = text.find('/');
  for (const std::string_view prefix : {"refs/convert/", "refs/pr/"}) {
    if (text.starts_with(prefix)) end = text.find('/', prefix.size());
  }
  return end;
}

}  // namespace

namespace {

// The part after the host, if the text is an address of the hub's website.
std::optional<std::string_view> path_on_website(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    for (const std::string_view host : {"huggingface.co", "www.huggingface.co", "hf.co"}) {
      const std::string_view rest = text.substr(scheme.size());
      if (rest.starts_with(host) && (rest.size() == host.size() || rest[host.size()] == '/')) {
        return rest.substr(host.size());
      }
    }
  }
  return std::nullopt;
}

// The hf:// form of a page's address.
std::string from_website(std::string_view url, std::string_view path) {
  constexpr std::string_view kPages = "/datasets/";
  if (!path.starts_with(kPages)) refuse(url, "it is not the page of a dataset");
  path = path.substr(0, path.find_first_of("?#"));
  std::vector<std::string> parts = split(path.substr(kPages.size()), '/');
  while (!parts.empty() && parts.back().empty()) parts.pop_back();
  if (parts.size() < 2) refuse(url, "it has no dataset name");
  std::string plain = fmt::format("{}{}/{}", kDatasets, parts[0], parts[1]);
  constexpr std::array<std::string_view, 4> kFiles = {"blob", "resolve", "raw", "tree"};
  const bool has_revision =
      parts.size() > 3 && std::find(kFiles.begin(), kFiles.end(), parts[2]) != kFiles.end();
  if (!has_revision) return plain;  // the viewer, the discussions, …
  if (parts[3] != "main") plain += "@" + parts[3];
  for (std::size_t i = 4; i < parts.size(); ++i) plain += "/" + decode_percent(url, parts[i]);
  return plain;
}

HubFile parse(std::string_view url, bool may_lack_path);

}  // namespace

bool is_hub_url(std::string_view text) {
  return text.starts_with(kScheme) || path_on_website(text).has_value();
}

HubFile parse_hub_url(std::string_view url) {
  if (const auto path = path_on_website(url)) return parse(from_website(url, *path), false);
  return parse(url, false);
}

HubFile parse_hub_source(std::string_view url) {
  if (const auto path = path_on_website(url)) return parse(from_website(url, *path), true);
  while (url.ends_with('/')) url.remove_suffix(1);
  return parse(url, true);
}

namespace {

HubFile parse(std::string_view url, bool may_lack_path) {
  if (!url.starts_with(kDatasets)) refuse(url, "it does not begin with hf://datasets/");
  if (std::any_of(url.begin(), url.end(), is_control)) refuse(url, "it has a control character");
  const std::string_view rest = url.substr(kDatasets.size());
  const std::size_t owner_end = rest.find('/');
  if (owner_end == std::string_view::npos) refuse(url, "it has no dataset name");

  HubFile file;
  file.owner = rest.substr(0, owner_end);
  const std::string_view after_owner = rest.substr(owner_end + 1);
  const std::size_t name_end = after_owner.find_first_of("@/");
  file.name = after_owner.substr(0, name_end);
  check_name(url, file.owner, "owner");
  check_name(url, file.name, "name");
  if (name_end == std::string_view::npos) {
    if (may_lack_path) return file;
    refuse(url, "it has no file path");
  }
  std::string_view path = after_owner.substr(name_end + 1);
  if (after_owner[name_end] == '@') {
    const std::size_t end = revision_end(path);
    file.revision = decode_percent(url, path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    if (std::any_of(file.revision.begin(), file.revision.end(), is_control)) {
      refuse(url, "it has a control character");
    }
  }
  check_parts(url, file.revision, "revision");
  if (path.empty() && may_lack_path) return file;
  check_parts(url, path, "path of a file");
  file.path = path;
  return file;
}

}  // namespace

std::string to_url(const HubFile& file) {
  std::string revision;
  if (file.revision != "main") {
    revision = "@" + replace_all(replace_all(file.revision, "%", "%25"), "/", "%2F");
  }
  // The cache may hold datasets from before they had owners.
  const std::string owner = file.owner.empty() ? "" : file.owner + "/";
  const std::string path = file.path.empty() ? "" : "/" + file.path;
  return fmt::format("{}{}{}{}{}", kDatasets, owner, file.name, revision, path);
}

}  // namespace gsa::hub
