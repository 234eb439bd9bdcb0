#pragma once

// A certificate for 127.0.0.1 that vouches for itself, made anew for each server; for tests.

#include <string>

namespace gsa::hub {

struct Certificate {
  Certificate();
  std::string key_pem, pem;
};

}  // namespace gsa::hub
