#pragma once

// One file on its way into S3 storage: by one request, or in parts that become an object when all
// are there. Every part carries two sums, of which the storage refuses the part if one is wrong:
// the sha256 that is signed, and Content-MD5, which storage of any age knows. One thread.

#include <string>
#include <vector>

#include "lake/s3_client.h"
#include "lake/source_file.h"

namespace gsa::lake {

enum class UploadEnd {
  stored,
  taken,  // the key has an object: another's, or ours if the answer to an attempt was lost
};

// The size of parts: `part_bytes`, or more where there would be too many of them.
std::int64_t part_bytes_for(std::int64_t file_bytes, std::int64_t part_bytes);

class S3Upload {
 public:
  // All references must outlive the object.
  S3Upload(S3Client& client, const std::string& key, const std::string& what,
           const SourceFile& source, const FileSums& sums, const StoreEvents& events);

  // Never replaces an object if the storage knows If-None-Match (AWS since 2024, MinIO). Sets
  // `takes_conditions` to false if it does not, and then relies on the caller having looked. If it
  // throws, the parts that were sent are removed again.
  UploadEnd run(bool& takes_conditions);

 private:
  UploadEnd put_whole(bool& takes_conditions);
  UploadEnd put_parts(bool& takes_conditions);
  void begin();
  std::string put_part(std::size_t number, const FilePart& part);  // its ETag
  UploadEnd complete(const std::vector<std::string>& etags, bool& takes_conditions);
  void abort() noexcept;
  UploadEnd finish(S3Request request, const WireHeaders& headers, bool& takes_conditions);
  WireBody body_of(const FilePart& part);

  S3Client& client_;
  const std::string& key_;
  const std::string& what_;
  const SourceFile& source_;
  const FileSums& sums_;
  const StoreEvents& events_;
  std::string upload_id_;
  std::int64_t done_ = 0;  // the most bytes of the file that were sent so far
};

}  // namespace gsa::lake
