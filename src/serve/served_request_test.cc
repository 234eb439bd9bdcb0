#include "serve/served_request.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::serve {
namespace {

using Texts = std::vector<std::string>;
using Kind = ServedRequest::Kind;

std::string refusal(const Texts& texts) {
  try {
    read_served_request(texts);
  } catch (const Error& error) {
    return error.message();
  }
  return "taken";
}

TEST(ServedRequest, IsReadAsItWasWritten) {
  setenv("GSA_SERVED_REQUEST_TEST", "a=b", 1);
  const ServedRequest command = read_served_request(texts_of(Kind::command, {"sql", ""}));
  EXPECT_EQ(command.kind, Kind::command);
  EXPECT_EQ(command.folder, std::filesystem::current_path());
  EXPECT_EQ(command.arguments, (Texts{"sql", ""}));
  EXPECT_EQ(command.environment.at("GSA_SERVED_REQUEST_TEST"), "a=b");
  EXPECT_EQ(read_served_request(texts_of(Kind::snapshot, {})).kind, Kind::snapshot);
}

TEST(ServedRequest, RefusesWhatIsNone) {
  const Texts good = texts_of(Kind::command, {"runs"});
  const std::string &version = good[0], &kind = good[1];
  for (const Texts& texts :
       {Texts{}, Texts{version}, Texts{version, "shutdown"}, Texts{version, kind},
        Texts{version, kind, "/"}, Texts{version, kind, "/", "1"},
        Texts{version, kind, "folder", "1", "runs"}, Texts{version, kind, "/", "x", "runs"},
        Texts{version, kind, "/", "0", "runs"}, Texts{version, kind, "/", "-1", "runs"},
        Texts{version, kind, "/", "2", "runs"}, Texts{version, kind, "/", "1x", "runs"},
        Texts{version, kind, "/", "18446744073709551616", "runs"},
        Texts{version, kind, "/", "18446744073709551615", "runs"}}) {
    EXPECT_EQ(refusal(texts), "what the client sent is no request of gsa");
  }
  EXPECT_NE(refusal({"0.0.0", kind, "/", "1", "runs"}).find("another version"), std::string::npos);
  EXPECT_EQ(refusal({version, kind, "/", "1", "runs", "no variable"}), "taken");
}

}  // namespace
}  // namespace gsa::serve
