#pragma once

// The files that AWS's tools share: sections of NAME = VALUE, in which indented lines belong to the
// name above them:
//
//   [profile work]
//   region = eu-west-1
//   s3 =
//     addressing_style = path

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/invocation.h"

namespace gsa::lake {

using AwsValues = std::map<std::string, std::string>;  // "region", "s3.addressing_style"

// By name of section: "work", "profile work", "services local". Passes over what it cannot read.
std::map<std::string, AwsValues> parse_aws_file(std::string_view text);

struct AwsProfile {
  std::string name = {};
  AwsValues config = {};       // and those of its "services" section
  AwsValues credentials = {};  // of the other file
};

// The profile AWS_PROFILE, or "default", of AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, or
// else ~/.aws/config and ~/.aws/credentials. Throws Error if AWS_PROFILE names one that neither
// file has, or if a file that is there cannot be read.
AwsProfile read_aws_profile(const Invocation& invocation);

}  // namespace gsa::lake
