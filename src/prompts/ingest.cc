#include "prompts/ingest.h"

#include <limits>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "duck/function.h"
#include "duck/row_stream.h"
#include "prompts/corpus.h"
#include "prompts/event_part.h"
#include "prompts/features.h"
#include "prompts/findings.h"
#include "prompts/row_set.h"
#include "prompts/sampling.h"
#include "prompts/source.h"
#include "prompts/values.h"

namespace gsa::prompts {
namespace {

using duck::Arguments;
using duck::Output;
using duck::Type;

constexpr std::int64_t kMaxRows = std::numeric_limits<std::int32_t>::max();  // prompt_id is INTEGER

// ---- SQL functions

bool has_words(std::string_view prompt) {
  // Nearly every prompt begins with a printable ASCII character.
  if (!prompt.empty() && prompt.front() > ' ' && prompt.front() <= '~') return true;
  return features_of(prompt).token_count > 0;
}

void prompt_features(const Arguments& arguments, Output& output) {
  const duck::Texts prompts = arguments.texts(0);
  auto* chars = output.member(0).data<std::int32_t>();
  auto* tokens = output.member(1).data<std::int32_t>();
  auto* keyword = output.member(2).data<bool>();
  for (std::size_t row = 0; row < arguments.rows(); ++row) {
    if (prompts.is_null(row)) {
      output.set_null(row);
      continue;
    }
    const PromptFeatures features = features_of(prompts[row]);
    chars[row] = features.char_count;
    tokens[row] = features.token_count;
    keyword[row] = features.has_safety_keyword;
  }
}

void synthetic_prompt(const Arguments& arguments, Output& output) {
  const auto* seeds = arguments.column<std::uint64_t>(0);
  const auto* ids = arguments.column<std::int64_t>(1);
  Output prompt = output.member(0);
  auto* chars = output.member(1).data<std::int32_t>();
  auto* tokens = output.member(2).data<std::int32_t>();
  auto* keyword = output.member(3).data<bool>();
  auto* generation_seed = output.member(4).data<std::uint64_t>();
  auto* step = output.member(5).data<std::uint16_t>();
  auto* cfg = output.member(6).data<float>();
  auto* sampler = output.member(7).data<std::uint8_t>();
  auto* width = output.member(8).data<std::uint16_t>();
  auto* height = output.member(9).data<std::uint16_t>();
  std::string text;
  for (std::size_t row = 0; row < arguments.rows(); ++row) {
    const Corpus corpus(seeds[row]);
    const auto id = static_cast<std::uint64_t>(ids[row]);
    corpus.write(id, text);
    prompt.set_text(row, text);
    const PromptFeatures features = features_of(text);
    chars[row] = features.char_count;
    tokens[row] = features.token_count;
    keyword[row] = features.has_safety_keyword;
    const Corpus::Settings settings = corpus.settings(id);
    generation_seed[row] = settings.generation_seed;
    step[row] = settings.step;
    cfg[row] = settings.cfg;
    sampler[row] = settings.sampler;
    width[row] = settings.width;
    height[row] = settings.height;
  }
}

Type synthetic_type() {
  return Type::structure({{"prompt", Type::of(duck::TypeId::varchar)},
                          {"char_count", Type::of(duck::TypeId::integer)},
                          {"token_count", Type::of(duck::TypeId::integer)},
                          {"has_safety_keyword", Type::of(duck::TypeId::boolean)},
                          {"generation_seed", Type::of(duck::TypeId::ubigint)},
                          {"step", Type::of(duck::TypeId::usmallint)},
                          {"cfg", Type::of(duck::TypeId::float32)},
                          {"sampler", Type::of(duck::TypeId::utinyint)},
                          {"width", Type::of(duck::TypeId::usmallint)},
                          {"height", Type::of(duck::TypeId::usmallint)}});
}

// ---- Tables

void refuse_too_many(std::int64_t rows) {
  if (rows <= kMaxRows) return;
  throw Error(fmt::format("{} prompts are more than the {} that fit", with_thousands(rows),
                          with_thousands(kMaxRows)));
}

// The first id of a month. Every slot has `span` ids. For the error, `what` names the things that
// are counted, and `fewer` says how to have fewer of them.
std::int64_t first_id(const IngestRequest& request, std::int64_t span, std::string_view what,
                      std::string_view fewer) {
  const std::int64_t most = (kMaxRows + 1) / (request.slot + 1);
  if (span <= most) return request.slot * span;
  throw Error(fmt::format("{} {} are more than the {} per month whose ids fit 32 bits at that "
                          "distance from 2025-12",
                          with_thousands(span), what, with_thousands(most)),
              fmt::format("use months nearer to 2025-12, or {}", fewer), ErrorCode::usage);
}

// Texts are most of the warehouse. With ZSTD they take two thirds of the room that they take with
// FSST, which DuckDB would choose. A file in the format before DuckDB 1.2 would not compress them
// at all.
std::string text_compression(duck::Connection& connection) {
  const bool is_old = connection.query_int64(
                          "select count(*) from duckdb_databases() where database_name = "
                          "current_database() and tags['storage_version'] = 'v1.0.0+'") > 0;
  return is_old ? "" : " using compression zstd";
}

// Creates the table of the request from the rows of `select`; ingest.h lists its columns.
void create_table(duck::Connection& connection, const IngestRequest& request, const RunQuery& run,
                  const std::string& label, std::int64_t rows, const std::string& select) {
  connection.execute(fmt::format(
      "create table {} (prompt_id integer, prompt varchar{}, char_count integer, "
      "token_count integer, has_safety_keyword boolean, generation_seed ubigint, step usmallint, "
      "cfg float, sampler utinyint, width usmallint, height usmallint)",
      request.table, text_compression(connection)));
  try {
    run(label, rows,
        fmt::format("insert into {} {}", request.table,
                    request.watch ? request.watch(select) : select));
  } catch (...) {
    connection.execute(fmt::format("drop table {}", request.table));
    throw;
  }
}

// The ids come from a table: all threads read a table, and in order, but only one reads range().
void create_synthetic(duck::Connection& connection, const IngestRequest& request,
                      const RunQuery& run) {
  const TempTable ids(connection, "gsa_ids");
  const std::int64_t first = first_id(request, request.prompts, "prompts", "fewer prompts");
  connection.execute(ids.create_as(
      fmt::format("select range as id from range({}, {})", first, first + request.prompts)));
  create_table(
      connection, request, run, "writing synthetic prompts", request.prompts,
      fmt::format("select id::integer as prompt_id, p.prompt, p.char_count, p.token_count, "
                  "p.has_safety_keyword, p.generation_seed, p.step, p.cfg, p.sampler, p.width, "
                  "p.height from (select id, gsa_synthetic_prompt({}::ubigint, id) as p from {})",
                  request.seed, ids.name()));
}

// `select` gives row numbers as prompt_id.
void create_from(duck::Connection& connection, const std::string& select, std::int64_t rows,
                 std::int64_t first, const IngestRequest& request, const RunQuery& run) {
  create_table(connection, request, run, "reading prompts", rows,
               fmt::format("select ({}::bigint + prompt_id)::integer as prompt_id, prompt, "
                           "f.char_count, f.token_count, f.has_safety_keyword, {} "
                           "from (select *, gsa_prompt_features(prompt) as f from ({}))",
                           first, kSettingColumns, select));
}

void ingest_all(duck::Connection& connection, const SourceRows& source, std::int64_t first,
                const IngestRequest& request, const RunQuery& run, IngestResult& result) {
  create_from(connection,
              fmt::format("select * from ({}) where gsa_has_words(prompt)", source.select()),
              source.rows(), first, request, run);
  result.rows = connection.query_int64(fmt::format("select count(*) from {}", request.table));
  result.skipped_empty = source.rows() - result.rows;
}

void ingest_sample(duck::Connection& connection, const SourceRows& source, std::int64_t first,
                   const IngestRequest& request, const RunQuery& run, IngestResult& result) {
  const Sample sample = draw_sample(connection, run, source, request.prompts,
                                    sample_seed(request.seed, request.slot));
  create_from(connection, sample.select, sample.rows, first, request, run);
  result.rows = sample.rows;
  result.skipped_empty = sample.skipped_empty;
  result.sampled = sample.rows + sample.skipped_empty < source.rows();
}

// `where` names the source in errors.
void ingest_requests(duck::Connection& connection, SourceRows& source, const std::string& where,
                     const IngestRequest& request, const RunQuery& run, IngestResult& result) {
  result.forgotten = source.leave_out(request.forgotten);
  if (result.forgotten == source.rows()) {
    throw Error(fmt::format("{}: every row is of a user who is to be forgotten", where),
                "gsa forget --list shows who is");
  }
  result.observed =
      std::make_unique<Observed>(observe(connection, run, source, request.prompts, request.seed));
  const Observed& observed = *result.observed;
  if (observed.without_time == source.rows() - result.forgotten)
    throw_without_times(connection, source, where);
  const RowSet first_rows(connection, "select generation_id from " + observed.requests.name(),
                          source.rows());
  create_from(
      connection,
      fmt::format("select * from ({}) where {}", source.select(), first_rows.contains("prompt_id")),
      observed.request_count, 0, request, run);
  result.rows = observed.request_count;
  result.skipped_empty = observed.blank;
  result.sampled = observed.sampled;
}

void make_table(duck::Connection& connection, SourceRows& source, const std::string& where,
                const IngestRequest& request, const RunQuery& run, IngestResult& result) {
  const std::int64_t first = first_id(request, source.rows(), "rows in the source", "fewer files");
  if (request.observed) {
    ingest_requests(connection, source, where, request, run, result);
  } else if (source.rows() > request.prompts) {
    ingest_sample(connection, source, first, request, run, result);
  } else {
    ingest_all(connection, source, first, request, run, result);
  }
}

void refuse_none(const IngestRequest& request, const std::string& where,
                 const IngestResult& result) {
  if (result.rows > 0) return;
  throw Error(fmt::format(
      "{}: {}", where,
      request.observed ? "no row has both a prompt and a time"
      : result.rows_in_source == 1
          ? "its one prompt is empty"
          : fmt::format("all of its {} prompts are empty", with_thousands(result.rows_in_source))));
}

IngestResult read_files(duck::Connection& connection, const IngestRequest& request,
                        const SourceFiles& found, const RunQuery& run) {
  const std::vector<SourceFile>& files = found.files;
  IngestResult result{};
  result.notes = found.notes;
  result.source = request.name.empty() ? describe_files(files) : request.name;
  result.fingerprint = fingerprint_of(files);
  SourceRows source(connection, run, files,
                    request.observed ? SourceColumns::observations : SourceColumns::prompts);
  result.notes.insert(result.notes.end(), source.notes().begin(), source.notes().end());
  result.rows_in_source = source.rows();
  refuse_too_many(source.rows());
  const std::string& where = files.size() == 1 ? files.front().path : result.source;
  if (source.rows() == 0) throw Error(fmt::format("{}: no rows, hence no prompts", where));
  bool made = false;
  try {
    make_table(connection, source, where, request, run, result);
    made = true;
    refuse_none(request, where, result);
    add_findings(connection, source, request, result);
    add_notes(request, source, result);
    require_unchanged(files);
    return result;
  } catch (const Error& failure) {
    if (made) connection.execute(fmt::format("drop table {}", request.table));
    if (const auto* sql = dynamic_cast<const duck::SqlError*>(&failure)) source.blame(*sql);
    throw;
  }
}

// We read a file several times, so its rows belong together only if it did not change meanwhile.
IngestResult ingest_files(duck::Connection& connection, const IngestRequest& request,
                          const RunQuery& run) {
  const SourceFiles found =
      request.files.files.empty() ? find_source_files(request.sources) : request.files;
  require_unchanged(found.files);
  try {
    return read_files(connection, request, found, run);
  } catch (const Error& failure) {
    // A file that changes meanwhile may look damaged.
    if (failure.code() != ErrorCode::interrupted) require_unchanged(found.files);
    throw;
  }
}

}  // namespace

void register_functions(duck::Connection& connection) {
  register_observed_functions(connection);
  register_row_set(connection);
  register_value_functions(connection);
  register_event_functions(connection);
  duck::register_row_streams(connection);
  const Type text = Type::of(duck::TypeId::varchar), flag = Type::of(duck::TypeId::boolean),
             bigint = Type::of(duck::TypeId::bigint), ubigint = Type::of(duck::TypeId::ubigint);
  duck::register_function(connection,
                          {"gsa_prompt_features",
                           {text},
                           Type::structure({{"char_count", Type::of(duck::TypeId::integer)},
                                            {"token_count", Type::of(duck::TypeId::integer)},
                                            {"has_safety_keyword", flag}}),
                           prompt_features});
  duck::register_function(connection,
                          {"gsa_has_words", {text}, flag, [](const Arguments& in, Output& out) {
                             const duck::Texts prompts = in.texts(0);
                             for (std::size_t row = 0; row < in.rows(); ++row) {
                               if (prompts.is_null(row)) {
                                 out.set_null(row);
                               } else {
                                 out.data<bool>()[row] = has_words(prompts[row]);
                               }
                             }
                           }});
  duck::register_function(
      connection,
      {"gsa_sample_key", {ubigint, bigint}, ubigint, [](const Arguments& in, Output& out) {
         const auto* seeds = in.column<std::uint64_t>(0);
         const auto* rows = in.column<std::int64_t>(1);
         auto* keys = out.data<std::uint64_t>();
         for (std::size_t row = 0; row < in.rows(); ++row) {
           keys[row] = sample_key(seeds[row], static_cast<std::uint64_t>(rows[row]));
         }
       }});
  duck::register_function(
      connection, {"gsa_synthetic_prompt", {ubigint, bigint}, synthetic_type(), synthetic_prompt});
}

IngestResult ingest(duck::Connection& connection, const IngestRequest& request,
                    const RunQuery& run) {
  check(!request.sources.empty() && request.prompts > 0, "a source and prompts are asked for");
  check(request.slot == 0 || (request.slot > 0 && !request.observed), "only made-up months differ");
  bool synthetic = false;
  for (const std::string& source : request.sources) synthetic |= source == "synthetic";
  if (!synthetic) return ingest_files(connection, request, run);
  if (request.sources.size() > 1) {
    throw Error("synthetic prompts cannot be mixed with files",
                "for a file named synthetic, write ./synthetic", ErrorCode::usage);
  }
  if (request.observed) {
    throw Error(
        "synthetic prompts have no users to observe",
        "name a source with users: --source diffusiondb, or files with user_name and timestamp",
        ErrorCode::usage);
  }
  refuse_too_many(request.prompts);
  create_synthetic(connection, request, run);
  IngestResult result{};
  result.source = result.fingerprint = "synthetic";
  result.rows = result.rows_in_source = request.prompts;
  return result;
}

}  // namespace gsa::prompts
