#pragma once

// What S3 storage means by an answer that is no success.

#include <chrono>
#include <optional>
#include <string>

#include "lake/s3_address.h"
#include "lake/s3_wire.h"

namespace gsa::lake {

struct S3Failure {
  std::string code = {};     // S3's own: "NoSuchKey"; "" if it gave none
  std::string message = {};  // "the storage answered 503 SlowDown: Reduce your request rate"
  std::string hint = {};
  bool retry = false;                                  // the cause may pass by itself
  std::optional<std::chrono::milliseconds> wait = {};  // what it asked for
};

S3Failure failure_of(const WireAnswer& answer, const S3Settings& settings, const S3Address& address,
                     const std::string& bucket);

// Whether an answer with status 200 is an <Error>: what takes long answers 200 before it is done.
bool is_late_failure(const WireAnswer& answer);

}  // namespace gsa::lake
