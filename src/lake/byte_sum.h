#pragma once

// Sums of bytes by OpenSSL's libcrypto, which libcurl brings along.

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // EVP_MD_CTX

namespace gsa::lake {

enum class SumOf {
  sha256,
  md5,  // only against damage on the way: what S3 storage of any age checks
};

class ByteSum {
 public:
  explicit ByteSum(SumOf kind = SumOf::sha256);
  void add(std::string_view bytes);
  std::string finish();  // 32 or 16 bytes; call once

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string byte_sum(std::string_view bytes, SumOf kind = SumOf::sha256);
std::string to_hex(std::string_view bytes);  // lower case
std::string to_base64(std::string_view bytes);

}  // namespace gsa::lake
