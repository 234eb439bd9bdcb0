#include "prompts/file_kind.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/text.h"
#include "prompts/csv_header.h"
#include "prompts/text_blocks.h"

namespace gsa::prompts {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKinds =
    "gsa reads Parquet (.parquet), CSV (.csv, .tsv) and JSON lines (.jsonl, .ndjson, .json), the "
    "last two also as .gz or .zst";
constexpr std::string_view kFetchAgain =
    "it may be the error page of a download: look at it, and fetch the file again";

// A kind of file that we recognise but cannot read.
struct Foreign {
  std::size_t offset;
  std::string_view mark;
  std::string_view what;
  std::string_view hint;
};

using namespace std::string_view_literals;

constexpr std::array kForeign = {
    Foreign{0, "BZh"sv, "compressed with bzip2, which is not read",
            "bunzip2 it, or use gzip or zstd"},
    Foreign{0,
            "\xfd"
            "7zXZ\0"sv,
            "compressed with xz, which is not read", "unxz it, or use gzip or zstd"},
    Foreign{0, "\x04\x22\x4d\x18"sv, "compressed with LZ4, which is not read",
            "unlz4 it, or use gzip or zstd"},
    Foreign{0, "\x1f\x9d"sv, "compressed with compress (.Z), which is not read",
            "uncompress it, or use gzip or zstd"},
    Foreign{0, "\xff\x06\0\0sNaPpY"sv, "compressed with Snappy, which is not read",
            "decompress it, or use gzip or zstd"},
    Foreign{0, "LZIP"sv, "compressed with lzip, which is not read",
            "decompress it, or use gzip or zstd"},
    Foreign{0, "7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive", "unpack it and name the files in it"},
    Foreign{0, "Rar!\x1a\x07"sv, "a RAR archive", "unpack it and name the files in it"},
    Foreign{0, "PK\x03\x04"sv, "a ZIP archive or an Excel workbook",
            "unzip it, or save the sheet as CSV UTF-8"},
    Foreign{257, "ustar"sv, "a tar archive", "unpack it and name the files in it: tar -xf"},
    Foreign{0, "\xd0\xcf\x11\xe0"sv, "an Excel workbook", "save the sheet as CSV UTF-8"},
    Foreign{0, "ARROW1"sv, "an Arrow (Feather) file", "write it as Parquet"},
    Foreign{0, "FEA1"sv, "a Feather file", "write it as Parquet"},
    Foreign{0, "ORC"sv, "an ORC file", "write it as Parquet"},
    Foreign{0, "Obj\x01"sv, "an Avro file", "write it as Parquet"},
    Foreign{0, "SQLite format 3\0"sv, "an SQLite database", "export the table as CSV"},
    Foreign{8, "DUCK"sv, "a DuckDB database", "export the table: copy T to 'T.parquet'"},
    Foreign{0, "%PDF-"sv, "a PDF document", ""},
    Foreign{0, "\x89PNG"sv, "an image (PNG)", ""},
    Foreign{0, "\xff\xd8\xff"sv, "an image (JPEG)", ""},
};

std::string bytes_at(int fd, off_t at, std::size_t count) {
  std::string bytes(count, '\0');
  const ssize_t read = pread(fd, bytes.data(), count, at);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
  return bytes;
}

[[noreturn]] void refuse(const std::string& name, std::string_view what, std::string_view hint) {
  throw Error(fmt::format("{}: {}", name, what), std::string(hint));
}

void refuse_foreign(const std::string& name, std::string_view beginning) {
  for (const Foreign& kind : kForeign) {
    // An ORC file begins with three letters that may also begin a CSV header.
    if (kind.mark == "ORC" && beginning.find('\0') == std::string_view::npos) continue;
    if (beginning.size() > kind.offset && beginning.substr(kind.offset).starts_with(kind.mark)) {
      refuse(name, kind.what, kind.hint);
    }
  }
}

// Refuses placeholders of files that were not downloaded.
void refuse_pointers(const std::string& name, std::string_view beginning) {
  if (beginning.starts_with("version https://git-lfs.github.com/spec/")) {
    refuse(name, "a pointer of Git LFS, not the file itself",
           "fetch the file: git lfs pull, in its repository");
  }
  if (beginning.starts_with("/annex/objects/")) {
    refuse(name, "a pointer of git-annex, not the file itself",
           "fetch the file: git annex get, in its repository");
  }
  const std::string text = to_lower(trim(beginning.substr(0, 512)));
  for (const std::string_view mark : {"<!doctype", "<html", "<head", "<body"}) {
    if (text.starts_with(mark)) refuse(name, "an HTML page, not data", kFetchAgain);
  }
  for (const std::string_view mark : {"<?xml", "<error", "<svg"}) {
    if (text.starts_with(mark)) refuse(name, "XML, not data that can be read", kFetchAgain);
  }
}

// "" if the file is long enough for Parquet and has both of its marks.
std::string defect_of_parquet(int fd, std::int64_t bytes) {
  constexpr std::int64_t kShortest = 12;  // a mark, the footer's length, a mark
  const std::string first = bytes_at(fd, 0, 4);
  if (first == "PARE") return "an encrypted Parquet file";
  if (first != "PAR1") return "not a Parquet file";
  const std::string last = bytes < kShortest ? "" : bytes_at(fd, bytes - 4, 4);
  if (last == "PARE") return "an encrypted Parquet file";
  if (last != "PAR1") return "the Parquet file is cut off before its end";
  return "";
}

bool is_zstd(std::string_view first) {
  // A frame, or the skippable frame that pzstd writes first.
  return first.starts_with("\x28\xb5\x2f\xfd") ||
         (first.size() >= 4 && (first[0] & 0xF0) == 0x50 && first.substr(1, 3) == "\x2a\x4d\x18");
}

// The first bytes decide the compression; throws if the name promises another.
Compression compression_of(const std::string& name, std::string_view first,
                           const std::string& suffix) {
  const bool gzip = first.starts_with("\x1f\x8b"), zstd = is_zstd(first);
  if ((suffix == ".gz" && !gzip) || (suffix == ".zst" && !zstd)) {
    throw Error(
        fmt::format("{}: its name ends in {}, but it is not compressed that way", name, suffix));
  }
  return gzip ? Compression::gzip : zstd ? Compression::zstd : Compression::none;
}

// The first bytes of the decoded file; shorter only if the file is.
std::string beginning_of(const std::string& path, const std::string& name,
                         Compression compression) {
  constexpr std::size_t kBeginning = 4096;
  std::string bytes(kBeginning, '\0');
  try {
    TextReader reader(path, compression);
    std::size_t size = 0;
    while (size < bytes.size()) {
      const std::size_t count = reader.read(bytes.data() + size, bytes.size() - size);
      if (count == 0) break;
      size += count;
    }
    bytes.resize(size);
  } catch (const Error& failure) {
    if (path == name) throw;
    throw Error(replace_all(failure.message(), path, name), failure.hint());
  }
  return bytes;
}

// Removes a byte order mark, and turns the ASCII characters of UTF-16 into UTF-8.
std::string plain_beginning(const std::string& name, std::string bytes) {
  if (bytes.starts_with("\xff\xfe\0\0"sv) || bytes.starts_with("\0\0\xfe\xff"sv)) {
    refuse(name, "the text is UTF-32, not UTF-8", "convert it: iconv -f UTF-32 -t UTF-8");
  }
  if (encoding_of(bytes) != Encoding::utf8) std::erase(bytes, '\0');
  for (const std::string_view mark : {"\xef\xbb\xbf"sv, "\xff\xfe"sv, "\xfe\xff"sv}) {
    if (bytes.starts_with(mark)) bytes.erase(0, mark.size());
  }
  return bytes;
}

// True for an object or an array of objects, but not for a CSV header that begins with a bracket.
bool looks_like_json(std::string_view text) {
  text = trim(text);
  const bool array = text.starts_with('[');
  if (array) text = trim(text.substr(1));
  if (!text.starts_with('{')) return array && text.starts_with(']');
  text = trim(text.substr(1));
  return text.empty() || text.front() == '"' || text.front() == '}';
}

void find_kind_of_text(const std::string& name, std::optional<FileKind> named,
                       std::string_view beginning, FileFormat& format) {
  const bool json = looks_like_json(beginning);
  if (!named) {
    if (!json && !is_csv_of_rows(beginning)) {
      refuse(name, "not a kind of file that gsa can read prompts from", kKinds);
    }
    format.kind = json ? FileKind::json : FileKind::csv;
    return;
  }
  format.kind = *named;
  if (named == FileKind::csv && json) {
    format.kind = FileKind::json;
    format.note = fmt::format("{}: named as CSV, but it is JSON and read as such", name);
  } else if (named == FileKind::json && !json && is_csv_of_rows(beginning)) {
    format.kind = FileKind::csv;
    format.note = fmt::format("{}: named as JSON, but it is CSV and read as such", name);
  }
}

// The name in lower case without the suffix of its compression, and that suffix.
std::pair<std::string, std::string> without_compression(std::string_view name) {
  fs::path path(to_lower(name));
  std::string suffix = path.extension().string();
  if (suffix == ".gz" || suffix == ".zst") {
    path.replace_extension();
  } else {
    suffix.clear();
  }
  return {path.string(), suffix};
}

std::optional<FileKind> kind_of_extension(std::string_view name) {
  const std::string extension = fs::path(name).extension().string();
  if (extension == ".parquet" || extension == ".parq" || extension == ".pq") {
    return FileKind::parquet;
  }
  if (extension == ".csv" || extension == ".tsv") return FileKind::csv;
  if (extension == ".jsonl" || extension == ".ndjson" || extension == ".json") {
    return FileKind::json;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FileKind> kind_of_name(std::string_view name) {
  return kind_of_extension(without_compression(name).first);
}

FileFormat find_format(const std::string& path, const std::string& name, std::int64_t bytes) {
  const Fd opened(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (opened.get() < 0) throw Error(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  constexpr std::size_t kFirst = 512;
  const std::string first = bytes_at(opened.get(), 0, kFirst);
  refuse_pointers(name, first);

  FileFormat format;
  const auto [bare, suffix] = without_compression(path);
  const std::optional<FileKind> named = kind_of_extension(bare);
  if (first.starts_with("PAR1") || (named == FileKind::parquet && suffix.empty())) {
    refuse_foreign(name, first);
    const std::string defect = defect_of_parquet(opened.get(), bytes);
    if (!defect.empty()) throw Error(fmt::format("{}: {}", name, defect));
    format.kind = FileKind::parquet;
    return format;
  }
  if (named == FileKind::parquet) {
    throw Error(fmt::format("{}: Parquet inside {} cannot be read", name, suffix),
                "decompress it: Parquet is compressed within");
  }
  refuse_foreign(name, first);
  format.compression = compression_of(name, first, suffix);
  const std::string beginning = plain_beginning(name, beginning_of(path, name, format.compression));
  if (format.compression != Compression::none) {
    refuse_pointers(name, beginning);
    refuse_foreign(name, beginning);
    if (beginning.starts_with("PAR1")) {
      throw Error(fmt::format("{}: Parquet inside {} cannot be read", name,
                              format.compression == Compression::gzip ? "gzip" : "zstd"),
                  "decompress it: Parquet is compressed within");
    }
  }
  format.empty = beginning.empty();
  if (!format.empty) find_kind_of_text(name, named, beginning, format);
  return format;
}

}  // namespace gsa::prompts
