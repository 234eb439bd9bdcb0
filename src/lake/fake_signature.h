#pragma once

// Checks a request's signature (AWS Signature Version 4) from its definition in "Signature
// Calculations for the Authorization Header" of the S3 API reference; for tests.

#include <map>
#include <string>

namespace gsa::lake {

struct SignedRequest {
  std::string method = {};
  std::string target = {};                          // "/bucket/key?a=b"
  std::map<std::string, std::string> headers = {};  // names in lower case
};

struct Signer {
  std::string access_key = {}, secret_key = {}, region = {};
};

// What is wrong with the signature; "" if it is right. Every header whose name begins with
// "x-amz-", "content-md5" and "if-" must be among the signed ones, so that nobody can change it on
// the way.
std::string signature_fault(const SignedRequest& request, const Signer& signer);

}  // namespace gsa::lake
