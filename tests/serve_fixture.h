#pragma once

// Starts `gsa serve` on a small warehouse, and acts as its browser and its user.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gsa_process.h"
#include "http/client_fixture.h"
#include "warehouse_reading.h"

namespace gsa::tests {

using http::Answer;
using http::Client;
using Arguments = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(60);  // enough for a busy machine

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Waits until the condition holds; false after kPatience.
template <typename Condition>
bool becomes_true(const Condition& condition) {
  for (const auto end = Clock::now() + kPatience; Clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

class Serve : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::copy_file(small_warehouse(), warehouse_); }

  void start(const Arguments& more = {}, const std::vector<std::string>& environment = {}) {
    Arguments line = {"serve", "--port", "0", "--warehouse", warehouse_};
    if (!asks_for_token_) line.emplace_back("--no-token");
    line.insert(line.end(), more.begin(), more.end());
    server_ = std::make_unique<GsaProcess>(line, ProcessOptions{folder_.path(), environment, {}});
    ASSERT_TRUE(becomes_true([&] {
      return !server_->running() || contains(server_->errors_so_far(), "Ctrl-C stops it");
    }));
    said_ = server_->errors_so_far();
    ASSERT_TRUE(server_->running()) << said_;
    const std::size_t address = said_.find("http://");
    const std::size_t colon = said_.find(':', address + 7);
    port_ = static_cast<std::uint16_t>(std::stoi(said_.substr(colon + 1)));
  }
  Answer get(const std::string& path, const std::string& headers = "") {
    return Client(port_).get(path, headers);
  }
  Answer post(const std::string& path, const std::string& body, const std::string& headers = "") {
    return Client(port_).post(path, body, headers);
  }
  bool run_ended(int id) {
    const std::string run = get(fmt::format("/api/runs/{}", id)).body;
    return !contains(run.substr(0, run.find("\"steps\"")), "\"status\":\"running\"");
  }

  bool asks_for_token_ = false;  // set before start(): the default behaviour
  TempFolder folder_;
  std::string warehouse_ = folder_ / "w.duckdb";
  std::unique_ptr<GsaProcess> server_;
  std::string said_;
  std::uint16_t port_ = 0;
};

}  // namespace gsa::tests
