#include "prompts/source.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <iterator>
#include <set>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/text.h"

namespace gsa::prompts {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKinds =
    "Parquet (.parquet), CSV (.csv, .tsv) and JSON lines (.jsonl, .ndjson, .json) can be read, the "
    "last two also as .gz or .zst";

std::optional<FileKind> kind_of_extension(std::string_view extension) {
  const std::string lower = to_lower(extension);
  if (lower == ".parquet" || lower == ".parq" || lower == ".pq") return FileKind::parquet;
  if (lower == ".csv" || lower == ".tsv") return FileKind::csv;
  if (lower == ".jsonl" || lower == ".ndjson" || lower == ".json") return FileKind::json;
  return std::nullopt;
}

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

[[noreturn]] void throw_missing(const std::string& path) {
  const std::string folder = folder_of(path);
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    throw Error(fmt::format("{}: no such file", path),
                fmt::format("the folder {} does not exist", folder));
  }
  throw Error(fmt::format("{}: no such file", path),
              did_you_mean(fs::path(path).filename().string(), names_in(folder)));
}

[[noreturn]] void throw_folder(const std::string& path) {
  std::string pattern = "*.parquet";
  for (const std::string& name : names_in(path)) {
    const std::string extension = fs::path(name).extension().string();
    if (kind_of_extension(extension)) {
      pattern = "*" + extension;
      break;
    }
  }
  throw Error(fmt::format("{}: a folder, not a file", path),
              fmt::format("name the files in it: '{}'", (fs::path(path) / pattern).string()));
}

bool has_wildcard(std::string_view path) {
  return path.find_first_of("*?[") != std::string_view::npos;
}

[[noreturn]] void throw_unmatched(const std::string& pattern) {
  const std::string folder = folder_of_glob(pattern).value_or(pattern);
  std::error_code ignored;
  throw Error(
      fmt::format("{}: no file matches", pattern),
      fs::is_directory(folder, ignored) ? "" : fmt::format("the folder {} does not exist", folder));
}

// The first bytes of the decoded file; short only where the file is.
std::string beginning_of(const std::string& path, Compression compression) {
  std::string bytes(4096, '\0');
  TextReader reader(path, compression);
  std::size_t size = 0;
  while (size < bytes.size()) {
    const std::size_t count = reader.read(bytes.data() + size, bytes.size() - size);
    if (count == 0) break;
    size += count;
  }
  bytes.resize(size);
  return bytes;
}

// "" where the file is as long as a Parquet file must be and has its two marks.
std::string defect_of_parquet(int fd, std::int64_t bytes) {
  constexpr std::int64_t kShortest = 12;  // a mark, the footer's length, a mark
  std::array<char, 4> mark{};
  const auto mark_at = [&](off_t at) {
    return pread(fd, mark.data(), 4, at) == 4 ? std::string_view(mark.data(), 4) : "";
  };
  const std::string_view first = mark_at(0);
  if (first == "PARE") return "an encrypted Parquet file";
  if (first != "PAR1") return "not a Parquet file";
  if (bytes < kShortest || mark_at(bytes - 4) != "PAR1")
    return "the Parquet file is cut off before its end";
  return "";
}

// Compression is what the first bytes say; a name that promises it must keep it.
Compression compression_of(const std::string& path, std::string_view first,
                           const std::string& suffix) {
  const bool gzip = first.starts_with("\x1f\x8b"), zstd = first.starts_with("\x28\xb5\x2f\xfd");
  if ((suffix == ".gz" && !gzip) || (suffix == ".zst" && !zstd)) {
    throw Error(
        fmt::format("{}: its name ends in {}, but it is not compressed that way", path, suffix));
  }
  return gzip ? Compression::gzip : zstd ? Compression::zstd : Compression::none;
}

FileKind kind_of_content(const std::string& path, std::string_view beginning) {
  const std::string_view text = trim(beginning);
  if (text.starts_with('{') || text.starts_with('[')) return FileKind::json;
  throw Error(fmt::format("{}: not a kind of file that prompts are read from", path),
              std::string(kKinds));
}

void refuse_odd_text(const SourceFile& file, std::string_view beginning) {
  if (beginning.empty()) throw Error(fmt::format("{}: the file is empty", file.path));
  if (beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff")) {
    throw Error(fmt::format("{}: the text is UTF-16, not UTF-8", file.path),
                "convert it: iconv -f UTF-16 -t UTF-8");
  }
  if (file.kind == FileKind::json && beginning.starts_with("\xef\xbb\xbf")) {
    throw Error(
        fmt::format("{}: begins with a byte order mark, which JSON does not allow", file.path),
        "remove it: sed -i '1s/^\\xef\\xbb\\xbf//'");
  }
}

void find_kind(SourceFile& file, int fd) {
  std::array<char, 4> bytes{};
  const ssize_t count = pread(fd, bytes.data(), bytes.size(), 0);
  if (count < 0) throw Error(fmt::format("cannot read {}: {}", file.path, std::strerror(errno)));
  const std::string_view first(bytes.data(), static_cast<std::size_t>(count));

  fs::path name(file.path);
  std::string suffix = to_lower(name.extension().string());
  if (suffix == ".gz" || suffix == ".zst") {
    name.replace_extension();
  } else {
    suffix.clear();
  }
  const std::optional<FileKind> named = kind_of_extension(name.extension().string());
  if (first == "PAR1" || (named == FileKind::parquet && suffix.empty())) {
    const std::string defect = defect_of_parquet(fd, file.bytes);
    if (!defect.empty()) throw Error(fmt::format("{}: {}", file.path, defect));
    file.kind = FileKind::parquet;
    return;
  }
  if (named == FileKind::parquet) {
    throw Error(fmt::format("{}: Parquet inside {} cannot be read", file.path, suffix),
                "decompress it: Parquet is compressed within");
  }
  file.compression = compression_of(file.path, first, suffix);
  const std::string beginning = beginning_of(file.path, file.compression);
  file.kind = named ? *named : kind_of_content(file.path, beginning);
  refuse_odd_text(file, beginning);
}

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

SourceFile inspect(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) throw_missing(path);
    throw Error(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) throw_folder(path);
  if (!S_ISREG(status.st_mode)) throw Error(fmt::format("{}: not a regular file", path));
  const Fd opened(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (opened.get() < 0) throw Error(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  if (status.st_size == 0) throw Error(fmt::format("{}: the file is empty", path));
  SourceFile file{path,           fs::absolute(path).string(), FileKind::csv,   Compression::none,
                  status.st_size, nanoseconds(status.st_mtim), stamp_of(status)};
  find_kind(file, opened.get());
  return file;
}

}  // namespace

std::optional<std::string> folder_of_glob(const std::string& path) {
  const std::size_t wildcard = path.find_first_of("*?[");
  if (wildcard == std::string::npos) return std::nullopt;
  return folder_of(path.substr(0, wildcard + 1));
}

// A pattern that matches this name alone.
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

std::vector<std::string> expand(duck::Connection& connection, const std::string& path) {
  std::error_code ignored;
  if (!has_wildcard(path) || fs::exists(path, ignored)) return {path};
  // DuckDB may look in another folder than this thread; but names are shown as they were given.
  const std::string folder = fs::path(path).is_absolute() ? "" : (fs::current_path() / "").string();
  const duck::Result found = connection.query(
      fmt::format("select file from glob({})", sql_quote(without_wildcards(folder) + path)));
  std::vector<std::string> names;
  for (std::size_t row = 0; row < found.rows(); ++row) {
    names.push_back(found.text(row, 0).substr(folder.size()));
  }
  return names;
}

std::vector<SourceFile> find_source_files(duck::Connection& connection,
                                          const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    if (path.find("://") != std::string::npos) {
      throw Error(
          fmt::format("{}: only files on this machine and datasets of the Hugging Face Hub "
                      "can be read",
                      path),
          "a dataset's file is named hf://datasets/OWNER/NAME/PATH; download any other first");
    }
    std::vector<std::string> names = expand(connection, path);
    if (names.empty()) throw_unmatched(path);
    std::move(names.begin(), names.end(), std::back_inserter(found));
  }
  std::sort(found.begin(), found.end());
  std::vector<SourceFile> files;
  std::set<fs::path> seen;
  for (const std::string& path : found) {
    SourceFile file = inspect(path);
    if (seen.insert(fs::canonical(path)).second) files.push_back(std::move(file));
  }
  return files;
}

std::string describe_files(const std::vector<SourceFile>& files) {
  const auto name = [](const SourceFile& file) { return fs::path(file.path).filename().string(); };
  if (files.size() == 1) return name(files.front());
  return fmt::format("{} files ({} … {})", files.size(), name(files.front()), name(files.back()));
}

std::string fingerprint_of(const std::vector<SourceFile>& files) {
  std::string lines;
  for (const SourceFile& file : files) {
    lines += fmt::format("{}\t{}\t{}\n", file.absolute, file.bytes, file.modified);
  }
  return lines;
}

void require_unchanged(const std::vector<SourceFile>& files) {
  constexpr const char* kHint = "run again once nothing writes to it";
  for (const SourceFile& file : files) {
    struct stat status {};
    if (stat(file.absolute.c_str(), &status) != 0) {
      throw Error(fmt::format("{}: the file is gone since the run began: {}", file.path,
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
