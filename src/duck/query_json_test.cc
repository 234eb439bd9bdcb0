#include "duck/query_json.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "duck/database.h"
#include "duck/sql_error.h"

namespace gsa::duck {
namespace {

class QueryJson : public testing::Test {
 protected:
  std::string object(const std::string& columns) {
    return json_object(connection_, "select " + columns);
  }

  Database database_{DatabaseOptions{}};
  Connection connection_ = database_.connect();
};

TEST_F(QueryJson, ForProgramsNumbersAreNumbersWithAllTheirDigits) {
  EXPECT_EQ(object("1 as a, -7::tinyint as b, 18446744073709551615::ubigint as c, "
                   "170141183460469231731687303715884105727::hugeint as d"),
            R"({"a":1,"b":-7,"c":18446744073709551615,)"
            R"("d":170141183460469231731687303715884105727})");
  EXPECT_EQ(object("12.3400::decimal(10, 4) as a, 12::decimal(10, 4) as b, 12::decimal(9, 0) as c, "
                   "-0.05::decimal(3, 2) as d, 123456789012345678.1234::decimal(30, 4) as e"),
            R"({"a":12.34,"b":12.0,"c":12,"d":-0.05,"e":123456789012345678.1234})");
  EXPECT_EQ(object("5::double as a, 0.1::float as b, 1e300::double as c, 1e-7::double as d"),
            R"({"a":5.0,"b":0.1,"c":1e+300,"d":1e-07})");
}

TEST_F(QueryJson, ForProgramsWhatJsonLacksIsNull) {
  EXPECT_EQ(object("'nan'::double as a, '-infinity'::float as b, ['nan'::double, 1] as c, "
                   "null as d, 'NaN' as e"),
            R"({"a":null,"b":null,"c":[null,1.0],"d":null,"e":"NaN"})");
}

TEST_F(QueryJson, ForProgramsMapsAndJsonAreObjects) {
  EXPECT_EQ(object("map {'k': 1.5, 'l': null} as a, map {date '2025-01-01': 1} as b, "
                   "map {7: [1]} as c, {'x': 1, 'y': [1, 2, null]} as d"),
            R"({"a":{"k":1.5,"l":null},"b":{"2025-01-01":1},"c":{"7":[1]},)"
            R"("d":{"x":1,"y":[1,2,null]}})");
  EXPECT_EQ(object(R"('{"x": [1, 2]}'::json as a, ['1'::json] as b)"),
            R"({"a":{"x": [1, 2]},"b":[1]})");
}

TEST_F(QueryJson, ForProgramsOtherTypesAreTheirTexts) {
  EXPECT_EQ(
      object("timestamp '2025-01-01 10:00:00' as a, date '2025-01-01' as b, "
             "interval 3 hours as c, '1010'::bit as d, 'a\"b' as \"odd \"\"name\", true as e"),
      R"({"a":"2025-01-01 10:00:00","b":"2025-01-01","c":"03:00:00","d":"1010",)"
      R"("odd \"name":"a\"b","e":true})");
}

TEST_F(QueryJson, ForProgramsBytesAreTextAndEachKeyIsThereOnce) {
  EXPECT_EQ(object("'\\xAA\\x00a\"b'::blob as a, ['\\x01'::blob] as b"),
            R"({"a":"\\xAA\\x00a\\x22b","b":["\\x01"]})");
  EXPECT_EQ(object("1 as n, 2 as n, 3 as n_1, 4 as n"), R"({"n":1,"n_1":2,"n_1_1":3,"n_2":4})");
}

TEST_F(QueryJson, RowsComeInTheirOrderUntilTheReaderHasEnough) {
  EXPECT_EQ(json_array(connection_, "select range as n from range(3)"),
            R"([{"n":0},{"n":1},{"n":2}])");
  EXPECT_EQ(json_array(connection_, "select 1 as n where false"), "[]");
  EXPECT_EQ(json_object(connection_, "select 1 as n where false"), "null");
  std::vector<std::string> rows;
  stream_json(connection_, "select range as n from range(1000000) order by n",
              [&](std::string_view object) {
                rows.emplace_back(object);
                return rows.size() < 2;
              });
  EXPECT_EQ(rows, (std::vector<std::string>{R"({"n":0})", R"({"n":1})"}));
}

TEST_F(QueryJson, WrongSqlIsAnErrorOfItsOwnLine) {
  try {
    json_array(connection_, "select 1,\n  nothing_like_this");
    FAIL() << "it is no column";
  } catch (const SqlError& error) {
    EXPECT_NE(error.message().find("nothing_like_this"), std::string::npos) << error.message();
  }
}

TEST_F(QueryJson, ForPagesNumbersThatADoubleDoesNotHoldAreTexts) {
  const JsonRows rows =
      query_json(connection_,
                 "select 9007199254740993 as a, 12.3400::decimal(10, 4) as b, 'nan'::double as c, "
                 "5::double as d, map {'k': 1} as e, 18446744073709551615::ubigint as f",
                 10, 1000);
  EXPECT_EQ(rows.rows,
            R"([["9007199254740993","12.3400","NaN",5,[["k",1]],"18446744073709551615"]])");
}

}  // namespace
}  // namespace gsa::duck
