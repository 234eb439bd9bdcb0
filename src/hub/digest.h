#pragma once

// The two sums that the hub names files by: sha256, and git's sha1 of a blob. Computed by OpenSSL's
// libcrypto, which libcurl brings along and which uses the processor's instructions for both.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // EVP_MD_CTX

namespace gsa::hub {

enum class SumKind {
  sha256,    // 64 hexadecimal digits
  git_sha1,  // 40: the sha1 of "blob <size>\0" and the bytes
  none,      // an ETag of another kind, which tells nothing about the bytes
};

SumKind sum_kind(std::string_view etag);

class Digest {
 public:
  // git_sha1 needs the size before the first byte. For `none` the sum is "".
  Digest(SumKind kind, std::int64_t size);
  void add(std::string_view bytes);
  std::string finish();  // lower-case hexadecimal; call once

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;  // null for `none`
};

}  // namespace gsa::hub
