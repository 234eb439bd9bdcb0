#pragma once

// The two implementations of pipeline::Host.

#include <functional>
#include <memory>
#include <string>

#include "pipeline/host.h"
#include "pipeline/run_log.h"
#include "serve/held_warehouse.h"

namespace gsa::serve {

// The process in which the command was typed.
class OwnProcess : public pipeline::Host {
 public:
  using Host::Host;
  duck::Database open(const assets::WarehouseOptions& options, assets::Access access,
                      bool quiet) override;
  duck::Database open_to_read(const assets::WarehouseOptions& options, bool quiet) override;
  void replace_file(const duck::Database& database, const std::string& path,
                    const std::function<void()>& swap) override;
  bool shares_warehouse() const override { return false; }
  std::unique_ptr<pipeline::RunAudience> audience() override { return nullptr; }
};

// A server that holds the warehouse. `who` names the command in the errors of other writers; `stop`
// ends the command.
class Server : public pipeline::Host {
 public:
  Server(const Invocation& invocation, HeldWarehouse& warehouse, std::string who,
         std::function<void()> stop);
  duck::Database open(const assets::WarehouseOptions& options, assets::Access access,
                      bool quiet) override;
  duck::Database open_to_read(const assets::WarehouseOptions& options, bool quiet) override;
  void replace_file(const duck::Database& database, const std::string& path,
                    const std::function<void()>& swap) override;
  bool shares_warehouse() const override { return true; }
  std::unique_ptr<pipeline::RunAudience> audience() override;

 private:
  HeldWarehouse& warehouse_;
  std::string who_;
  std::function<void()> stop_;
};

}  // namespace gsa::serve
