#pragma once

// A self-signed certificate for 127.0.0.1, new for each server; for tests.

#include <string>

namespace gsa {

struct Certificate {
  Certificate();
  std::string key_pem, pem;
};

}  // namespace gsa
