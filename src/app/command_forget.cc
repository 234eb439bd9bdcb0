#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/option_values.h"
#include "app/options.h"
#include "assets/forgotten.h"
#include "base/error.h"
#include "base/table.h"
#include "base/text.h"
#include "pipeline/asset_run.h"
#include "pipeline/forget.h"

namespace gsa::app {
namespace {

enum class ForgetFormat { text, json };

struct ForgetFlags {
  pipeline::ForgetOptions options;
  std::vector<std::string> undo;
  bool list = false;
  ForgetFormat format = ForgetFormat::text;
};

constexpr std::size_t kShownDigits = 12;  // of a hash

std::string text_or_null(const std::string& text) {
  return text.empty() ? "null" : json_quote(text);
}

std::string json_list(const auto& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(json_quote(text));
  return "[" + join(quoted, ", ") + "]";
}

std::string json_map(const std::map<std::string, std::int64_t>& map) {
  std::vector<std::string> entries;
  for (const auto& [name, count] : map) {
    entries.push_back(fmt::format("{}: {}", json_quote(name), count));
  }
  return "{" + join(entries, ", ") + "}";
}

std::string report_json(const pipeline::ForgetReport& report, bool dry_run) {
  return fmt::format(
      R"({{"users": {}, "already_forgotten": {}, "dry_run": {}, "rows": {}, "made_anew": {}, )"
      R"("exports": {}, "erased": {}, "beyond_reach": {}}})"
      "\n",
      report.users, report.already, dry_run, json_map(report.rows), json_list(report.remade),
      json_list(report.exports), report.erased, json_list(report.beyond_reach));
}

std::string table_of(const std::map<std::string, std::int64_t>& rows, const std::string& title) {
  std::vector<TableWriter::Row> cells;
  for (const auto& [table, count] : rows) cells.push_back({{table, with_thousands(count)}});
  return format_table({{title}, {"rows", true}}, cells);
}

std::string bullets(const std::string& title, const auto& lines) {
  if (lines.empty()) return "";
  std::string text = "\n" + title + "\n";
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

std::string report_text(const pipeline::ForgetReport& report, bool dry_run) {
  std::string text;
  if (report.already > 0) {
    text += fmt::format("Forgotten before: {}.\n", counted(report.already, "user", "users"));
  }
  if (report.users > 0) {
    text += fmt::format("{} {}.\n\n", dry_run ? "Would forget" : "Forgot",
                        counted(report.users, "user", "users"));
    text += table_of(report.rows, dry_run ? "would lose" : "removed from");
    text += bullets(dry_run ? "Would be made anew without them:" : "Made anew without them:",
                    report.remade);
    text += bullets("Exports written anew:", report.exports);
  }
  if (report.erased) text += "\nThe warehouse's file has no bytes of what was removed.\n";
  return text + bullets("Out of reach:", report.beyond_reach);
}

int forget(const ForgetFlags& flags) {
  const pipeline::ForgetOptions& options = flags.options;
  const pipeline::ForgetReport report = pipeline::forget(options);
  fmt::print(options.common.out(), "{}",
             flags.format == ForgetFormat::json ? report_json(report, options.dry_run)
                                                : report_text(report, options.dry_run));
  if (!report.not_erased) return 0;
  throw Error(fmt::format("the rows are gone, but their bytes remain in the warehouse's file: {}",
                          report.not_erased->message()),
              report.not_erased->hint().empty() ? "run the same gsa forget again"
                                                : report.not_erased->hint());
}

int take_in_again(ForgetFlags& flags) {
  pipeline::ForgetOptions& options = flags.options;
  options.users = flags.undo;
  const std::int64_t users = pipeline::take_in_again(options);
  if (flags.format == ForgetFormat::json) {
    fmt::print(options.common.out(), "{{\"taken_in_again\": {}}}\n", users);
  } else {
    fmt::print(options.common.out(),
               "{} no longer left out. What the source has of them comes back with the next gsa "
               "run.\n",
               users == 1 ? "1 user is" : fmt::format("{} users are", users));
  }
  return 0;
}

std::string record_json(const assets::ForgottenRecord& record) {
  return fmt::format(
      R"({{"key_hash": {}, "forgotten_at": {}, "run_id": {}, "removed": {}, "erased_at": {}, )"
      R"("lifted_at": {}}})",
      json_quote(record.hash), json_quote(record.forgotten_at), record.run_id,
      json_map(record.removed), text_or_null(record.erased_at), text_or_null(record.lifted_at));
}

int list(const ForgetFlags& flags) {
  const pipeline::CommonOptions& common = flags.options.common;
  const duck::Database database = common.open_to_read();
  duck::Connection connection = database.connect();
  const std::vector<assets::ForgottenRecord> records = assets::forgotten_records(connection);
  if (flags.format == ForgetFormat::json) {
    std::vector<std::string> rows;
    for (const assets::ForgottenRecord& record : records) rows.push_back(record_json(record));
    fmt::print(common.out(), "[{}]\n", join(rows, ",\n "));
    return 0;
  }
  if (records.empty()) {
    fmt::print(common.out(), "No user is forgotten.\n");
    return 0;
  }
  std::vector<TableWriter::Row> rows;
  for (const assets::ForgottenRecord& record : records) {
    std::int64_t removed = 0;
    if (const auto found = record.removed.find("raw_generations"); found != record.removed.end()) {
      removed = found->second;
    }
    rows.push_back(
        {{record.hash.substr(0, kShownDigits), record.forgotten_at,
          fmt::format("{}", record.run_id), with_thousands(removed),
          record.erased_at.empty() ? "bytes remain" : record.erased_at,
          record.lifted_at.empty() ? "left out" : "taken in since " + record.lifted_at}});
  }
  fmt::print(common.out(), "{}",
             format_table({{"hash of the key"},
                           {"forgotten (UTC)"},
                           {"run", true},
                           {"generations", true},
                           {"erased (UTC)"},
                           {"runs"}},
                          rows));
  return 0;
}

// Exactly one of the three things that the command does.
void check_flags(const ForgetFlags& flags) {
  const int asked =
      (flags.options.users.empty() ? 0 : 1) + (flags.undo.empty() ? 0 : 1) + (flags.list ? 1 : 0);
  if (asked == 1 && !(flags.options.dry_run && flags.options.users.empty())) return;
  throw Error(asked == 0 ? "gsa forget needs a USER, --list or --undo USER"
                         : "gsa forget takes USERs (and --dry-run), --list or --undo, one of them",
              "gsa forget --help shows what it takes", ErrorCode::usage);
}

void add_own_options(CLI::App& command, ForgetFlags& flags) {
  command
      .add_option("user", flags.options.users,
                  "Keys as the source has them, also of hashed users, or ids of raw_users")
      ->check(not_empty())
      ->type_name("USER");
  command.add_flag("--dry-run", flags.options.dry_run, "Show what would go; change nothing");
  command.add_flag("--list", flags.list, "Show who is forgotten: hashes, times, rows");
  command
      .add_option("--undo", flags.undo,
                  "Let the next run take them in again: by key, or by the hash that --list shows")
      ->check(not_empty())
      ->type_name("USER");
  const std::map<std::string, ForgetFormat> formats = {{"text", ForgetFormat::text},
                                                       {"json", ForgetFormat::json}};
  add_choice(command, "--format", flags.format, formats, "text or json (default: text)")
      ->type_name("FORMAT");
  command
      .add_option("--project", flags.options.project.folder,
                  "The dbt project that made the tables (default: that of the last run)")
      ->type_name("DIR");
  command
      .add_option("--vars", flags.options.project.vars,
                  "Its vars: '{name: value}' (default: those of the last run)")
      ->type_name("YAML");
}

}  // namespace

void add_forget(Commands& gsa) {
  Action& action = gsa.action;
  const auto flags = std::make_shared<ForgetFlags>();
  flags->options.common.host = &gsa.host;
  CLI::App* command = add_command(
      gsa.app, "forget",
      "Remove users from every table, export and record, for good: later runs leave them out",
      "  gsa forget alice@example.com --dry-run\n"
      "  gsa forget alice@example.com bob@example.com\n"
      "  gsa forget --list\n"
      "  gsa forget --undo bob@example.com",
      flags->options.common);
  add_own_options(*command, *flags);
  add_record_options(*command, flags->options.record, gsa.host.invocation().environment);
  command->callback([flags, &action] {
    check_flags(*flags);
    action = [flags] {
      if (flags->list) return list(*flags);
      return flags->undo.empty() ? forget(*flags) : take_in_again(*flags);
    };
  });
}

}  // namespace gsa::app
