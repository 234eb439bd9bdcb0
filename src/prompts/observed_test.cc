#include "prompts/observed.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/hash.h"
#include "prompts/ingest_fixture.h"
#include "prompts/sampling.h"

namespace gsa::prompts {
namespace {

// Rows (user, minute of 2022-08-11 10:00, prompt, seed, step, image_nsfw) as DiffusionDB has them.
class ObservedFixture : public IngestFixture {
 protected:
  std::string source(const std::string& values, const std::string& name = "a.parquet") {
    return copy(
        fmt::format("select 'image ' || (row_number() over ())::varchar as image_name, "
                    "prompt::varchar as prompt, seed::uinteger as seed, "
                    "step::usmallint as step, 7::float as cfg, 8::utinyint as sampler, "
                    "512::usmallint as width, 512::usmallint as height, "
                    "user_name::varchar as user_name, (timestamptz '2022-08-11 10:00:00+00' "
                    "+ to_minutes(minute::integer)) as timestamp, "
                    "image_nsfw::float as image_nsfw from (values {}) "
                    "as t(user_name, minute, prompt, seed, step, image_nsfw)",
                    values),
        name, "format parquet");
  }

  IngestResult observe_paths(const std::vector<std::string>& paths, std::int64_t prompts = 1000,
                             std::uint64_t seed = 1) {
    connection_.execute("drop table if exists raw_prompts");
    return ingest(connection_, {paths, prompts, seed, "raw_prompts", "", true},
                  run_on(connection_));
  }

  // id, user, minute, images, blurred, minute of the previous request for the same prompt.
  std::string requests(const IngestResult& result) {
    return rows(fmt::format(
        "select generation_id, user_name, strftime(generated_at, '%H:%M'), image_count, "
        "blurred_images, strftime(asked_before_at, '%H:%M') from {} left join {} using (user_id) "
        "order by generation_id",
        result.observed->requests.name(), result.observed->users.name()));
  }

  static std::int64_t found(const IngestResult& result, std::string_view what) {
    for (const Finding& finding : result.findings) {
      if (finding.what.find(what) != std::string::npos) return finding.count;
    }
    ADD_FAILURE() << what << " was not looked for";
    return -1;
  }

  std::string refusal(const std::vector<std::string>& paths) {
    try {
      observe_paths(paths);
    } catch (const Error& error) {
      return error.message() + "\n" + error.hint();
    }
    return "accepted";
  }
};

TEST_F(ObservedFixture, TakesTheImagesOfAUserPromptMinuteAndSettingsForOneRequest) {
  const IngestResult result =
      observe_paths({source("('ann', 0, 'a cat', 1, 50, 0.1), "
                            "('ann', 0, 'a cat', 2, 50, 0.1), "
                            "('bob', 0, 'a cat', 3, 50, 0.1), "
                            "('ann', 0, 'a dog', 4, 50, 0.1), "
                            "('ann', 1, 'a cat', 5, 50, 0.1), "
                            "('ann', 0, 'a cat', 6, 90, 0.1), "
                            "('ann', 0, 'a cat', 7, 50, 0.1)")});
  EXPECT_EQ(requests(result),
            "0|ann|10:00|3|0|NULL\n"
            "2|bob|10:00|1|0|NULL\n"
            "3|ann|10:00|1|0|NULL\n"
            "4|ann|10:01|1|0|10:00\n"
            "5|ann|10:00|1|0|10:00");
  EXPECT_EQ(rows("select prompt_id, prompt, token_count, generation_seed, step from raw_prompts"),
            "0|a cat|2|1|50\n2|a cat|2|3|50\n3|a dog|2|4|50\n4|a cat|2|5|50\n5|a cat|2|6|90");
  EXPECT_EQ(result.rows, 5);
  EXPECT_EQ(result.rows_in_source, 7);
}

TEST_F(ObservedFixture, CountsBlurredImagesAndSaysWhereTheSourceDoesNotKnow) {
  const IngestResult result =
      observe_paths({source("('ann', 0, 'a cat', 1, 50, 2.0), "
                            "('ann', 0, 'a cat', 2, 50, 1.0), "
                            "('ann', 0, 'a cat', 3, 50, 2.0), "
                            "('ann', 0, 'a dog', 4, 50, null), "
                            "('ann', 0, 'a cow', 4, 50, null), "
                            "('ann', 0, 'a cow', 5, 50, 0), "
                            "('ann', 0, 'a hen', 5, 50, 1.5), "
                            "('ann', 0, 'a fly', 5, 50, -1)")});
  EXPECT_EQ(requests(result),
            "0|ann|10:00|3|2|NULL\n"
            "3|ann|10:00|1|NULL|NULL\n"
            "4|ann|10:00|2|0|NULL\n"
            "6|ann|10:00|1|0|NULL\n"
            "7|ann|10:00|1|0|NULL");
  EXPECT_EQ(found(result, "image_nsfw"), 2);
}

TEST_F(ObservedFixture, KnowsARequestThatIsAskedAgainByItsUserPromptAndNewSettingsOrSeeds) {
  const IngestResult result =
      observe_paths({source("('ann', 0, 'a cat', 1, 50, 0), "
                            "('ann', 3, 'a cat', 1, 50, 0), "  // the same
                            "('ann', 5, 'a cat', 1, 90, 0), "  // new step
                            "('ann', 9, 'a cat', 2, 90, 0), "  // new seed
                            "('bob', 9, 'a cat', 3, 90, 0), "
                            "('ann', 2, 'a cow', 4, 50, 0), "
                            "('cid', 0, 'a cat', 1, 50, 0), "
                            "('cid', 0, 'a cat', 5, 50, 0), "
                            "('cid', 4, 'a cat', 1, 50, 0), "  // one new
                            "('cid', 4, 'a cat', 7, 50, 0), "
                            "('cid', 8, 'a cat', 7, 50, 0), "
                            "('cid', 8, 'a cat', 2, 50, 0)")});
  EXPECT_EQ(requests(result),
            "0|ann|10:00|1|0|NULL\n"
            "1|ann|10:03|1|0|NULL\n"
            "2|ann|10:05|1|0|10:03\n"
            "3|ann|10:09|1|0|10:05\n"
            "4|bob|10:09|1|0|NULL\n"
            "5|ann|10:02|1|0|NULL\n"
            "6|cid|10:00|2|0|NULL\n"
            "8|cid|10:04|2|0|10:00\n"
            "10|cid|10:08|2|0|10:04");
}

TEST_F(ObservedFixture, KeepsRequestsOfDeletedAndUnknownAccountsWithoutAUser) {
  const IngestResult result =
      observe_paths({source("('deleted_account', 0, 'a cat', 1, 50, 0), "
                            "('deleted_account', 0, 'a cat', 2, 50, 0), "
                            "(null, 1, 'a cat', 3, 50, 0), "
                            "('', 2, 'a cat', 4, 50, 0), "
                            "('ann', 2, 'a cat', 5, 50, 0)")});
  EXPECT_EQ(requests(result),
            "0|NULL|10:00|2|0|NULL\n"
            "2|NULL|10:01|1|0|NULL\n"
            "3|NULL|10:02|1|0|NULL\n"
            "4|ann|10:02|1|0|NULL");
  EXPECT_EQ(rows("select * exclude (user_key) from " + result.observed->users.name()),
            "0|ann|2022-08-11 10:02:00");
  EXPECT_EQ(found(result, "unknown accounts"), 3);
}

TEST_F(ObservedFixture, NumbersUsersInTheOrderOfTheirFirstRequest) {
  const IngestResult result =
      observe_paths({source("('bob', 5, 'a cat', 1, 50, 0), "
                            "('dan', 1, 'a cat', 2, 50, 0), "
                            "('ann', 5, 'a cat', 3, 50, 0), "
                            "('bob', 9, 'a cat', 3, 50, 0)")});
  EXPECT_EQ(rows("select * exclude (user_key) from " + result.observed->users.name()),
            "0|dan|2022-08-11 10:01:00\n"
            "1|ann|2022-08-11 10:05:00\n"
            "2|bob|2022-08-11 10:05:00");
}

// Each row counts once, under the first rule that applies to it.
TEST_F(ObservedFixture, LeavesOutRowsWithoutTimeOrPromptAndRepeatedImages) {
  const std::string path = copy(
      "select * from (values ('i1', 'a cat', 'ann', timestamp '2022-08-11 10:00:00'), "
      "('i1', 'a cat', 'ann', timestamp '2022-08-11 10:00:00'), "
      "('i1', 'a dog', 'ann', timestamp '2022-08-11 10:07:00'), "
      "('i1', ' ', 'ann', timestamp '2022-08-11 10:07:00'), "
      "('i1', 'a cat', 'bob', timestamp '2022-08-11 10:00:00'), "
      "('i2', null, 'bob', timestamp '2022-08-11 10:00:00'), "
      "(null, 'a cow', 'bob', timestamp '2022-08-11 10:00:00'), "
      "(null, 'a hen', 'bob', timestamp '2022-08-11 10:00:00'), "
      "('i3', 'a cat', null, null), ('i3', null, 'ann', null)) "
      "as t(image_name, prompt, user_name, timestamp)",
      "odd.parquet", "format parquet");
  const IngestResult result = observe_paths({path});
  EXPECT_EQ(requests(result),
            "0|ann|10:00|1|NULL|NULL\n"
            "4|bob|10:00|1|NULL|NULL\n"
            "6|bob|10:00|1|NULL|NULL\n"
            "7|bob|10:00|1|NULL|NULL");
  EXPECT_EQ(found(result, "without a time"), 2);
  EXPECT_EQ(found(result, "empty prompt"), 2);
  EXPECT_EQ(found(result, "the image of an earlier row"), 2);
}

TEST_F(ObservedFixture, CountsOddSettingsAndKeepsThemAsTheyCame) {
  const std::string path = copy(
      "select 'a cat ' || i::varchar as prompt, 'ann' as user_name, "
      "timestamp '2022-08-11 10:00:00' as timestamp, cfg::float as cfg, width, sampler from "
      "(values "
      "(0, '7', 512, 1), (1, '-3.5', 0, 99), (2, 'nan', 512, 0), (3, 'inf', -8, 300)) "
      "as t(i, cfg, width, sampler)",
      "odd.parquet", "format parquet");
  const IngestResult result = observe_paths({path});
  EXPECT_EQ(rows("select cfg, width, sampler from raw_prompts"),
            "7.0|512|1\n-3.5|0|99\nnan|512|0\ninf|NULL|NULL");
  EXPECT_EQ(found(result, "below 0"), 1);
  EXPECT_EQ(found(result, "not a finite number"), 2);
  EXPECT_EQ(found(result, "width or height of 0"), 1);
  EXPECT_EQ(found(result, "not 1 to 9"), 2);
  EXPECT_EQ(found(result, "'width' that are not a whole number from 0 to 65,535"), 1);
  EXPECT_EQ(found(result, "'sampler' that are not a whole number from 0 to 255"), 1);
}

TEST_F(ObservedFixture, ReadsTheSameFromParquetCsvAndJson) {
  const std::string parquet = source(
      "('ann', 0, 'a cat', 1, 50, 2), ('ann', 0, 'a cat', 2, 50, null), (null, null, 'x', 3, 1, "
      "0), "
      "('deleted_account', 4, 'a, \"cat\"', 4, 50, 0.5), ('ann', 8, 'a cat', 5, 50, 0)");
  const std::string all = fmt::format("select * from {}", sql_quote(parquet));
  const std::string expected = requests(observe_paths({parquet}));
  const std::string prompts = table();
  for (const std::string& path :
       {copy(all, "a.csv", "format csv"), copy(all, "a.jsonl", "format json")}) {
    const IngestResult result = observe_paths({path});
    EXPECT_EQ(requests(result), expected) << path;
    EXPECT_EQ(table(), prompts) << path;
    EXPECT_EQ(found(result, "do not fit"), 0) << path;
  }
}

TEST_F(ObservedFixture, TakesTimesWithoutAZoneForUtcWhereverItRuns) {
  const std::string path = write("a.csv",
                                 "prompt,user_name,timestamp\n"
                                 "a cat,ann,2022-08-11 10:00:00\n"
                                 "a dog,ann,2022-08-11 12:01:00+02:00\n"
                                 "a cow,ann,2022-08-11T10:02:00Z\n"
                                 "a hen,ann,yesterday\n");
  setenv("TZ", "America/New_York", 1);
  tzset();
  const duck::Database elsewhere({":memory:", false, 2, ""});
  duck::Connection connection = elsewhere.connect();
  register_functions(connection);
  const IngestResult result =
      ingest(connection, {{path}, 10, 1, "raw_prompts", "", true}, run_on(connection));
  unsetenv("TZ");
  tzset();
  const duck::Result times = connection.query(
      "select string_agg(strftime(generated_at, '%H:%M'), ' ' order by generation_id) from " +
      result.observed->requests.name());
  EXPECT_EQ(times.text(0, 0), "10:00 10:01 10:02");
  EXPECT_EQ(found(result, "without a time"), 0);
  EXPECT_EQ(found(result, "'timestamp' that are not a time"), 1);
}

TEST_F(ObservedFixture, SaysWhatASourceLacks) {
  const std::string no_user = write("u.csv", "prompt,timestamp\na cat,2022-08-11 10:00:00\n");
  EXPECT_EQ(
      refusal({no_user}),
      no_user +
          ": no column is named 'user_name'; the columns are: prompt, timestamp\nwithout users and "
          "times, only --behavior simulated is possible");
  const std::string no_time = write("t.jsonl", "{\"prompt\": \"a cat\", \"user_name\": \"ann\"}\n");
  EXPECT_EQ(
      refusal({no_time}),
      no_time +
          ": no column is named 'timestamp'; the columns are: prompt, user_name\nwithout users and "
          "times, only --behavior simulated is possible");
  const std::string flag = copy("select 'a cat' as prompt, 'ann' as user_name, true as timestamp",
                                "n.parquet", "format parquet");
  EXPECT_EQ(refusal({flag}), flag + ": the column 'timestamp' is BOOLEAN, not a time\n");
  const std::string null = write("null.csv", "prompt,user_name,timestamp\na cat,ann,\n");
  EXPECT_EQ(refusal({null}), null +
                                 ": no row has a time\na time is text like 2022-08-11 "
                                 "00:02:00+00:00, a number of seconds, milliseconds, "
                                 "microseconds or nanoseconds since 1970, or a timestamp of "
                                 "Parquet");
  const std::string blank =
      write("blank.csv", "prompt,user_name,timestamp\n,ann,2022-08-11 10:00:00\na,b,\n");
  EXPECT_EQ(refusal({blank}), blank + ": no row has both a prompt and a time\n");
  EXPECT_EQ(refusal({"synthetic"}).substr(0, 42), "synthetic prompts have no users to observe");
}

// ---- Samples

// 3,000 rows of 60 users, some much busier than others, with deleted accounts and rows without a
// time among them; about 3 images per request.
constexpr const char* kMany =
    "select 'image ' || i::varchar as image_name, 'prompt ' || (i // 3 % 700)::varchar as prompt, "
    "i::uinteger as seed, case when i % 11 = 0 then 'deleted_account' "
    "else 'user ' || floor(60 * power((i // 3 * 7919 % 1000) / 1000.0, 3))::integer::varchar end "
    "as user_name, case when i % 23 > 0 then timestamptz '2022-08-06 00:00:00+00' + "
    "to_minutes((i // 3 * 31 % 20000)::integer) end as timestamp from range(3000) as t(i)";

struct Request {
  std::string id;
  std::uint64_t key;
};

class ObservedSample : public ObservedFixture {
 protected:
  std::set<std::string> ids() {
    std::set<std::string> found;
    connection_.stream_text("select prompt_id::varchar from raw_prompts",
                            [&](const duck::Connection::TextRow& row) {
                              found.emplace(row[0].value());
                              return true;
                            });
    return found;
  }

  // The definition: whole users, and minutes of deleted accounts, in key order until there are
  // enough.
  std::set<std::string> defined(const IngestResult& all, std::uint64_t seed, std::size_t wanted) {
    std::map<std::uint64_t, std::vector<std::string>> units;
    connection_.stream_text(
        fmt::format("select generation_id::varchar, user_name, "
                    "(epoch_us(generated_at) // 60000000)::varchar from {} left join {} using "
                    "(user_id)",
                    all.observed->requests.name(), all.observed->users.name()),
        [&](const duck::Connection::TextRow& row) {
          const std::uint64_t unit =
              row[1] ? stable_hash(*row[1]) : std::stoull(std::string(row[2].value()));
          units[sample_key(seed, unit)].emplace_back(row[0].value());
          return true;
        });
    std::set<std::string> taken;
    for (const auto& [key, requests] : units) {
      if (taken.size() >= wanted) break;
      taken.insert(requests.begin(), requests.end());
    }
    return taken;
  }
};

TEST_F(ObservedSample, TakesWholeUsersInTheOrderOfTheirKeysUntilThereAreEnough) {
  const std::string path = copy(kMany, "many.parquet", "format parquet");
  for (const std::uint64_t seed : {1u, 2u}) {
    std::map<std::size_t, std::set<std::string>> expected;
    std::int64_t requests_in_source = 0;
    {
      const IngestResult all = observe_paths({path}, 100'000, seed);
      requests_in_source = all.rows;
      ASSERT_GT(all.rows, 900);
      for (const std::size_t wanted : {1u, 20u, 100u, 500u, 900u}) {
        expected[wanted] = defined(all, seed, wanted);
      }
    }
    for (const auto& [wanted, taken] : expected) {
      const IngestResult sample = observe_paths({path}, static_cast<std::int64_t>(wanted), seed);
      EXPECT_EQ(ids(), taken) << "seed " << seed << ", " << wanted << " requests";
      EXPECT_GE(sample.rows, static_cast<std::int64_t>(wanted));
      EXPECT_EQ(sample.sampled, sample.rows < requests_in_source);
    }
  }
}

// One request fewer than the source has: the last user is still taken whole.
TEST_F(ObservedSample, IsNoneWhereTheLastUserCompletesTheSource) {
  const std::string path = copy(kMany, "many.parquet", "format parquet");
  int complete = 0, cut = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const std::int64_t all = observe_paths({path}, 100'000, seed).rows;
    const IngestResult sample = observe_paths({path}, all - 1, seed);
    EXPECT_EQ(sample.sampled, sample.rows < all) << "seed " << seed;
    ++(sample.rows == all ? complete : cut);
  }
  EXPECT_GT(complete, 0);
  EXPECT_GT(cut, 0);
}

TEST_F(ObservedSample, DoesNotDependOnRowGroupsOrThreadsParallel) {
  const std::string one = copy(kMany, "one.parquet", "format parquet");
  const std::string many = copy(kMany, "groups.parquet", "format parquet, row_group_size 200");
  const IngestResult first = observe_paths({one}, 300);
  const std::string expected = table() + requests(first);
  for (const int threads : {1, 2, 8}) {
    connection_.execute(fmt::format("set threads = {}", threads));
    for (const std::string& path : {one, many}) {
      const IngestResult result = observe_paths({path}, 300);
      EXPECT_EQ(table() + requests(result), expected) << threads << " threads, " << path;
    }
  }
}

TEST_F(ObservedSample, DrawsOtherUsersWithAnotherSeed) {
  const std::string path = copy(kMany, "many.parquet", "format parquet");
  observe_paths({path}, 100, 1);
  const std::set<std::string> first = ids();
  observe_paths({path}, 100, 2);
  EXPECT_NE(ids(), first);
}

}  // namespace
}  // namespace gsa::prompts
