#pragma once

// A file of a dataset on the Hugging Face Hub, and its notation:
//
//   hf://datasets/OWNER/NAME[@REVISION]/PATH
//
// REVISION is a branch, a tag or a commit; `main` if omitted. Write a "/" in it as %2F, except in
// refs/convert/NAME and refs/pr/NUMBER.
//
// Addresses of the hub's pages, copied from a browser, mean the same:
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

// True for text that the two functions below accept: it begins with "hf://", or is an address of
// the hub's website.
bool is_hub_url(std::string_view text);

// Takes PATH literally. Throws Error with the grammar above as the hint. Refuses what could leave
// the dataset's folder in the cache, such as "..".
HubFile parse_hub_url(std::string_view url);
// The same, but PATH may also be a pattern or a folder. Without PATH it means the whole dataset.
HubFile parse_hub_source(std::string_view url);

std::string to_url(const HubFile& file);

}  // namespace gsa::hub
