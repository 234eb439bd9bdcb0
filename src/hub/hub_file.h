#pragma once

// A file of a dataset on the Hugging Face Hub, and how it is written down:
//
//   hf://datasets/OWNER/NAME[@REVISION]/PATH
//
// REVISION is a branch, a tag or a commit; `main` if left out. A "/" in it is written %2F, but for
// refs/convert/NAME and refs/pr/NUMBER, which may stand as they are. PATH is taken literally.

#include <string>
#include <string_view>

namespace gsa::hub {

struct HubFile {
  std::string owner;
  std::string name;
  std::string revision = "main";
  std::string path;  // within the dataset, "part/file.parquet"

  bool operator==(const HubFile&) const = default;
};

// True for what parse_hub_url() is meant for: text that begins with "hf://".
bool is_hub_url(std::string_view text);

// Throws Error, the grammar above as its hint. What could leave the dataset's folder in the cache
// (".." and its like) is refused.
HubFile parse_hub_url(std::string_view url);

std::string to_url(const HubFile& file);

}  // namespace gsa::hub
