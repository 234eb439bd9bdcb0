#pragma once

// A store in S3 storage: AWS's, or another that speaks its protocol. An object that put() stored
// has the sha256 of its bytes as metadata (kSumHeader), because S3's own sums depend on how it was
// sent.

#include "lake/s3_client.h"

namespace gsa::lake {

inline constexpr const char* kSumHeader = "x-amz-meta-gsa-sha256";

// What the headers of an answer say of an object.
struct S3Object {
  std::int64_t bytes = -1;  // -1: unknown
  std::string sha256 = {};  // hexadecimal; "" if unknown
  std::string etag = {};
};

// From an answer to HEAD, or to GET with or without a range.
S3Object object_of(const WireAnswer& answer);
// "" unless it is a whole number of 0 or more.
std::optional<std::int64_t> whole_number_of(std::string_view text);

class S3Store : public Store {
 public:
  S3Store(const Location& location, const S3Settings& settings, const std::string& engine_base);

  PutResult put(const std::filesystem::path& file, const std::string& key,
                const StoreEvents& events) override;
  void get(const std::string& key, const std::filesystem::path& file,
           const StoreEvents& events) override;
  std::optional<std::int64_t> size(const std::string& key, const StoreEvents& events) override;
  std::vector<StoredFile> list(const std::string& prefix, const StoreEvents& events) override;
  void remove(const std::string& key, const StoreEvents& events) override;

 private:
  std::optional<S3Object> look_at(const std::string& key, const std::string& what,
                                  const StoreEvents& events);
  void take_page(const WireAnswer& page, std::vector<StoredFile>& found, std::string& next) const;

  S3Client client_;
  bool bucket_seen_ = false;      // some answer proved that the bucket is there
  bool takes_conditions_ = true;  // it does not refuse If-None-Match
};

}  // namespace gsa::lake
