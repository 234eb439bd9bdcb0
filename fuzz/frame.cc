// Messages between commands and `gsa serve`, and the request that begins a command.

#include "base/frame.h"

#include "base/error.h"
#include "fuzz.h"
#include "serve/served_request.h"

void fuzz_one(std::string_view input) {
  try {
    while (const auto frame = gsa::decode_frame(input)) {
      if (frame->bytes == 0 || frame->bytes > input.size()) __builtin_trap();
      if (gsa::encode_frame(frame->texts) != input.substr(0, frame->bytes)) __builtin_trap();
      input.remove_prefix(frame->bytes);
      gsa::serve::read_served_request(frame->texts);
    }
  } catch (const gsa::Error&) {
  }
}
