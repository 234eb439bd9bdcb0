#include "hub/fetch.h"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "hub/digest.h"
#include "hub/download.h"
#include "hub/events.h"
#include "hub/file_lock.h"
#include "hub/http.h"
#include "hub/metadata.h"
#include "hub/part_file.h"
#include "hub/retries.h"

namespace gsa::hub {
namespace fs = std::filesystem;
namespace {

// Give up on a file that changes more often than this during the download.
constexpr int kMostChanges = 5;

// One call of fetch().
class Fetch {
 public:
  Fetch(const Settings& settings, const HubFile& file, const Events& events,
        const Expected& expected)
      : settings_(settings),
        file_(file),
        events_(events),
        expected_(expected),
        folder_(settings, file) {}

  CachedFile run();

 private:
  std::optional<CachedFile> cached() const;
  CachedFile cached_offline() const;
  std::variant<Metadata, CachedFile> ask(Http& http);
  void compare(const Metadata& metadata) const;
  std::optional<CachedFile> download_blob(Http& http, const Metadata& metadata);
  bool blob_is_there(const Metadata& metadata) const;
  void remove_parts_of_old_versions(const std::string& etag) const;
  void say_if_room_is_short(std::int64_t missing) const;
  bool sum_is_right(PartFile& part, const Metadata& metadata, bool may_start_over) const;
  CachedFile link(const Metadata& metadata) const;

  const Settings& settings_;
  const HubFile& file_;
  const Events& events_;
  const Expected& expected_;
  CacheFolder folder_;
};

CachedFile Fetch::run() {
  if (settings_.offline) return cached_offline();
  if (is_commit(file_.revision)) {
    if (auto found = find_cached(settings_, file_)) return *found;
  }
  Http http(settings_, events_);
  for (int changes = 0; changes <= kMostChanges; ++changes) {
    auto answer = ask(http);
    if (auto* found = std::get_if<CachedFile>(&answer)) return std::move(*found);
    const auto& metadata = std::get<Metadata>(answer);
    compare(metadata);
    if (auto file = download_blob(http, metadata)) return *file;
    events_.message("the file has changed on the hub meanwhile; starting over");
  }
  throw Error("the file keeps changing on the hub",
              "name a commit: hf://datasets/OWNER/NAME@COMMIT/PATH");
}

// The cached file that matches the expectation, or else any cached version.
std::optional<CachedFile> Fetch::cached() const {
  auto found = find_cached(settings_, file_, expected_);
  return found ? found : find_cached(settings_, file_);
}

CachedFile Fetch::cached_offline() const {
  if (auto found = cached()) return *found;
  throw Error(
      fmt::format("it is not in the cache, and {} prevents fetching it",
                  settings_.offline_variable.empty() ? "offline mode" : settings_.offline_variable),
      fmt::format("the cache is {}", settings_.cache.string()));
}

// What the hub tells; or the cached file, if the hub does not answer.
std::variant<Metadata, CachedFile> Fetch::ask(Http& http) {
  Retries retries(events_);
  while (true) {
    auto answer = ask_metadata(http, settings_, file_);
    if (auto* metadata = std::get_if<Metadata>(&answer)) return std::move(*metadata);
    const auto& refusal = std::get<Refusal>(answer);
    if (!refusal.absent) {
      if (auto found = cached()) {
        events_.message(fmt::format("{}; using the copy in the cache", refusal.message));
        return std::move(*found);
      }
    }
    retries.after(refusal);
  }
}

void Fetch::compare(const Metadata& metadata) const {
  const bool sum_differs = !expected_.sha256.empty() &&
                           sum_kind(metadata.etag) == SumKind::sha256 &&
                           metadata.etag != expected_.sha256;
  const bool size_differs =
      expected_.bytes >= 0 && metadata.bytes >= 0 && metadata.bytes != expected_.bytes;
  if (sum_differs || size_differs) {
    events_.message(fmt::format(
        "{} is not the expected version: it has another {}", to_url(file_),
        size_differs ? fmt::format("size, {} bytes instead of {}", metadata.bytes, expected_.bytes)
                     : fmt::format("sha256, {}", metadata.etag)));
  }
}

// Null: the file has changed on the hub meanwhile.
std::optional<CachedFile> Fetch::download_blob(Http& http, const Metadata& metadata) {
  make_dataset_folder(folder_);
  const FileLock lock(folder_.lock(metadata.etag), events_);
  if (blob_is_there(metadata)) return link(metadata);
  remove_parts_of_old_versions(metadata.etag);

  PartFile part(folder_.blob(metadata.etag), {file_, metadata}, events_);
  say_if_room_is_short(metadata.bytes - part.size());
  try {
    for (bool first = true;; first = false) {
      const Outcome outcome = download(http, settings_, file_, metadata, part, events_);
      if (outcome == Outcome::changed) return std::nullopt;
      if (sum_is_right(part, metadata, first)) break;
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::interrupted) throw;
    throw Error(fmt::format("interrupted; the {} already downloaded are kept",
                            format_bytes(static_cast<double>(part.size()))),
                "fetch again to resume from there", ErrorCode::interrupted);
  }
  part.publish();
  return link(metadata);
}

// Removes a blob whose size differs from what the hub tells: something else has damaged it.
bool Fetch::blob_is_there(const Metadata& metadata) const {
  const fs::path blob = folder_.blob(metadata.etag);
  std::error_code failure;
  const auto size = fs::file_size(blob, failure);
  if (failure) return false;
  if (metadata.bytes < 0 || size == static_cast<std::uintmax_t>(metadata.bytes)) {
    remove_part(part_path(blob));
    return true;
  }
  events_.message(fmt::format("{} is damaged: it has {} bytes, not {}; fetching it again",
                              blob.string(), size, metadata.bytes));
  fs::remove(blob, failure);
  if (failure) {
    throw Error(fmt::format("cannot remove {}: {}", blob.string(), failure.message()));
  }
  return false;
}

// Removes parts of the same file with another ETag, unless a process is downloading one: nobody
// else would ever finish them.
void Fetch::remove_parts_of_old_versions(const std::string& etag) const {
  std::error_code failure;
  for (fs::directory_iterator at(folder_.root / "blobs", failure), end; !failure && at != end;
       at.increment(failure)) {
    if (at->path().extension() != ".gsa-part" || at->path().stem() == etag) continue;
    const std::optional<PartInfo> info = read_part_info(at->path());
    if (!info || info->file != file_) continue;
    if (const auto lock = FileLock::try_lock(folder_.lock(at->path().stem().string()))) {
      events_.message("removing an unfinished download of an earlier version");
      remove_part(at->path());
    }
  }
  if (failure) {
    throw Error(fmt::format("cannot read the folder {}: {}", (folder_.root / "blobs").string(),
                            failure.message()));
  }
}

// Only a warning: quotas, compression and reserved blocks make the system's answer a guess.
void Fetch::say_if_room_is_short(std::int64_t missing) const {
  std::error_code failure;
  const fs::space_info space = fs::space(folder_.root, failure);
  if (failure || missing <= 0 || space.available >= static_cast<std::uintmax_t>(missing)) return;
  events_.message(fmt::format("{} are still to be downloaded, but {} has room for {}",
                              format_bytes(static_cast<double>(missing)), settings_.cache.string(),
                              format_bytes(static_cast<double>(space.available))));
}

// A wrong sum gets one retry from the start: the disk may have damaged the part.
bool Fetch::sum_is_right(PartFile& part, const Metadata& metadata, bool may_start_over) const {
  if (sum_kind(metadata.etag) == SumKind::none) return true;
  const std::string sum = part.sum(events_);
  if (sum == metadata.etag) return true;
  part.start_over();
  if (!may_start_over) {
    throw Error(fmt::format("the download is not the file: its sum is {}, but should be {}", sum,
                            metadata.etag));
  }
  events_.message("the sum of the download is wrong; starting over");
  return false;
}

CachedFile Fetch::link(const Metadata& metadata) const {
  link_snapshot(folder_, file_, metadata.commit, metadata.etag);
  HubFile at_commit = file_;
  at_commit.revision = metadata.commit;
  auto found = find_cached(settings_, at_commit);
  if (!found)
    throw Error(fmt::format("{} vanished", folder_.snapshot(metadata.commit, file_).string()));
  found->file.revision = file_.revision;
  return *found;
}

}  // namespace

CachedFile fetch(const Settings& settings, const HubFile& file, const FetchEvents& events,
                 const Expected& expected) {
  const Events filled(events);
  try {
    return Fetch(settings, file, filled, expected).run();
  } catch (Error& error) {
    if (error.code() != ErrorCode::interrupted) error.add_context(to_url(file));
    throw;
  }
}

Probe probe(const Settings& settings, const HubFile& file, std::chrono::milliseconds timeout,
            const FetchEvents& events) {
  if (settings.offline) {
    const bool named = !settings.offline_variable.empty();
    return {.answers = false,
            .reason = named ? settings.offline_variable + " is set" : "offline mode"};
  }
  const Events filled(events);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  try {
    Http http(settings, filled);
    auto answer = ask_metadata(http, settings, file, deadline);
    if (auto* metadata = std::get_if<Metadata>(&answer)) {
      return {.answers = true, .metadata = std::move(*metadata)};
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return {.answers = false,
              .reason = fmt::format("no answer within {:g} s",
                                    std::chrono::duration<double>(timeout).count())};
    }
    return {.answers = false, .reason = std::get<Refusal>(answer).message};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    return {.answers = false, .reason = error.message()};
  }
}

}  // namespace gsa::hub
