#pragma once

// Reads the bytes of a text file and decompresses .gz (all members, and zeros after them) and .zst
// (all frames, with windows of any size). A truncated or damaged file is an error, never just a
// shorter file. One thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace gsa::prompts {

enum class Compression { none, gzip, zstd };

class TextReader {
 public:
  // Opens `path` as given, and names it in errors.
  TextReader(const std::string& path, Compression compression);
  ~TextReader();
  TextReader(const TextReader&) = delete;
  TextReader& operator=(const TextReader&) = delete;

  // Fills `out` with up to `size` bytes and returns how many; 0 means the end. Throws Error if the
  // file is truncated or damaged (both formats have checksums).
  std::size_t read(char* out, std::size_t size);

 private:
  class Decoder;
  class Plain;
  class Gzip;
  class Zstd;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace gsa::prompts
