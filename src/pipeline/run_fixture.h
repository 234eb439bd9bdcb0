#pragma once

// For tests: complete runs on a warehouse in a temporary folder.

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "assets/warehouse.h"
#include "pipeline/pipeline_run.h"
#include "pipeline/run_log.h"

namespace gsa::pipeline {

// A process without a server.
class TestHost : public Host {
 public:
  using Host::Host;
  duck::Database open(const assets::WarehouseOptions& options, assets::Access access,
                      bool /*quiet*/) override {
    return assets::open_warehouse(options, access);
  }
  duck::Database open_to_read(const assets::WarehouseOptions& options, bool quiet) override {
    return open(options, assets::Access::read, quiet);
  }
  void replace_file(const duck::Database& database, const std::string& /*path*/,
                    const std::function<void()>& swap) override {
    database.replace_file(swap, [] {});
  }
  bool shares_warehouse() const override { return false; }
  std::unique_ptr<RunAudience> audience() override { return nullptr; }
};

class RunTest : public testing::Test {
 protected:
  RunTest() {
    std::string name = (std::filesystem::temp_directory_path() / "gsa-run-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~RunTest() override { std::filesystem::remove_all(folder_); }

  // A small run of synthetic prompts on `threads` threads, into the warehouse of this name.
  PipelineOptions options(const std::string& warehouse, int threads) {
    PipelineOptions options;
    options.common.warehouse.path = (folder_ / (warehouse + ".duckdb")).string();
    options.common.warehouse.threads = threads;
    options.common.quiet = true;
    options.common.host = &host_;
    options.raw.sources = {"synthetic"};
    options.raw.prompts = 200;
    options.raw.simulation.users = 30;
    options.raw.simulation.seed = 7;
    return options;
  }

  std::filesystem::path folder_;
  Invocation invocation_;
  TestHost host_{invocation_};
};

}  // namespace gsa::pipeline
