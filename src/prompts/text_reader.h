#pragma once

// Reads a text file's bytes, decompressing .gz and .zst, and insists on all of them. DuckDB takes
// the readable beginning of a cut-off .gz or .zst for the whole file and says nothing, so every
// text file goes through here once before DuckDB reads it. One thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace gsa::prompts {

enum class Compression { none, gzip, zstd };

class TextReader {
 public:
  // `path` is opened as it is, and named in errors.
  TextReader(const std::string& path, Compression compression);
  ~TextReader();
  TextReader(const TextReader&) = delete;
  TextReader& operator=(const TextReader&) = delete;

  // Fills `out` with up to `size` bytes; 0 is the end. Throws Error where the file is cut off or
  // damaged (both formats carry checksums).
  std::size_t read(char* out, std::size_t size);

 private:
  class Decoder;
  class Gzip;
  class Zstd;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace gsa::prompts
