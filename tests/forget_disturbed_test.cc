// gsa forget that is killed, on a disk that fills up, and while a server has the warehouse.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "forget_fixture.h"

namespace gsa::tests {
namespace {

// Forgets in a copy of the warehouse as it is, while `disturb` acts on the process.
class DisturbedForget : public Forget {
 protected:
  void SetUp() override {
    write_sources("all", 0, 200, everybody);
    run("all");
    whole_ = bytes_of(warehouse("all"));
  }
  Outcome forget(const std::function<void(GsaProcess&)>& disturb) const {
    for (const char* file : {"all.duckdb", "all.duckdb.wal"}) fs::remove(folder_ / file);
    std::ofstream(warehouse("all"), std::ios::binary) << whole_;
    GsaProcess process({"forget", kGone, "--warehouse", "all.duckdb", "--quiet"},
                       {folder_.path(), {}, [] { signal(SIGXFSZ, SIG_IGN); }});
    disturb(process);
    return process.wait();
  }
  // The next call completes it, also if only the bytes remain.
  void complete() const {
    ok({"forget", kGone, "--warehouse", "all.duckdb", "--quiet"});
    EXPECT_EQ(cell("all", "select count(*) from dim_users"), "11");
    EXPECT_EQ(files_that_say("all", kGone), Names{});
    EXPECT_FALSE(fs::exists(folder_ / "all.duckdb.part"));
  }

  std::string whole_;
};

TEST_F(DisturbedForget, KilledAtAnyMomentHasDoneAllOrNothing) {
  const auto start = Clock::now();
  forget([](GsaProcess&) {});
  const auto taken = Clock::now() - start;
  constexpr int kKills = 8;
  for (int i = 0; i < kKills; ++i) {
    forget([&](const GsaProcess& process) {
      std::this_thread::sleep_for(taken * (i + 2) / (kKills + 2));
      process.signal(SIGKILL);
    });
    const std::string now =
        cell("all",
             "select (select count(*) from raw_users) || ' ' || (select count(*) from dim_users)");
    EXPECT_TRUE(now == "12 12" || now == "11 11") << i << ": " << now;
    complete();
  }
}

TEST_F(DisturbedForget, OnADiskThatFillsUpSaysThatBytesRemain) {
  bool was_full = false;
  for (int i = 0; i < 10 && !was_full; ++i) {
    // The disk is full as soon as the second file begins.
    const Outcome outcome = forget([&](GsaProcess& process) {
      while (process.running() && !fs::exists(folder_ / "all.duckdb.part")) {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
      const rlimit limit{4096, 4096};
      prlimit(process.pid(), RLIMIT_FSIZE, &limit, nullptr);
    });
    if (outcome.exit_code == 0) continue;  // it was quicker
    was_full = true;
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(contains(outcome.err,
                         "the rows are gone, but their bytes remain in the warehouse's file: "))
        << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "disk is full")) << outcome.err;
    EXPECT_EQ(cell("all", "select count(*) from dim_users"), "11");
    const Outcome list = ok({"forget", "--list", "--warehouse", "all.duckdb"});
    EXPECT_TRUE(contains(list.out, "bytes remain")) << list.out;
    EXPECT_EQ(files_that_say("all", kGone), Names{"all.duckdb"});
    complete();
  }
  EXPECT_TRUE(was_full);
}

class ForgetServed : public Serve {};

TEST_F(ForgetServed, WorksWhileAServerHasTheWarehouse) {
  folder_.write("events.csv", events(0, 400, everybody));
  fs::remove(warehouse_);
  ASSERT_EQ(gsa(folder_, {"run", "--quiet", "--source", "events.csv", "--warehouse", warehouse_})
                .exit_code,
            0);
  start();
  const auto users = [&] { return read_cell(warehouse_, "select count(*) from dim_users"); };
  EXPECT_EQ(users(), "12");  // makes the snapshot
  EXPECT_EQ(get("/api/sessions").status, 200);
  const Outcome forgotten = gsa(folder_, {"forget", kGone, "--warehouse", warehouse_, "--quiet"});
  EXPECT_EQ(forgotten.exit_code, 0) << forgotten.err;
  EXPECT_TRUE(contains(forgotten.out, "has no bytes of what was removed")) << forgotten.out;
  EXPECT_EQ(users(), "11");
  EXPECT_TRUE(becomes_true([&] { return get("/healthz").status == 200; }));
  EXPECT_EQ(get("/api/sessions").status, 200);
  // The server still writes, and still locks the new file.
  EXPECT_EQ(gsa(folder_, {"run", "--quiet", "--full-refresh", "--source", "events.csv",
                          "--warehouse", warehouse_})
                .exit_code,
            0);
  EXPECT_EQ(users(), "11");
  server_->signal(SIGINT);
  server_->wait();
  for (const char* file : {"w.duckdb", "w.read.duckdb"}) {
    for (const char* text : {kGone, kGonePrompt}) {
      EXPECT_FALSE(contains(bytes_of(folder_ / file), text)) << file << " " << text;
    }
  }
}

}  // namespace
}  // namespace gsa::tests
