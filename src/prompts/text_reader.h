#pragma once

// Reads a text file's bytes, decompressing .gz (all members, zeros behind them) and .zst (all
// frames, windows of any size), and insists on all of them: a cut-off or damaged file is an error,
// never a shorter one. One thread.

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
  class Plain;
  class Gzip;
  class Zstd;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace gsa::prompts
