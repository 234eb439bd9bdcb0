#include "prompts/text_reader.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <vector>
#include <zlib.h>
#include <zstd.h>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::prompts {
namespace {

[[noreturn]] void throw_cut_off(const std::string& path) {
  throw Error(fmt::format("{}: the compressed data is cut off before its end", path),
              "fetch or write the file again");
}

[[noreturn]] void throw_damaged(const std::string& path) {
  throw Error(fmt::format("{}: the compressed data is damaged", path),
              "fetch or write the file again");
}

[[noreturn]] void throw_unreadable(const std::string& path) {
  throw Error(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
}

}  // namespace

class TextReader::Decoder {
 public:
  explicit Decoder(std::string path) : path_(std::move(path)) {}
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  virtual std::size_t read(char* out, std::size_t size) = 0;

 protected:
  const std::string path_;
};

// zlib's gz functions give plain files through unchanged, and read several members as one.
class TextReader::Gzip : public Decoder {
 public:
  explicit Gzip(const std::string& path) : Decoder(path), file_(gzopen(path.c_str(), "rb")) {
    if (file_ == nullptr) throw_unreadable(path);
    gzbuffer(file_, 1U << 18);
  }
  ~Gzip() override { gzclose_r(file_); }

  std::size_t read(char* out, std::size_t size) override {
    size = std::min(size, std::size_t{std::numeric_limits<int>::max()});
    const int count = gzread(file_, out, static_cast<unsigned>(size));
    if (count > 0) return static_cast<std::size_t>(count);
    int code = Z_OK;
    gzerror(file_, &code);
    if (code == Z_BUF_ERROR) throw_cut_off(path_);
    if (code == Z_ERRNO) throw_unreadable(path_);
    if (code != Z_OK && code != Z_STREAM_END) throw_damaged(path_);
    return 0;
  }

 private:
  gzFile file_;
};

class TextReader::Zstd : public Decoder {
 public:
  explicit Zstd(const std::string& path)
      : Decoder(path), file_(std::fopen(path.c_str(), "rb")), stream_(ZSTD_createDStream()) {
    if (file_ == nullptr) throw_unreadable(path);
  }
  ~Zstd() override {
    if (file_ != nullptr) std::fclose(file_);
    ZSTD_freeDStream(stream_);
  }

  std::size_t read(char* out, std::size_t size) override {
    ZSTD_outBuffer output = {out, size, 0};
    while (output.pos == 0) {
      if (input_.pos == input_.size && !refill()) {
        if (missing_ != 0) throw_cut_off(path_);
        return 0;
      }
      missing_ = ZSTD_decompressStream(stream_, &output, &input_);
      if (ZSTD_isError(missing_) != 0) throw_damaged(path_);
    }
    return output.pos;
  }

 private:
  bool refill() {
    const std::size_t count = std::fread(bytes_.data(), 1, bytes_.size(), file_);
    if (count == 0 && std::ferror(file_) != 0) throw_unreadable(path_);
    // Bytes that the decoder still holds back come out of a call without input.
    if (count == 0 && flushed_) return false;
    flushed_ = count == 0;
    input_ = {bytes_.data(), count, 0};
    return count != 0 || missing_ != 0;
  }

  std::FILE* file_;
  ZSTD_DStream* stream_;
  std::vector<char> bytes_ = std::vector<char>(ZSTD_DStreamInSize());
  ZSTD_inBuffer input_ = {nullptr, 0, 0};
  std::size_t missing_ = 0;  // 0 at the end of a frame
  bool flushed_ = false;
};

TextReader::TextReader(const std::string& path, Compression compression) {
  if (compression == Compression::zstd) {
    decoder_ = std::make_unique<Zstd>(path);
  } else {
    decoder_ = std::make_unique<Gzip>(path);
  }
}

TextReader::~TextReader() = default;

std::size_t TextReader::read(char* out, std::size_t size) { return decoder_->read(out, size); }

}  // namespace gsa::prompts
