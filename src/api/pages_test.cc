#include <algorithm>
#include <set>
#include <stop_token>
#include <thread>

#include "api/answer_fixture.h"
#include "api/api_error.h"
#include "api/engagement.h"
#include "api/sessions.h"
#include "base/text.h"

namespace gsa::api {
namespace {

boost::json::value page_of(const SessionPageRequest& request) {
  return parsed(Warehouse::instance().api().get_sessions(request));
}

TEST(Sessions, PagesOfEverySortShowEachSessionOnce) {
  const auto all = static_cast<std::size_t>(sql_row("select count(*) from fct_sessions")[0]);
  Api api = Warehouse::instance().api();
  for (const char* sort :
       {"session_start", "-friction_score", "region", "-user_tier", "total_generations",
        "-avg_latency_ms", "session_id", "-friction", "friction_cause", "-tier", "cost"}) {
    SessionPageRequest request;
    request.sort = sort;
    request.limit = 400;
    std::set<std::int64_t> seen;
    std::vector<std::string> in_order;
    do {
      const auto page = parsed(api.get_sessions(request));
      EXPECT_EQ(page.at("total").as_int64(), static_cast<std::int64_t>(all));
      for (const auto& row : page.at("rows").as_array()) {
        seen.insert(row.at("session_id").as_int64());
      }
      request.after = page.at("next").is_null() ? "" : std::string(page.at("next").as_string());
      in_order.push_back(request.after);
    } while (!request.after.empty() && in_order.size() < 100);
    EXPECT_EQ(seen.size(), all) << sort;
  }
}

TEST(Sessions, OfEqualsTheMostCostlyComesFirst) {
  SessionPageRequest request;
  request.sort = "total_generations";
  request.limit = 300;
  std::vector<std::pair<std::int64_t, double>> rows;
  do {
    const auto page = page_of(request);
    for (const auto& row : page.at("rows").as_array()) {
      rows.emplace_back(row.at("total_generations").as_int64(),
                        -row.at("total_cost").to_number<double>());
    }
    request.after = page.at("next").is_null() ? "" : std::string(page.at("next").as_string());
  } while (!request.after.empty());
  EXPECT_GT(rows.size(), 1000U);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
}

TEST(Sessions, HaveTheColumnsThatTheProjectLists) {
  SessionPageRequest request;
  request.sort = "-friction";
  request.limit = 200;
  const auto page = page_of(request);
  std::vector<std::string> names;
  for (const auto& name : page.at("columns").as_array()) names.emplace_back(name.as_string());
  EXPECT_EQ(names, Warehouse::instance().layer().find_chart("session_list")->dimensions);
  const auto place = [&](const char* name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  std::set<std::string> causes;
  double previous = 100;
  for (std::size_t r = 0; r < 200; ++r) {
    const auto& row = page.at("rows").at(r);
    const auto& values = page.at("values").at(r);
    EXPECT_EQ(values.at(place("tier")), row.at("user_tier"));
    EXPECT_EQ(number(values.at(place("friction"))), number(row.at("friction_score")));
    EXPECT_EQ(number(values.at(place("download_count"))), number(row.at("download_count")));
    EXPECT_LE(number(values.at(place("friction"))), previous);
    previous = number(values.at(place("friction")));
    causes.insert(std::string(values.at(place("friction_cause")).as_string()));
    const char* part = values.at(place("friction_cause")) == "errors"    ? "friction_error_points"
                       : values.at(place("friction_cause")) == "latency" ? "friction_latency_points"
                                                                         : "friction_retry_points";
    for (const char* other :
         {"friction_error_points", "friction_latency_points", "friction_retry_points"}) {
      EXPECT_GE(number(row.at(part)), number(row.at(other)));
    }
  }
  EXPECT_GT(causes.size(), 1U);
}

TEST(Sessions, AnOffsetIsTheSamePage) {
  SessionPageRequest first, second;
  first.limit = second.limit = 10;
  first.sort = second.sort = "-total_cost";
  const auto page = page_of(first);
  first.after = std::string(page.at("next").as_string());
  second.offset = 10;
  EXPECT_EQ(page_of(first).at("rows"), page_of(second).at("rows"));
}

TEST(Sessions, AreFilteredAsMetricsAre) {
  SessionPageRequest request;
  request.limit = 1000;
  request.sort = "friction_score";
  for (const char* filters :
       {R"({"tier": {"in": ["pro"]}, "friction": {"min": 40}})",
        R"({"model": {"in": ["v2.1"]}, "status": {"in": ["timeout"]}})",
        R"({"feedback": {"in": [null]}, "cohort_week": {"not_in": ["2025-W40"]}})"}) {
    request.filters = filters;
    request.from = "2025-12-01";
    request.to = "2025-12-20";
    const auto page = page_of(request);
    EXPECT_EQ(page.at("total").as_int64(),
              static_cast<std::int64_t>(page.at("rows").as_array().size()))
        << filters;
    EXPECT_EQ(static_cast<double>(page.at("total").as_int64()),
              totals(fmt::format(R"({{"measures": ["sessions"], "filters": {},
                  "time_range": {{"from": "2025-12-01", "to": "2025-12-20"}}}})",
                                 filters))[0]);
  }
}

TEST(Sessions, GoToAFileAllOfThemInTheOrderOfThePages) {
  Api api = Warehouse::instance().api();
  SessionPageRequest request;
  request.sort = "-friction_score";
  request.limit = 1000;
  request.filters = R"({"tier": {"in": ["free"]}, "model": {"in": ["v2.1"]}})";
  request.from = "2025-12-01";
  request.to = "2025-12-20";
  std::string csv;
  api.get_sessions_csv(request, {})([&](std::string_view bytes) {
    csv += bytes;
    return true;
  });
  std::vector<std::string> lines = split(csv, '\n');
  EXPECT_EQ(lines.front().substr(0, 26), "session_id,user_id,user_ti");
  if (lines.back().empty()) lines.pop_back();
  const auto page = page_of(request);
  const auto& rows = page.at("rows").as_array();
  ASSERT_EQ(lines.size(), rows.size() + 1);
  ASSERT_GT(rows.size(), 100U);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    EXPECT_EQ(split(lines[r + 1], ',').front(),
              std::to_string(rows[r].at("session_id").as_int64()));
  }
}

TEST(Sessions, GoToAFileWithoutFormulas) {
  duck::Database database{{}};
  duck::Connection connection = database.connect();
  std::string csv;
  // The third column is a text, the seventh a number.
  write_sessions_csv(connection,
                     "select '1', '2', '=1+1', '-x', '@a', '2025', '-1.5', '+1' "
                     "union all select '1', '2', 'free', null, '+a', '2025', '-2', '3'",
                     [&](std::string_view bytes) {
                       csv += bytes;
                       return true;
                     });
  EXPECT_EQ(csv.substr(csv.find('\n') + 1),
            "1,2,'=1+1,'-x,'@a,2025,-1.5,+1\r\n1,2,free,,'+a,2025,-2,3\r\n");
}

TEST(Sessions, StopGoingToAFileThatNobodyWantsAnyMore) {
  Api api = Warehouse::instance().api();
  int pieces = 0;
  api.get_sessions_csv({}, {})([&](std::string_view) {
    ++pieces;
    return false;
  });
  EXPECT_EQ(pieces, 1);
  SessionPageRequest wrong;
  wrong.sort = "frictoin";
  EXPECT_THROW(api.get_sessions_csv(wrong, {}), ApiError);
}

TEST(Sessions, RefuseWhatIsNoPage) {
  const auto refuses = [](const std::function<void(SessionPageRequest&)>& change) {
    SessionPageRequest request;
    change(request);
    EXPECT_THROW(page_of(request), ApiError);
  };
  refuses([](auto& r) { r.sort = "latency_p50"; });
  refuses([](auto& r) { r.sort = "session_id; drop table x"; });
  refuses([](auto& r) { r.limit = 0; });
  refuses([](auto& r) { r.limit = 1001; });
  refuses([](auto& r) { r.offset = -1; });
  refuses([](auto& r) { r.after = "x"; });
  refuses([](auto& r) { r.after = "99999999999999999999:1"; });
  refuses([](auto& r) {
    r.after = "1:1";
    r.offset = 5;
  });
  refuses([](auto& r) { r.filters = "{"; });
  refuses([](auto& r) { r.from = "yesterday"; });
}

TEST(Session, TellsItsGenerationsInOrderWithTheirGaps) {
  const auto id = static_cast<std::int64_t>(
      sql_row("select session_id from fct_sessions where total_generations = 3 "
              "and successful_generations = 2 order by 1 limit 1")[0]);
  const auto detail = parsed(Warehouse::instance().api().get_session(id));
  const auto& generations = detail.at("generations").as_array();
  ASSERT_EQ(generations.size(), 3);
  EXPECT_TRUE(generations[0].at("gap_seconds").is_null());
  EXPECT_EQ(number(generations[1].at("gap_seconds")), 420);
  EXPECT_EQ(number(generations[2].at("seconds_since_start")), 840);
  EXPECT_TRUE(generations[0].at("prompt").as_string().starts_with("a painting of number "));
  EXPECT_EQ(detail.at("session").at("session_id").as_int64(), id);
}

TEST(Session, ExplainsItsScore) {
  Api api = Warehouse::instance().api();
  duck::Connection connection = Warehouse::instance().connect();
  const duck::Result ids = connection.query(
      "select session_id, friction_score from fct_sessions order by "
      "hash(session_id) limit 50");
  for (std::size_t r = 0; r < ids.rows(); ++r) {
    const auto detail = parsed(api.get_session(ids.int64(r, 0)));
    const auto& score = detail.at("score");
    EXPECT_TRUE(score.at("matches_published").as_bool()) << score;
    EXPECT_TRUE(is_close(number(score.at("score")), ids.float64(r, 1)));
    double points = 0;
    for (const auto& part : score.at("parts").as_array()) points += number(part.at("points"));
    EXPECT_NEAR(std::min(points, 100.0), number(score.at("score")), 2e-4);
  }
  EXPECT_THROW(api.get_session(999'999'999), ApiError);
}

TEST(Session, WhoseVarsHaveChangedSaysSo) {
  JsonWriter json;
  FrictionRule rule;
  rule.error_weight = 1;
  write_explanation(json, rule, {{3, 1}, {3, 6000}, {3, 0}, 79.99, 66.66, 13.332, 0, "high"});
  const auto score = parsed(json.take());
  EXPECT_FALSE(score.at("matches_published").as_bool());
  EXPECT_EQ(score.at("parts").at(0).at("formula").as_string(), "(1 − 1 / 3) × 1 × 33.33 = 22.22");
}

TEST(Engagement, FunnelsNarrow) {
  const auto answer = parsed(funnel(Warehouse::instance().snapshot(), R"({"dimension": "tier"})"));
  expect_close(
      {number(answer.at("total").at(0).at("count")), number(answer.at("total").at(1).at("count")),
       number(answer.at("total").at(2).at("count"))},
      sql_row("select sum(total_generations), sum(successful_generations), "
              "sum(download_count) from fct_sessions"));
  EXPECT_EQ(answer.at("segments").as_array().size(), 3);
}

TEST(Engagement, CohortsCountTheirUsersByWeek) {
  const auto answer = parsed(cohorts(Warehouse::instance().snapshot(), "{}"));
  double users = 0;
  for (const auto& cohort : answer.at("cohorts").as_array()) users += number(cohort.at("users"));
  EXPECT_EQ(users, 120);
  const auto& cohort = answer.at("cohorts").at(2);
  const std::string week(cohort.at("cohort_week").as_string());
  for (const auto& one : cohort.at("weeks").as_array()) {
    EXPECT_EQ(number(one.at("active_users")),
              sql_row(fmt::format(
                  "select count(distinct s.user_id) from fct_sessions as s join dim_users as u "
                  "using (user_id) where u.cohort_week = '{}' and "
                  "(s.session_date - u.signup_at::date) // 7 = {}",
                  week, one.at("week").as_int64()))[0]);
  }
}

TEST(Engagement, TopUsersAndTheirShare) {
  const auto answer =
      parsed(top_users(Warehouse::instance().snapshot(), R"({"by": "cost", "limit": 3})"));
  duck::Connection connection = Warehouse::instance().connect();
  const duck::Result rows = connection.query(
      "select user_id, lifetime_cost from dim_users order by lifetime_cost desc, user_id limit 3");
  for (std::size_t r = 0; r < 3; ++r) {
    EXPECT_EQ(answer.at("users").at(r).at("user").as_int64(), rows.int64(r, 0));
    EXPECT_TRUE(is_close(number(answer.at("users").at(r).at("value")), rows.float64(r, 1)));
  }
  EXPECT_EQ(answer.at("concentration").at(4).at("users").as_int64(), 55);
}

TEST(Dictionary, HasEveryTableOfTheProjectWithItsColumnsTypes) {
  Sources sources;
  sources.lineage = [](duck::Connection&) {
    return ColumnLineage{{{"dim_users", "region"}, {{"stg_users", "region"}}}};
  };
  const auto answer = parsed(Warehouse::instance().api(sources).get_dictionary());
  std::map<std::string, boost::json::value> tables;
  for (const auto& table : answer.at("tables").as_array()) {
    tables[std::string(table.at("name").as_string())] = table;
  }
  const auto& sessions = tables.at("fct_sessions");
  EXPECT_EQ(sessions.at("kind").as_string(), "table");
  EXPECT_EQ(sessions.at("columns").at(0).at("type").as_string(), "INTEGER");
  EXPECT_FALSE(sessions.at("columns").at(0).at("description").as_string().empty());
  EXPECT_EQ(sessions.at("columns").at(0).at("tests").at(0).at("name").as_string(),
            "not_null_fct_sessions_session_id");
  bool has_failed = false;
  for (const auto& test : sessions.at("columns").at(0).at("tests").as_array()) {
    has_failed = has_failed || test.at("status") == "fail";
  }
  EXPECT_TRUE(has_failed) << "the last outcome of unique_fct_sessions_session_id";
  EXPECT_EQ(tables.at("raw_users").at("kind").as_string(), "source");
  EXPECT_EQ(tables.at("int_sessions").at("published").as_bool(), false);
  EXPECT_EQ(tables.at("runs").at("kind").as_string(), "record");
  EXPECT_TRUE(tables.at("steps").at("description").as_string().starts_with("One row per step"));
  for (const auto& column : tables.at("stg_users").at("columns").as_array()) {
    if (column.at("name") != "region") continue;
    EXPECT_EQ(column.at("feeds").at(0).at("table").as_string(), "dim_users");
  }
  for (const auto& [name, table] : tables) {
    if (!table.at("published").as_bool()) continue;
    for (const auto& column : table.at("columns").as_array()) {
      EXPECT_FALSE(column.at("type").is_null()) << name << column.at("name");
    }
  }
}

TEST(Catalog, SaysWhereEachSignalComesFromAndWhatIsOutsideSessions) {
  Api api = Warehouse::instance().api();
  const auto answer = parsed(api.get_catalog());
  const auto cost = sql_row(
      "select sum(cost) filter (where session_id is null), sum(cost), count(*) "
      "filter (where session_id is null) from fct_generations");
  const auto& sum = answer.at("outside_sessions").at(0);
  EXPECT_EQ(sum.at("measure").as_string(), "cost");
  EXPECT_TRUE(is_close(number(sum.at("outside")), cost[0]));
  EXPECT_TRUE(is_close(number(sum.at("all")), cost[1]));
  EXPECT_EQ(number(answer.at("generations_outside_sessions")), cost[2]);
  EXPECT_GT(cost[0], 0);
  std::map<std::string, std::string> signals;
  for (const auto& signal : answer.at("signals").as_array()) {
    signals[std::string(signal.at("signal").as_string())] = signal.at("origin").as_string();
  }
  EXPECT_EQ(signals.size(), 13);
  for (const auto& [signal, column] : {std::pair("status", "status_origin"),
                                       {"latency", "latency_origin"},
                                       {"users", "user_origin"},
                                       {"retries", "retry_origin"}}) {
    const duck::Result rows = Warehouse::instance().connect().query(fmt::format(
        "select case when count(distinct {0}) = 1 then any_value({0})::varchar else 'mixed' end "
        "from fct_generations where session_id is not null",
        column));
    EXPECT_EQ(signals.at(signal), rows.text(0, 0)) << signal;
  }
}

TEST(Catalog, NamesWhatARatioDividesBy) {
  Api api = Warehouse::instance().api();
  const auto answer = parsed(api.get_catalog());
  std::map<std::string, std::string> divides;
  for (const auto& measure : answer.at("measures").as_array()) {
    const auto& by = measure.at("divides_by");
    divides[std::string(measure.at("name").as_string())] = by.is_null() ? "" : by.as_string();
  }
  EXPECT_EQ(divides.at("satisfaction"), "feedback");
  EXPECT_EQ(divides.at("download_rate"), "downloadable");
  EXPECT_EQ(divides.at("friction"), "scored_sessions");
  EXPECT_EQ(divides.at("cost"), "");
  EXPECT_EQ(divides.at("latency_p95"), "");
}

TEST(Profile, IsWhatIsInTheColumns) {
  Api api = Warehouse::instance().api();
  const auto answer = parsed(api.get_profile("fct_generations"));
  std::map<std::string, boost::json::value> columns;
  for (const auto& column : answer.at("columns").as_array()) {
    columns[std::string(column.at("name").as_string())] = column;
  }
  EXPECT_EQ(answer.at("rows").as_int64(), 5000);
  EXPECT_EQ(columns.at("user_id").at("nulls").as_int64(), 52);
  EXPECT_EQ(columns.at("status").at("distinct").as_int64(), 5);
  EXPECT_EQ(columns.at("status").at("top").at(0).at("value").as_string(), "success");
  double counted = 0;
  for (const auto& count : columns.at("latency_ms").at("histogram").at("counts").as_array()) {
    counted += number(count);
  }
  EXPECT_EQ(counted, 5000);
  // Distinct values are counted, not estimated: a key has one value per row.
  EXPECT_EQ(columns.at("generation_id").at("distinct").as_int64(), 5000);
  const std::vector<double> distinct = sql_row(
      "select count(distinct generated_at), count(distinct user_id), count(distinct "
      "model_version), count(distinct latency_ms) from fct_generations");
  std::vector<double> found;
  for (const char* name : {"generated_at", "user_id", "model_version", "latency_ms"}) {
    found.push_back(number(columns.at(name).at("distinct")));
  }
  EXPECT_EQ(found, distinct);
  const auto prompts = parsed(api.get_profile("dim_prompts"));
  for (const auto& column : prompts.at("columns").as_array()) {
    if (column.at("name") != "prompt") continue;
    EXPECT_EQ(number(column.at("distinct")),
              sql_row("select count(distinct prompt) from dim_prompts")[0]);
  }
  EXPECT_EQ(columns.at("generated_at").at("histogram").at("edges").as_array().size(), 21);
  EXPECT_THROW(api.get_profile("duckdb_settings"), ApiError);
  EXPECT_THROW(api.get_profile("x\" union select 1"), ApiError);
}

TEST(Pipeline, RunsComeNewestFirst) {
  Api api = Warehouse::instance().api();
  const auto all = parsed(api.get_runs(10, std::nullopt));
  EXPECT_EQ(all.at("total").as_int64(), 3);
  EXPECT_EQ(all.at("runs").at(0).at("id").as_int64(), 3);
  const auto older = parsed(api.get_runs(1, 3));
  ASSERT_EQ(older.at("runs").as_array().size(), 1);
  EXPECT_EQ(older.at("runs").at(0).at("id").as_int64(), 2);
  const auto one = parsed(api.get_run(1));
  EXPECT_EQ(boost::json::serialize(one.at("critical_path")), "[1,2]");
  EXPECT_EQ(one.at("events").at(1).at("fields").at("attempt").as_string(), "2");
  EXPECT_EQ(parsed(api.get_run(2)).at("checks").at(0).at("sample").at(0).at("n").as_int64(), 2);
  EXPECT_THROW(api.get_run(17), ApiError);
  EXPECT_THROW(api.get_runs(0, std::nullopt), ApiError);
}

TEST(Pipeline, ARunIsReadWholeWhileItIsPutOnRecordParallel) {
  Api api = Warehouse::instance().api();
  std::jthread writes([](const std::stop_token& stop) {
    duck::Connection connection = Warehouse::instance().connect();
    while (!stop.stop_requested()) {
      connection.execute(
          "insert into ops.materializations (run_id, asset, made_at, seconds, published, inputs, "
          "metadata) values (3, 'more', now()::timestamp, 1, false, map {'a': 'b'}, "
          "map {'c': 'd'})");
    }
    connection.execute("delete from ops.materializations where asset = 'more'");
  });
  for (int i = 0; i < 100; ++i) EXPECT_NO_THROW(api.get_run(3)) << i;
}

TEST(Pipeline, AnAssetHasItsHistoryAndLastChecks) {
  Sources sources;
  sources.assets = [](duck::Connection&) {
    AssetsNow now;
    assets::Asset asset;
    asset.name = "fct_sessions";
    now.graph = assets::Graph({asset});
    now.states.resize(1);
    return now;
  };
  Api api = Warehouse::instance().api(sources);
  const auto answer = parsed(api.get_asset("fct_sessions", 10));
  EXPECT_EQ(answer.at("history").as_array().size(), 2);
  EXPECT_EQ(answer.at("history").at(0).at("run").as_int64(), 3);
  ASSERT_EQ(answer.at("checks").as_array().size(), 1);
  EXPECT_EQ(answer.at("checks").at(0).at("status").as_string(), "fail");
  try {
    api.get_asset("fct_sesions", 10);
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.status(), 404);
    EXPECT_EQ(error.hint(), "did you mean 'fct_sessions'?");
  }
}

TEST(Api, GivesItsMemoryBackUnlessItIsAskedAndAnswersAgain) {
  Sources sources;
  sources.memory_limit = "512MB";  // like the fixture's
  Api api = Warehouse::instance().api(sources);
  const std::string request = R"({"queries": [{"measures": ["sessions", "friction"]}]})";
  const auto result = [&] { return parsed(api.post_metrics(request)).at("results"); };
  const auto before = result();
  duck::Connection connection = Warehouse::instance().connect();
  // The setting, and the limit that the pages have.
  const auto limits = [&] {
    return connection.query("select current_setting('memory_limit')").text(0, 0) + ", " +
           connection.query("select memory_limit from pragma_database_size()").text(0, 0);
  };
  const std::string limit = limits();
  EXPECT_TRUE(api.release());
  EXPECT_EQ(limits(), limit);
  Api unlimited = Warehouse::instance().api({});
  EXPECT_TRUE(unlimited.release());
  EXPECT_EQ(limits(), "488.1 MiB, 488.1 MiB");  // DuckDB reports 488.2, rounded
  EXPECT_EQ(result(), before);
  bool released = true;
  api.get_sessions_csv({}, {})([&](std::string_view) {
    released = api.release();
    return false;
  });
  EXPECT_FALSE(released) << "while sessions are read";
}

// Its own warehouse, because the test changes it.
TEST(FactStore, ReadsAnewAfterAPublicationAndRefusesWhatIsNotPublished) {
  duck::Database empty(duck::DatabaseOptions{});
  const auto layer = std::make_shared<const Layer>(Warehouse::instance().layer());
  FactStore none(empty, layer);
  EXPECT_THROW(none.current(), ApiError);
  duck::Connection connection = Warehouse::instance().connect();
  FactStore store(Warehouse::instance().database(), layer);
  const auto before = store.current();
  EXPECT_EQ(before, store.current());
  connection.execute("insert into ops.runs (run_id, published) values (4, true)");
  const auto after = store.current();
  connection.execute("delete from ops.runs where run_id = 4");
  EXPECT_NE(before, after);
  EXPECT_EQ(after->facts().publication, 4);
}

}  // namespace
}  // namespace gsa::api
