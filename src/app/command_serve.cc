#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "app/app.h"
#include "app/option_values.h"
#include "app/options.h"
#include "assets/warehouse.h"
#include "base/memory.h"
#include "base/terminal.h"
#include "http/address.h"
#include "http/server.h"
#include "serve/dashboard.h"
#include "serve/held_warehouse.h"
#include "serve/live_runs.h"
#include "serve/query_pool.h"
#include "serve/serve_token.h"
#include "serve/served_commands.h"

namespace gsa::app {
namespace {

constexpr std::uint16_t kPort = 8080;

struct ServeOptions {
  pipeline::CommonOptions common;
  pipeline::ProjectOptions project;
  pipeline::RecordOptions record;
  serve::LiveRuns::Limits runs;
  std::string host = "127.0.0.1";
  std::uint32_t port = kPort;
  std::vector<std::string> allowed_hosts;
  serve::TokenOptions token;
};

// Queries of the SQL page queue in the API, which reports it to the user.
constexpr std::size_t kMostQueries = 2 * serve::kQueriesAtATime;
// For 1,024 connections and DuckDB's files. The usual limit is 1,024 in all.
constexpr rlim_t kFiles = 4'096;

http::Options server_options(const ServeOptions& options) {
  http::Options server;
  server.host = http::resolve_address(options.host);
  server.port = static_cast<std::uint16_t>(options.port);
  server.lengthy_workers = kMostQueries;
  server.access.names = options.allowed_hosts;
  const auto named = http::read_host(options.host);
  if (named && !named->is_address) server.access.names.push_back(options.host);
  const bool is_open =
      http::is_loopback(server.host) && serve::others_may_read(options.common.warehouse.path);
  server.access.token =
      serve::serve_token(options.token, options.common.invocation().environment, !is_open);
  return server;
}

void allow_many_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kFiles) return;
  limit.rlim_cur = std::min(kFiles, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);  // if it fails, fewer connections fit
}

void say(const ServeOptions& options, const std::string& text) {
  if (!options.common.quiet) fmt::print(options.common.err(), "{}\n", text);
}

int serve(const ServeOptions& options) {
  return_large_blocks();
  allow_many_files();
  std::signal(SIGPIPE, SIG_IGN);  // for commands whose readers disappear
  serve::HeldWarehouse warehouse(
      assets::open_warehouse(options.common.warehouse, assets::Access::write),
      options.common.warehouse.path, options.common.invocation().err);
  serve::Dashboard dashboard(warehouse,
                             {options.common, options.project, options.record, options.runs});
  http::Options server_settings = server_options(options);
  const std::string token = server_settings.access.token;
  std::unique_ptr<http::Server> server;
  server = std::make_unique<http::Server>(
      std::move(server_settings), dashboard.router([&server] { return server->metrics(); }));
  if (const std::string failure = dashboard.warm(); !failure.empty()) {
    options.common.warn("the pages have no numbers: " + failure);
  }
  auto commands = std::make_unique<serve::ServedCommands>(warehouse, run_arguments);
  server->start();
  warehouse.snapshots().keep_current();  // it may show an earlier publication
  const std::jthread rest = dashboard.rest_when_idle([&server] { return server->metrics(); });
  for (const std::string& address : server->addresses()) {
    say(options,
        fmt::format("the dashboard is at {}{}", address, token.empty() ? "" : "/?token=" + token));
  }
  say(options, fmt::format("others read its last publication in {}",
                           assets::snapshot_path(options.common.warehouse.path)));
  if (const std::string note = serve::note_on_confinement(); !note.empty()) {
    say(options,
        fmt::format("{} {}", options.common.invocation().err.paint(Ink::yellow, "note:"), note));
  }
  say(options, "Ctrl-C stops it");
  while (!options.common.invocation().stop.stop_requested()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    dashboard.mend();
  }
  commands.reset();
  dashboard.stop();
  server->stop();
  say(options, "stopped");
  return 0;
}

CLI::Validator host_name() {
  return {[](std::string& text) -> std::string {
            if (http::read_host(text)) return {};
            return fmt::format("'{}' is no name of a host, such as gsa.example or [fd00::2]:8080",
                               text);
          },
          ""};
}

// Options that limit the runs of dashboard users.
void add_run_limits(CLI::App& command, serve::LiveRuns::Limits& limits) {
  command
      .add_option("--max-run-prompts", limits.prompts,
                  "Prompts that a run from the page may make, of all its months together")
      ->capture_default_str()
      ->transform(whole_number(1, 2'000'000'000))
      ->type_name("N");
  command.add_option("--max-run-months", limits.months, "Months that a run from the page may make")
      ->capture_default_str()
      ->transform(whole_number(1, 1200))
      ->type_name("N");
  command
      .add_option("--allow-source", limits.sources,
                  "A source of the hub for which runs from the page may use your token, as "
                  "hf://datasets/OWNER/NAME; may be given several times")
      ->check(not_empty())
      ->type_name("SOURCE");
}

}  // namespace

void add_serve(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<ServeOptions>();
  options->common.host = &gsa.host;
  CLI::App* command =
      add_command(gsa.app, "serve", "Serve the dashboard, and hold the warehouse while it runs",
                  "  gsa serve\n  gsa serve --port 9000 --project models\n"
                  "  gsa serve --host 0.0.0.0 --allowed-host gsa.example",
                  options->common);
  command
      ->add_option("--host", options->host,
                   "The address or name to listen on (default: 127.0.0.1; 0.0.0.0 and ::: all)")
      ->check(not_empty())
      ->type_name("ADDRESS");
  command
      ->add_option("--allowed-host", options->allowed_hosts,
                   "A further name that the server is known by, such as a proxy's")
      ->check(host_name())
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("NAME");
  CLI::Option* file =
      command
          ->add_option("--token-file", options->token.file,
                       "Ask for the token in this file (default: one of GSA_TOKEN, or a new one)")
          ->check(not_empty())
          ->type_name("FILE");
  command->add_flag("--no-token", options->token.none, "Ask for no token")->excludes(file);
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
  add_run_limits(*command, options->runs);
  add_record_options(*command, options->record, gsa.host.invocation().environment);
  command->callback([options, &action] { action = [options] { return serve(*options); }; });
}

}  // namespace gsa::app
