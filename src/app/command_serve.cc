#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "app/dashboard.h"
#include "app/held_warehouse.h"
#include "app/option_values.h"
#include "app/options.h"
#include "app/served_commands.h"
#include "assets/warehouse.h"
#include "base/interrupt.h"
#include "base/invocation.h"
#include "base/memory.h"
#include "http/server.h"

namespace gsa::app {
namespace {

constexpr std::uint16_t kPort = 8080;

struct ServeOptions {
  CommonOptions common;
  ProjectOptions project;
  RecordOptions record;
  std::string host = "127.0.0.1";
  std::uint32_t port = kPort;
};

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// 128 bits that nobody guesses.
std::string new_token() {
  std::random_device random;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", random());
  return token;
}

http::Options server_options(const ServeOptions& options) {
  http::Options server;
  server.host = options.host;
  server.port = static_cast<std::uint16_t>(options.port);
  if (!is_loopback(options.host)) server.access.token = new_token();
  return server;
}

void say(const ServeOptions& options, const std::string& text) {
  if (!options.common.quiet) fmt::print(err_stream(), "{}\n", text);
}

int serve(const ServeOptions& options) {
  return_large_blocks();
  std::signal(SIGPIPE, SIG_IGN);  // of commands whose readers go
  HeldWarehouse warehouse(assets::open_warehouse(options.common.warehouse, assets::Access::write),
                          options.common.warehouse.path);
  Dashboard dashboard(warehouse, {options.common, options.project, options.record});
  http::Options server_settings = server_options(options);
  const std::string token = server_settings.access.token;
  std::unique_ptr<http::Server> server;
  server = std::make_unique<http::Server>(
      std::move(server_settings), dashboard.router([&server] { return server->metrics(); }));
  dashboard.warm();
  auto commands = std::make_unique<ServedCommands>(warehouse);
  server->start();
  const std::jthread rest = dashboard.rest_when_idle([&server] { return server->metrics(); });
  say(options, fmt::format("the dashboard is at {}{}", server->address(),
                           token.empty() ? "" : "/?token=" + token));
  say(options, fmt::format("others read its last publication in {}",
                           assets::snapshot_path(options.common.warehouse.path)));
  say(options, "Ctrl-C stops it");
  while (!interrupted()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  commands.reset();
  dashboard.stop();
  server->stop();
  say(options, "stopped");
  return 0;
}

}  // namespace

void add_serve(CLI::App& app, Action& action) {
  const auto options = std::make_shared<ServeOptions>();
  CLI::App* command = add_command(
      app, "serve", "Serve the dashboard, and hold the warehouse while it runs",
      "  gsa serve\n  gsa serve --port 9000 --project models\n"
      "  gsa serve --host 0.0.0.0     # prints a token that the dashboard then asks for",
      options->common);
  command->add_option("--host", options->host, "The address to listen on (default: 127.0.0.1)")
      ->check(not_empty())
      ->type_name("ADDRESS");
  command
      ->add_option("--port", options->port,
                   fmt::format("The port (default: {}; 0: any that is free)", kPort))
      ->transform(whole_number(0, 65535))
      ->type_name("PORT");
  command
      ->add_option("--project", options->project.folder,
                   "A dbt project (default: the built-in one)")
      ->type_name("DIR");
  command
      ->add_option("--vars", options->project.vars, "Override vars of the project: '{name: value}'")
      ->type_name("YAML");
  add_record_options(*command, options->record);
  command->callback([options, &action] { action = [options] { return serve(*options); }; });
}

}  // namespace gsa::app
