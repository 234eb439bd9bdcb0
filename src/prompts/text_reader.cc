#include "prompts/text_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <new>
#include <unistd.h>
#include <vector>
#include <zlib.h>
#include <zstd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"

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

// The bytes of the file unchanged.
class TextReader::Plain : public Decoder {
 public:
  explicit Plain(const std::string& path)
      : Decoder(path), fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_.get() < 0) throw_unreadable(path);
  }

  std::size_t read(char* out, std::size_t size) override {
    while (true) {
      const ssize_t count = ::read(fd_.get(), out, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) throw_unreadable(path_);
    }
  }

 private:
  Fd fd_;
};

// All members of the file, one after the other. Zeros after the last one are padding; at any other
// bytes there, zlib's gzread() would end without an error.
class TextReader::Gzip : public Decoder {
 public:
  explicit Gzip(const std::string& path) : Decoder(path), file_(path) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Gzip() override { inflateEnd(&stream_); }

  std::size_t read(char* out, std::size_t size) override {
    size = std::min(size, std::size_t{std::numeric_limits<int>::max()});
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out == size) {
      if (stream_.avail_in == 0 && !refill()) {
        if (inside_) throw_cut_off(path_);
        return 0;
      }
      if (!inside_ && !begin_member()) continue;
      const int code = inflate(&stream_, Z_NO_FLUSH);
      if (code == Z_STREAM_END) {
        inside_ = false;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        throw_damaged(path_);
      }
    }
    return size - stream_.avail_out;
  }

 private:
  bool refill() {
    const std::size_t count = file_.read(bytes_.data(), bytes_.size());
    stream_.next_in = reinterpret_cast<Bytef*>(bytes_.data());
    stream_.avail_in = static_cast<uInt>(count);
    return count > 0;
  }

  // False if only padding was left.
  bool begin_member() {
    while (began_ && stream_.avail_in > 0 && *stream_.next_in == 0) {
      ++stream_.next_in;
      --stream_.avail_in;
    }
    if (stream_.avail_in == 0) return false;
    if (inflateReset(&stream_) != Z_OK) throw_damaged(path_);
    inside_ = began_ = true;
    return true;
  }

  Plain file_;
  z_stream stream_ = {};
  std::vector<char> bytes_ = std::vector<char>(1U << 18);
  bool inside_ = false;  // a member
  bool began_ = false;   // the first member
};

class TextReader::Zstd : public Decoder {
 public:
  explicit Zstd(const std::string& path)
      : Decoder(path), file_(path), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc();
    // zstd --long=31 writes windows of 2 GiB. Memory is allocated only as the data needs it.
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax,
                           ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
  }
  ~Zstd() override { ZSTD_freeDStream(stream_); }

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
    const std::size_t count = file_.read(bytes_.data(), bytes_.size());
    // A call without input flushes the bytes that the decoder still holds.
    if (count == 0 && flushed_) return false;
    flushed_ = count == 0;
    input_ = {bytes_.data(), count, 0};
    return count != 0 || missing_ != 0;
  }

  Plain file_;
  ZSTD_DStream* stream_;
  std::vector<char> bytes_ = std::vector<char>(ZSTD_DStreamInSize());
  ZSTD_inBuffer input_ = {nullptr, 0, 0};
  std::size_t missing_ = 0;  // 0 at the end of a frame
  bool flushed_ = false;
};

TextReader::TextReader(const std::string& path, Compression compression) {
  switch (compression) {
    case Compression::none:
      decoder_ = std::make_unique<Plain>(path);
      break;
    case Compression::gzip:
      decoder_ = std::make_unique<Gzip>(path);
      break;
    case Compression::zstd:
      decoder_ = std::make_unique<Zstd>(path);
      break;
  }
}

TextReader::~TextReader() = default;

std::size_t TextReader::read(char* out, std::size_t size) { return decoder_->read(out, size); }

}  // namespace gsa::prompts
