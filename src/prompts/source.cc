#include "prompts/source.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <sys/stat.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/glob.h"
#include "base/text.h"
#include "prompts/spool.h"
#include "prompts/utf8_check.h"

namespace gsa::prompts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostNamed = 3;  // files in a note

std::string folder_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// What may be wrong with a path whose folder does not exist.
std::string hint_on_folder(const std::string& path, const std::string& folder) {
  if (path.starts_with('~')) {
    return "the shell leaves ~ as it is inside quotes: write \"$HOME\" in its place";
  }
  return fmt::format("the folder {} does not exist", shown_path(folder));
}

[[noreturn]] void throw_missing(const std::string& path) {
  const std::string folder = folder_of(path);
  const std::string message = fmt::format("{}: no such file", shown_path(path));
  std::error_code ignored;
  if (fs::is_symlink(path, ignored)) {
    throw Error(fmt::format("{}: a link to {}, which does not exist", shown_path(path),
                            shown_path(fs::read_symlink(path, ignored).string())));
  }
  if (!fs::is_directory(folder, ignored)) throw Error(message, hint_on_folder(path, folder));
  throw Error(message, did_you_mean(fs::path(path).filename().string(), names_in(folder)));
}

[[noreturn]] void throw_unmatched(const std::string& pattern,
                                  const std::vector<std::string>& notes) {
  const std::string folder = folder_of_glob(pattern).value_or(pattern);
  const std::string message = fmt::format("{}: no file matches", shown_path(pattern));
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) throw Error(message, hint_on_folder(pattern, folder));
  throw Error(message, join(notes, "; "));
}

// "a.csv, b.csv, c.csv and 4 more"
std::string listed(const std::vector<std::string>& paths) {
  std::vector<std::string> shown;
  for (const std::string& path : paths) {
    if (shown.size() == kMostNamed) break;
    shown.push_back(shown_path(path));
  }
  std::string text = join(shown, ", ");
  if (paths.size() > kMostNamed) text += fmt::format(" and {} more", paths.size() - kMostNamed);
  return text;
}

void note(std::vector<std::string>& notes, const std::vector<std::string>& paths,
          std::string_view what) {
  if (!paths.empty()) notes.push_back(fmt::format("left out: {}: {}", listed(paths), what));
}

void note_what_is_left_out(const GlobMatches& found, std::vector<std::string>& notes) {
  note(notes, found.broken, "a link without a target");
  note(notes, found.unreadable, "a folder that cannot be read");
  std::vector<std::string> underscored = found.underscored, folders = found.folders;
  std::erase_if(underscored, [](const std::string& path) { return !kind_of_name(path); });
  note(notes, underscored, "a leading _ marks a writer's own files; name it to read it");
  std::erase_if(folders, [](const std::string& path) { return !kind_of_name(path); });
  note(notes, folders, "a folder; name it to read the files in it");
}

// Refuses tables that keep several versions of their data: reading all files would also count
// deleted rows.
void refuse_versioned_table(const std::string& folder) {
  constexpr std::array<std::pair<const char*, const char*>, 3> kMarks = {
      {{"_delta_log", "Delta Lake"},
       {".hoodie", "Hudi"},
       {"metadata/version-hint.text", "Iceberg"}}};
  std::error_code ignored;
  for (const auto& [mark, name] : kMarks) {
    if (!fs::exists(fs::path(folder) / mark, ignored)) continue;
    throw Error(fmt::format("{}: a table of {}, whose files also contain old versions of rows",
                            shown_path(folder), name),
                "export its current rows as Parquet");
  }
}

// The readable files below a folder; all of one kind.
std::vector<std::string> files_of_folder(const std::string& folder,
                                         std::vector<std::string>& notes) {
  refuse_versioned_table(folder);
  const GlobMatches found = match_files((fs::path(folder) / "**").string());
  note_what_is_left_out(found, notes);
  std::map<FileKind, std::vector<std::string>> kinds;
  for (const std::string& path : found.files) {
    if (const auto kind = kind_of_name(path)) kinds[*kind].push_back(path);
  }
  if (kinds.size() < 2) return kinds.empty() ? std::vector<std::string>() : kinds.begin()->second;
  std::vector<std::string> counts;
  for (const auto& [kind, files] : kinds) {
    counts.push_back(fmt::format("{} {}", files.size(),
                                 kind == FileKind::parquet ? "Parquet"
                                 : kind == FileKind::csv   ? "CSV"
                                                           : "JSON"));
  }
  const fs::path example = kinds.begin()->second.front();
  throw Error(
      fmt::format("{}: it has files of several kinds: {}", shown_path(folder), join(counts, ", ")),
      fmt::format(
          "name those of one kind: '{}'",
          shown_path((fs::path(folder) / "**" / "*").string() + example.extension().string())));
}

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

[[noreturn]] void throw_empty_folder(const std::string& folder) {
  throw Error(
      fmt::format("{}: this folder has no file that gsa can read prompts from", shown_path(folder)),
      "gsa reads Parquet (.parquet), CSV (.csv, .tsv) and JSON lines (.jsonl, .ndjson, .json), the "
      "last two also as .gz or .zst");
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// A file by its path, and as the user typed it.
struct FoundFile {
  std::string path, typed;
};

std::string name_of(const FoundFile& found) {
  const auto spooled = find_spooled(found.path);
  return shown_path(spooled ? spooled->name : found.typed);
}

// Null: the file is empty.
std::optional<SourceFile> inspect(const FoundFile& found, std::vector<std::string>& notes) {
  const std::string& path = found.path;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) throw_missing(path);
    throw Error(fmt::format("cannot read {}: {}", shown_path(path), std::strerror(errno)));
  }
  const auto spooled = find_spooled(path);
  const std::string name = name_of(found);
  if (!S_ISREG(status.st_mode)) throw Error(fmt::format("{}: not a regular file", name));
  SourceFile file;
  file.path = name;
  if (spooled) file.content = spooled->content;
  file.absolute = fs::absolute(path).string();
  file.bytes = status.st_size;
  file.modified = nanoseconds(status.st_mtim);
  file.stamp = stamp_of(status);
  file.hive = hive_keys(found.typed);
  if (status.st_size == 0) return std::nullopt;
  FileFormat format = find_format(path, name, file.bytes);
  if (format.empty) return std::nullopt;
  file.kind = format.kind;
  file.compression = format.compression;
  if (file.kind == FileKind::parquet && !spooled && shown_path(path) != path) {
    throw Error(
        fmt::format("{}: its name is not valid UTF-8, as DuckDB needs it for Parquet", name),
        "rename the file");
  }
  if (!format.note.empty()) notes.push_back(std::move(format.note));
  return file;
}

// The file behind links. Except in the hub's cache: there, files of equal content link to one blob,
// and each counts.
std::string place_of(const SourceFile& file) {
  std::error_code failure;
  const fs::path place = fs::canonical(file.absolute, failure);
  if (failure) return file.absolute;
  if (place.parent_path().filename() != "blobs") return place.string();
  const fs::path link = file.absolute;
  return (fs::canonical(link.parent_path(), failure) / link.filename()).string();
}

// A pattern that matches only this name.
std::string without_wildcards(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '*' || c == '?' || c == '[') {
      escaped += {'[', c, ']'};
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::vector<FoundFile> expand_all(const std::vector<std::string>& paths, const std::string& folder,
                                  std::vector<std::string>& notes) {
  std::vector<FoundFile> found;
  for (const std::string& path : paths) {
    if (path.find("://") != std::string::npos) {
      throw Error(
          fmt::format("{}: only files on this machine and datasets of the Hugging Face Hub "
                      "can be read",
                      path),
          "a dataset's file is named hf://datasets/OWNER/NAME/PATH; download any other first");
    }
    std::vector<std::string> own_notes;
    const bool is_below = !folder.empty() && !path.starts_with('/');
    const std::string begin = is_below ? folder + "/" : "";
    const std::vector<std::string> names = expand(begin + path, own_notes);
    if (names.empty() && is_folder(begin + path)) throw_empty_folder(path);
    if (names.empty()) throw_unmatched(begin + path, own_notes);
    for (const std::string& name : names) found.push_back({name, name.substr(begin.size())});
    std::move(own_notes.begin(), own_notes.end(), std::back_inserter(notes));
  }
  std::sort(found.begin(), found.end(),
            [](const FoundFile& a, const FoundFile& b) { return a.typed < b.typed; });
  return found;
}

}  // namespace

std::string shown_path(const std::string& path) {
  std::string shown;
  for (std::size_t at = 0; at < path.size();) {
    // The longest valid character at this position.
    std::size_t length = 1;
    Utf8Check check;
    bool valid = !check.feed(std::string_view(path).substr(at, 1));
    while (valid && !check.complete() && at + length < path.size()) {
      valid = !check.feed(std::string_view(path).substr(at + length, 1));
      if (valid) ++length;
    }
    const auto byte = static_cast<unsigned char>(path[at]);
    if (!valid || !check.complete() || byte < 0x20 || byte == 0x7f) {
      shown += fmt::format("\\x{:02X}", byte);
      ++at;
    } else {
      shown += path.substr(at, length);
      at += length;
    }
  }
  return shown;
}

std::optional<std::string> folder_of_glob(const std::string& path) {
  const std::size_t wildcard = path.find_first_of("*?[");
  if (wildcard == std::string::npos) return std::nullopt;
  return folder_of(path.substr(0, wildcard + 1));
}

std::vector<std::string> expand(const std::string& path, std::vector<std::string>& notes) {
  std::error_code ignored;
  if (is_folder(path)) return files_of_folder(path, notes);
  if (!has_wildcard(path) || fs::exists(path, ignored)) return {path};
  GlobMatches found = match_files(path);
  note_what_is_left_out(found, notes);
  return std::move(found.files);
}

namespace {

SourceFiles find_below(const std::vector<std::string>& paths, const std::string& folder) {
  SourceFiles found;
  std::vector<std::string> empty;
  std::set<std::string> seen;
  for (const FoundFile& one : expand_all(paths, folder, found.notes)) {
    std::optional<SourceFile> file = inspect(one, found.notes);
    if (!file) {
      empty.push_back(name_of(one));
    } else if (seen.insert(place_of(*file)).second) {
      found.files.push_back(std::move(*file));
    }
  }
  if (found.files.empty()) {
    throw Error(empty.size() == 1 ? fmt::format("{}: the file is empty", empty.front())
                                  : fmt::format("all files are empty: {}", listed(empty)));
  }
  note(found.notes, empty, "empty");
  return found;
}

}  // namespace

SourceFiles find_source_files(const std::vector<std::string>& paths, const std::string& folder) {
  // Messages name paths as they were typed.
  const auto as_typed = [&](const std::string& text) {
    return folder.empty() ? text : replace_all(text, shown_path(folder) + "/", "");
  };
  try {
    SourceFiles found = find_below(paths, folder);
    for (std::string& note : found.notes) note = as_typed(note);
    return found;
  } catch (const Error& error) {
    throw Error(as_typed(error.message()), as_typed(error.hint()), error.code());
  }
}

std::string describe_files(const std::vector<SourceFile>& files) {
  const auto name = [](const SourceFile& file) { return fs::path(file.path).filename().string(); };
  if (files.size() == 1) return name(files.front());
  return fmt::format("{} files ({} … {})", files.size(), name(files.front()), name(files.back()));
}

std::string fingerprint_of(const std::vector<SourceFile>& files) {
  std::string lines;
  for (const SourceFile& file : files) {
    lines += file.content.empty()
                 ? fmt::format("{}\t{}\t{}\n", file.absolute, file.bytes, file.modified)
                 : fmt::format("{}\t{}\t{}\n", file.path, file.bytes, file.content);
  }
  return lines;
}

void require_unchanged(const std::vector<SourceFile>& files) {
  constexpr const char* kHint = "run again once nothing writes to it";
  for (const SourceFile& file : files) {
    struct stat status {};
    if (stat(file.absolute.c_str(), &status) != 0) {
      throw Error(fmt::format("{}: the file has disappeared since the run began: {}", file.path,
                              std::strerror(errno)),
                  kHint);
    }
    const FileStamp now = stamp_of(status);
    if (now == file.stamp) continue;
    const bool same_file = now.device == file.stamp.device && now.inode == file.stamp.inode;
    throw Error(fmt::format("{}: the file was {} since the run began", file.path,
                            same_file ? "written to" : "replaced"),
                kHint);
  }
}

std::string sql_path(const SourceFile& file) { return sql_quote(without_wildcards(file.absolute)); }

}  // namespace gsa::prompts
