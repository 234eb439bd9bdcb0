#include "lake/byte_sum.h"

#include <array>
#include <openssl/evp.h>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::lake {

void ByteSum::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

ByteSum::ByteSum(SumOf kind) : context_(EVP_MD_CTX_new()) {
  check(context_ != nullptr, "libcrypto has memory");
  const EVP_MD* function = kind == SumOf::sha256 ? EVP_sha256() : EVP_md5();
  check(EVP_DigestInit_ex(context_.get(), function, nullptr) == 1, "libcrypto has the sum");
}

void ByteSum::add(std::string_view bytes) {
  check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "libcrypto adds");
}

std::string ByteSum::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(context_.get(), sum.data(), &size) == 1, "libcrypto ends a sum");
  return {reinterpret_cast<const char*>(sum.data()), size};
}

std::string byte_sum(std::string_view bytes, SumOf kind) {
  ByteSum sum(kind);
  sum.add(bytes);
  return sum.finish();
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the zero that it writes
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace gsa::lake
