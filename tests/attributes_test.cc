// Columns of a product's events that are no signals: they are kept, and those with few values are
// dimensions everywhere.

#include <set>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "duck/database.h"
#include "serve_fixture.h"

namespace gsa::tests {
namespace {

class Attributes : public Serve {
 protected:
  void SetUp() override { warehouse_ = folder_ / "data/warehouse.duckdb"; }

  void write(const std::string& select, const std::string& name, const std::string& options) {
    connection_.execute(
        fmt::format("copy ({}) to {} ({})", select, sql_quote(folder_ / name), options));
  }
  Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"run", "--quiet", "--full-refresh", "--source"});
    Outcome outcome = gsa(folder_, arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome;
  }
  std::string output(const std::vector<std::string>& arguments) {
    const Outcome outcome = gsa(folder_, arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  }
  boost::json::value json(const std::string& text) { return boost::json::parse(text); }
  boost::json::value summary_by(const std::string& by) {
    return json(output({"summary", "--by", by, "--format", "json"}));
  }
  // The fields of the columns that `gsa inspect` and a run took for dimensions.
  std::set<std::string> inspected(const std::string& source) {
    std::set<std::string> paths;
    const boost::json::value found = json(output({"inspect", source, "--format", "json"}));
    for (const boost::json::value& one : found.at("columns").as_array()) {
      if (one.at("dimension").as_bool()) paths.emplace(one.at("path").as_string());
    }
    return paths;
  }
  std::set<std::string> recorded() {
    std::set<std::string> paths;
    const boost::json::value rows = json(
        output({"sql",
                "select entry.value::json as one from (select unnest(map_entries(metadata)) as "
                "entry from ops.materializations where asset = 'raw_generations') where "
                "starts_with(entry.key, 'attribute ')",
                "--format", "json"}));
    for (const boost::json::value& row : rows.as_array()) {
      const boost::json::value one =
          row.at("one").is_string() ? json(std::string(row.at("one").as_string())) : row.at("one");
      if (one.at("dimension").as_bool()) paths.emplace(one.at("path").as_string());
    }
    return paths;
  }
  duck::Connection connection_ = duck::Database({}).connect();
};

// 6,000 events of 50 users; the country changes from event to event, and is unknown in some.
constexpr const char* kEvents = R"(
create table events as
select
    'req_' || i as request_id, 'u' || h % 50 as user_id,
    strftime(timestamp '2026-03-01' + to_seconds(i * 120), '%Y-%m-%dT%H:%M:%SZ') as created_at,
    if(h % 5 = 0, 'failed', 'succeeded') as status, h % 9000 as latency_ms,
    (h % 900 / 1000)::decimal(9, 3) as cost_usd,
    ['DE', 'FR', 'US', null][1 + h // 50 % 4] as country,
    'v' || h // 7 % 40 as app_version, ['basic', 'gold'][1 + h % 50 % 2] as plan
from (select i, (hash(i) % 1000003)::bigint as h from range(6000) t(i)))";

TEST_F(Attributes, SplitTheReportAsPlainSqlDoesInEveryFormat) {
  connection_.execute(kEvents);
  write("from events", "events.parquet", "format parquet");
  write("from events", "events.csv", "format csv, header");
  write(
      "select * exclude (country, app_version), {'country': country, 'version': app_version} as "
      "client from events",
      "events.jsonl", "format json");
  for (const char* source : {"events.parquet", "events.csv", "events.jsonl"}) {
    SCOPED_TRACE(source);
    run({source});
    const bool is_nested = std::string(source).ends_with("jsonl");
    const std::string by = is_nested ? "client_country" : "country";
    const duck::Result expected = connection_.query(
        "select country, count(*), count(distinct user_id), round(100 * count(*) filter (status = "
        "'succeeded') / count(*), 2)::double, sum(cost_usd)::double from events group by country "
        "order by country nulls last");
    const boost::json::value report = summary_by(by);
    const boost::json::array& rows = report.at("by_" + by).as_array();
    ASSERT_EQ(rows.size(), expected.rows());
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const boost::json::value& value = rows[r].at(by);
      EXPECT_EQ(value.is_null() ? "" : std::string(value.as_string()), expected.text(r, 0));
      EXPECT_EQ(rows[r].at("generations").as_int64(), expected.int64(r, 1));
      EXPECT_EQ(rows[r].at("users").as_int64(), expected.int64(r, 2));
      EXPECT_NEAR(rows[r].at("success_rate_pct").to_number<double>(), expected.float64(r, 3), 0.01);
      EXPECT_NEAR(rows[r].at("total_cost").to_number<double>(), expected.float64(r, 4), 1e-6);
    }
    EXPECT_EQ(inspected(source).contains(is_nested ? "client.version" : "app_version"), true);
  }
}

TEST_F(Attributes, AreInTheTableWithARowForTheRest) {
  connection_.execute(kEvents);
  write("from events", "events.parquet", "format parquet");
  run({"events.parquet"});
  const std::string text = output({"summary", "--by", "App version"});
  EXPECT_NE(text.find("By app version"), std::string::npos) << text;
  EXPECT_NE(text.find("\n20 others"), std::string::npos) << text;
  // A column that was taken for a signal is found by its own name.
  EXPECT_EQ(output({"summary", "--by", "plan"}), output({"summary", "--by", "tier"}));
  const Outcome typo = gsa(folder_, {"summary", "--by", "contry"});
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_NE(typo.err.find("did you mean 'country'?"), std::string::npos) << typo.err;
}

TEST_F(Attributes, AreDimensionsOfUpTo65535Values) {
  write(
      "select 'r' || i as request_id, 'u' || i % 100 as user_id, timestamp '2026-03-01' + "
      "to_seconds(i) as created_at, 'ok' as status, 'a' || i % 65535 as most, 'b' || i % 65536 "
      "as too_many, i % 65535 + 1 as number, if(i % 65535 = 0, null, 'c' || i % 65535) as "
      "with_unknown, 'same' as same, 'note ' || i as note from range(70000) t(i)",
      "events.parquet", "format parquet");
  run({"events.parquet"});
  const std::set<std::string> expected = {"most", "number", "with_unknown"};
  EXPECT_EQ(recorded(), expected);
  EXPECT_EQ(inspected("events.parquet"), expected);
  // Others can be read.
  EXPECT_EQ(output({"sql",
                    "select count(distinct attributes.too_many) as n, "
                    "max(attributes.same) as same from fct_generations",
                    "--format", "csv"}),
            "n,same\n65536,same\n");
  start();
  const boost::json::value answer =
      json(post("/api/metrics", R"({"queries": [{"measures": ["generations"], "dimensions":
          ["most"], "limit": 3, "filters": {"most": {"in": ["a65534", "a3"]}}}]})")
               .body);
  EXPECT_EQ(boost::json::serialize(answer.at("results").at(0).at("total").at("values")), "[3]");
}

TEST_F(Attributes, KeepTheirNamesAndClashWithNone) {
  folder_.write(
      "events.jsonl",
      R"({"request_id":"1","user_id":"u1","created_at":"2026-03-01T10:00:00Z","status":"ok","a b":"x","it's":"q","\"quoted\"":"y","größe":"1","a.b":"p","Tags":["t"],"friction":"f","week":"w","Status Word":"s","from":"m","a_b":"z","A_B":"k","deep":{"er":{"x":"1"}}}
{"request_id":"2","user_id":"u2","created_at":"2026-03-01T10:01:00Z","status":"ok","a b":"x2","it's":"q2","\"quoted\"":"y2","größe":"2","a.b":"p2","Tags":["t","s"],"friction":"f2","week":"w2","Status Word":"s2","from":"m2","a_b":"z2","A_B":"k2","deep":{"er":{"x":"2"}}}
{"request_id":"3","user_id":"u2","created_at":"2026-03-01T10:02:00Z","status":"ok","a b":"x2"}
)");
  run({"events.jsonl"});
  start();
  const boost::json::value catalog = json(get("/api/catalog").body);
  std::set<std::string> names, labels;
  std::string added;
  for (const boost::json::value& one : catalog.at("dimensions").as_array()) {
    const std::string name(one.at("name").as_string());
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(labels.insert(to_lower(one.at("label").as_string())).second) << one.at("label");
    if (one.at("description").as_string().starts_with("The column ")) {
      added += fmt::format("{}={}\n", name, std::string(one.at("label").as_string()));
    }
  }
  EXPECT_EQ(added,
            "a_b=A b\nit_s=It's\nquoted=\"quoted\"\ngr_e=Größe\na_b_2=A b 2\ntags=Tags\n"
            "friction_2=Friction 2\nweek_2=Week 2\nstatus_word=Status Word\nfrom_2=From\n"
            "a_b_3=A b 3\na_b_2_2=A B 2 2\ndeep_er_x=Deep er x\n");
  // Each of them has its own values.
  for (const auto& [name, value] :
       {std::pair("a_b", "x"), std::pair("it_s", "q"), std::pair("gr_e", "1"),
        std::pair("a_b_2", "p"), std::pair("from_2", "m"), std::pair("deep_er_x", "1")}) {
    const boost::json::value answer =
        json(post("/api/metrics", fmt::format(R"({{"queries": [{{"measures": ["generations"],
            "filters": {{"{}": {{"in": ["{}"]}}}}}}]}})",
                                              name, value))
                 .body);
    EXPECT_EQ(boost::json::serialize(answer.at("results").at(0).at("total").at("values")), "[1]")
        << name;
  }
}

TEST_F(Attributes, FilterAndSplitTheApiAsPlainSqlDoes) {
  connection_.execute(kEvents);
  write("from events", "events.parquet", "format parquet");
  run({"events.parquet"});
  start();
  const boost::json::value answer = json(post("/api/metrics", R"({"queries": [{"measures":
      ["generations", "sessions"], "dimensions": ["country"], "sql": true, "filters": {"app_version":
      {"in": ["v3", "v4"]}}}]})")
                                             .body);
  const duck::Result expected = connection_.query(
      "select country, count(*) from events where app_version in ('v3', 'v4') group by country "
      "order by country nulls last");
  const boost::json::array& rows = answer.at("results").at(0).at("rows").as_array();
  ASSERT_EQ(rows.size(), expected.rows());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    EXPECT_EQ(rows[r].at("values").at(0).to_number<double>(),
              static_cast<double>(expected.int64(r, 1)));
  }
  // The SQL that is shown says the same.
  const std::string sql(answer.at("results").at(0).at("sql").as_string());
  EXPECT_NE(sql.find("g.attributes.app_version in ('v3', 'v4')"), std::string::npos) << sql;
  const boost::json::value shown =
      json(post("/api/sql", boost::json::serialize(boost::json::object{{"sql", sql}})).body);
  ASSERT_TRUE(shown.as_object().contains("rows")) << shown;
  EXPECT_EQ(shown.at("rows").as_array().size(), expected.rows());
  // A session shows them, and the dictionary says what they are.
  const boost::json::value list = json(get("/api/sessions?limit=1").body);
  const boost::json::value session = json(
      get(fmt::format("/api/sessions/{}", list.at("rows").at(0).at("session_id").as_int64())).body);
  EXPECT_TRUE(session.at("generations").at(0).at("attributes").as_object().contains("app_version"));
  const boost::json::value dictionary = json(get("/api/dictionary").body);
  EXPECT_EQ(boost::json::serialize(dictionary.at("attributes").at(0)),
            R"({"field":"app_version","path":"app_version","values":40,"dimension":true})");
}

TEST_F(Attributes, DoNotTellTheKeysOfHashedUsers) {
  folder_.write("events.csv",
                "email,created_at,status,contact_email,distinct_id,payload,plan_code\n"
                "ann@example.com,2026-03-01T10:00:00Z,ok,x,ann@example.com,for ann@example.com,p\n"
                "bob@example.com,2026-03-01T10:05:00Z,ok,y,bob@example.com,none,q\n");
  const Outcome made = gsa(folder_, {"run", "--source", "events.csv", "--hash-users"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_NE(made.err.find("left out, because they tell the keys of users: email, "
                          "contact_email, payload"),
            std::string::npos)
      << made.err;
  EXPECT_EQ(output({"sql",
                    "select attributes::varchar as a from fct_generations order by "
                    "generation_id limit 1",
                    "--format", "csv"}),
            "a\n{'plan_code': p}\n");
}

// The facts have columns for most signals; these they would lose.
TEST_F(Attributes, AreSignalsWithoutAColumnToo) {
  connection_.execute(kEvents);
  write(
      "select *, ['euler', 'ddim', 'dpm'][1 + h % 3] as sampler, if(h % 2 = 0, 'hd', 'standard') "
      "as "
      "quality, if(status = 'failed', 'E' || h % 4, null) as error, if(status = 'failed', 500, "
      "200) "
      "as http_status from (select *, latency_ms as h from events)",
      "events.parquet", "format parquet");
  run({"events.parquet"});
  EXPECT_EQ(recorded(), (std::set<std::string>{"country", "app_version", "sampler", "quality",
                                               "error", "http_status", "h"}));
  EXPECT_TRUE(inspected("events.parquet").contains("sampler"));
  EXPECT_EQ(
      output({"sql",
              "select attributes.sampler as sampler, count(*) as n from fct_generations group "
              "by all order by all",
              "--format", "csv"}),
      output({"sql",
              "select sampler, count(*) as n from 'events.parquet' group by all order by all",
              "--format", "csv"}));
  EXPECT_EQ(summary_by("quality").at("by_quality").as_array().size(), 2U);
}

TEST_F(Attributes, AreDimensionsThatAMappingNames) {
  connection_.execute(kEvents);
  write("from events", "events.parquet", "format parquet");
  gsa(folder_, {"inspect", "events.parquet", "--write", "events.yml"});
  folder_.write("events.yml", read_file(folder_ / "events.yml") + "dimensions: [country]\n");
  run({"events.parquet", "--map", "events.yml"});
  EXPECT_EQ(recorded(), std::set<std::string>{"country"});
  EXPECT_EQ(
      output({"sql", "select count(distinct attributes.app_version) as n from fct_generations",
              "--format", "csv"}),
      "n\n40\n");
}

TEST_F(Attributes, AreNothingWhereASourceHasNone) {
  folder_.write(
      "events.csv",
      "user_id,created_at,status\nu1,2026-03-01T10:00:00Z,ok\nu2,2026-03-01T11:00:00Z,ok\n");
  run({"events.csv"});
  EXPECT_EQ(output({"sql",
                    "select typeof(attributes) as t, count(attributes) as n from "
                    "fct_generations group by t",
                    "--format", "csv"}),
            "t,n\nVARCHAR,0\n");
  // The type goes with the data.
  folder_.write(
      "events.csv",
      "user_id,created_at,status,lane\nu1,2026-03-01T10:00:00Z,ok,a\nu2,2026-03-01T11:00:00Z,"
      "ok,b\n");
  run({"events.csv"});
  EXPECT_EQ(output({"sql", "select typeof(attributes) as t from fct_generations limit 1",
                    "--format", "csv"}),
            "t\nSTRUCT(lane VARCHAR)\n");
  EXPECT_EQ(summary_by("lane").at("by_lane").as_array().size(), 2U);
  gsa(folder_, {"export", "--format", "csv", "out"});
  EXPECT_EQ(connection_
                .query(fmt::format("select json_extract_string(attributes, '$.lane') from "
                                   "read_csv({}) order by generation_id",
                                   sql_quote(folder_ / "out/fct_generations.csv")))
                .text(0, 0),
            "a");
}

// Other engines read unsigned integers as negative, and know neither enumerations nor our structs.
TEST_F(Attributes, PortableExportsHaveTypesOfAllEngines) {
  write(
      "select 'u' || i % 3 as user_id, timestamp '2026-03-01' + interval (i) hour as created_at, "
      "if(i % 5 = 0, 'failed', 'ok') as status, 'lane ' || i % 2 as lane, "
      "if(i % 4 = 0, 'EUR', 'USD') as currency, 0.04 as cost, 'gold' as plan, "
      "18446744073709551615::ubigint as seed, 'a tower' as prompt from range(40) as t(i)",
      "events.parquet", "format parquet");
  run({"events.parquet"});
  output({"export", "lake", "--format", "portable", "--quiet"});
  // The rows of an exported table, as one text.
  const auto rows = [&](const std::string& select, const std::string& table) {
    return connection_
        .query(fmt::format("select string_agg(text, ' ' order by text) from (select distinct {} as "
                           "text from '{}')",
                           select, folder_ / ("lake/" + table + ".parquet")))
        .text(0, 0);
  };
  for (const char* table : {"raw_prompts", "raw_generations", "fct_generations", "fct_sessions"}) {
    EXPECT_EQ(connection_.query_int64(fmt::format(
                  "select count(*) from (describe from '{}') where column_type like 'U%' or "
                  "column_type like 'ENUM%' or column_type like 'STRUCT%' or "
                  "column_type = 'TINYINT'",
                  folder_ / (std::string("lake/") + table + ".parquet"))),
              0)
        << table;
  }
  EXPECT_EQ(rows("generation_seed || ' ' || typeof(generation_seed)", "raw_prompts"),
            "18446744073709551615 DECIMAL(20,0)");
  EXPECT_EQ(rows("attributes", "fct_generations"), R"({"lane":"lane 0"} {"lane":"lane 1"})");
  EXPECT_EQ(rows("kind || position || word", "raw_words"),
            "currency1USD currency2EUR device_type1unknown model_version1unknown region1unknown "
            "user_tier1gold");
}

}  // namespace
}  // namespace gsa::tests
