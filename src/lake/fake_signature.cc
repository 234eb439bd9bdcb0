#include "lake/fake_signature.h"

#include <algorithm>
#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "lake/byte_sum.h"
#include "lake/s3_address.h"

namespace gsa::lake {
namespace {

std::string hmac(const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum.data(), &size);
  return {reinterpret_cast<const char*>(sum.data()), size};
}

// Parameters decoded, encoded again and sorted, as a server does it. Here + is no blank.
std::string canonical_query(const std::string& query) {
  const auto again = [](const std::string& text) {
    return percent_encode(percent_decode(replace_all(text, "+", "%2B")));
  };
  std::vector<std::string> parameters;
  if (query.empty()) return "";
  for (const std::string& parameter : split(query, '&')) {
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string value =
        equals < parameter.size() ? parameter.substr(equals + 1) : std::string();
    parameters.push_back(again(parameter.substr(0, equals)) + "=" + again(value));
  }
  std::sort(parameters.begin(), parameters.end());
  return join(parameters, "&");
}

// "Credential=…" of an Authorization header.
std::string field(const std::string& authorization, const std::string& name) {
  const std::size_t begin = authorization.find(name + "=");
  if (begin == std::string::npos) return "";
  const std::size_t value = begin + name.size() + 1;
  return std::string(trim(authorization.substr(value, authorization.find(',', value) - value)));
}

std::string text_of(const std::map<std::string, std::string>& headers, const std::string& name) {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

}  // namespace

std::string signature_fault(const SignedRequest& request, const Signer& signer) {
  const std::string authorization = text_of(request.headers, "authorization");
  if (!authorization.starts_with("AWS4-HMAC-SHA256 ")) return "not signed";
  const std::string moment = text_of(request.headers, "x-amz-date");
  const std::string scope =
      fmt::format("{}/{}/s3/aws4_request", moment.substr(0, 8), signer.region);
  if (field(authorization, "Credential") != signer.access_key + "/" + scope) return "credential";
  const std::vector<std::string> names = split(field(authorization, "SignedHeaders"), ';');
  for (const auto& [name, value] : request.headers) {
    const bool must = name == "host" || name == "content-md5" || name.starts_with("x-amz-") ||
                      name.starts_with("if-");
    if (must && std::find(names.begin(), names.end(), name) == names.end()) {
      return "unsigned " + name;
    }
  }
  if (!std::is_sorted(names.begin(), names.end())) return "order of headers";
  std::string headers;
  for (const std::string& name : names) {
    if (!request.headers.contains(name)) return "signed but not sent: " + name;
    headers += fmt::format("{}:{}\n", name, trim(text_of(request.headers, name)));
  }
  const std::size_t mark = std::min(request.target.find('?'), request.target.size());
  const std::string query =
      mark < request.target.size() ? request.target.substr(mark + 1) : std::string();
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.target.substr(0, mark),
                  canonical_query(query), headers, join(names, ";"),
                  text_of(request.headers, "x-amz-content-sha256"));
  const std::string to_sign =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", moment, scope, to_hex(byte_sum(canonical)));
  std::string key = hmac("AWS4" + signer.secret_key, moment.substr(0, 8));
  for (const std::string& part : {signer.region, std::string("s3"), std::string("aws4_request")}) {
    key = hmac(key, part);
  }
  if (field(authorization, "Signature") != to_hex(hmac(key, to_sign))) return "signature";
  return "";
}

}  // namespace gsa::lake
