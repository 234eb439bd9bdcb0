// The text beside an unfinished download.

#include "hub/part_file.h"

#include <fstream>
#include <unistd.h>

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  static const std::string part = "/tmp/gsa-fuzz-part." + std::to_string(getpid());
  std::ofstream(part + ".info", std::ios::binary) << input;
  try {
    gsa::hub::read_part_info(part);
  } catch (const gsa::Error&) {
  }
  unlink((part + ".info").c_str());
}
