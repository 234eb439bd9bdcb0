#pragma once

// One object on its way out of S3 storage. Goes on where a connection broke, as long as the object
// is the same. One thread.

#include <filesystem>
#include <optional>
#include <string>

#include "lake/byte_sum.h"
#include "lake/pending_file.h"
#include "lake/s3_client.h"
#include "lake/s3_store.h"

namespace gsa::lake {

class S3Download {
 public:
  // All references must outlive the object.
  S3Download(S3Client& client, const std::string& key, const std::filesystem::path& file,
             const StoreEvents& events);

  void run();

 private:
  std::optional<S3Failure> attempt();  // null: all bytes have come
  std::optional<S3Failure> judge(const WireAnswer& answer);
  bool wants(const WireAnswer& answer);
  void take(std::string_view bytes);
  bool has_right_sum();
  void start_over();

  S3Client& client_;
  const StoreEvents& events_;
  const S3Request request_;
  PendingFile pending_;
  ByteSum sum_;
  S3Object object_;                   // as the first answer since start_over() describes it
  std::optional<S3Failure> refused_;  // found in the headers
};

}  // namespace gsa::lake
