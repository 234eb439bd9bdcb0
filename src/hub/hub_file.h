#pragma once

// A file of a dataset on the Hugging Face Hub, and how it is written down:
//
//   hf://datasets/OWNER/NAME[@REVISION]/PATH
//
// REVISION is a branch, a tag or a commit; `main` if left out. A "/" in it is written %2F, but for
// refs/convert/NAME and refs/pr/NUMBER, which may stand as they are.
//
// The addresses of the hub's pages, as they are copied from a browser, mean the same:
//
//   https://huggingface.co/datasets/OWNER/NAME[/(blob|resolve|raw|tree)/REVISION[/PATH]]

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

// True for what the two below are meant for: text that begins with "hf://", or an address of the
// hub's website.
bool is_hub_url(std::string_view text);

// PATH is taken literally. Throws Error, the grammar above as its hint. What could leave the
// dataset's folder in the cache (".." and its like) is refused.
HubFile parse_hub_url(std::string_view url);
// The same where PATH may also be a pattern or a folder, or be left out, which stands for the whole
// dataset.
HubFile parse_hub_source(std::string_view url);

std::string to_url(const HubFile& file);

}  // namespace gsa::hub
