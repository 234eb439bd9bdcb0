// Events of Parquet files: the leaves of their columns, in the files' own types.

#include <fstream>

#include "prompts/event_fixture.h"

namespace gsa::prompts {
namespace {

class EventParquet : public EventFixture {
 protected:
  void write_parquet(std::string_view name, std::string_view select) {
    copy(select, name, "format parquet");
  }
  void open_parquet(std::string_view select) {
    write_parquet("e.parquet", select);
    open({"e.parquet"});
  }
};

TEST_F(EventParquet, HasAColumnForEachLeaf) {
  open_parquet(
      "select * from (values (1::bigint, {'prompt': 'a', 'size': {'w': 512::smallint, "
      "'a b': 1.5}}, ['x', 'y'], timestamp '2025-11-01 10:00:00', 12.3400::decimal(18, 4), "
      "map {'k': 1}, [{'t': 7}]), (2, null, [], null, null, null, null)) "
      "as t(id, input, tags, made, cost, attributes, list)");
  EXPECT_EQ(columns(),
            "id BIGINT\ninput.prompt\ninput.size.w SMALLINT\ninput.size.\"a b\" DECIMAL(2,1)\n"
            "tags VARCHAR[]\nmade TIMESTAMP\ncost DECIMAL(18,4)\nattributes MAP(VARCHAR, INTEGER)\n"
            "list STRUCT(t INTEGER)[]");
  EXPECT_EQ(values({"id", "input.prompt", "input.size.w", "input.size.\"a b\"", "made", "cost",
                    "tags[1]", "list[0].t", "list[0].u", "id[0]", "nothing"}),
            "1|a|512|1.5|2025-11-01 10:00:00|12.3400|y|7|NULL|NULL|NULL\n"
            "2|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL");
  EXPECT_EQ(events_->rows(), 2);
  EXPECT_EQ(numbers(), "0\n1");
  EXPECT_EQ(place(1), "e.parquet, row 2");
  EXPECT_EQ(rows("select count(*) from duckdb_tables()"), "0");
}

TEST_F(EventParquet, UnitesColumnsInACommonType) {
  write_parquet("in/a.parquet",
                "select 1::integer as n, 'x' as s, timestamp '2025-11-01 10:00:00' as made, "
                "timestamptz '2025-11-01 10:00:00+02' as zone, {'a': 1} as o, true as b");
  write_parquet("in/b.parquet",
                "select 2.5::double as n, 7 as s, date '2025-11-02' as made, timestamp '2025-11-01 "
                "10:00:00' as zone, {'a': 2, 'c': [1]} as o, 1 as b");
  write_parquet("in/c.parquet", "select 9 as more, 3::bigint as n");
  connection_.execute("set TimeZone = 'America/New_York'");
  open({"in/*.parquet"});
  EXPECT_EQ(
      columns(),
      "n DOUBLE\ns\nmade TIMESTAMP\nzone TIMESTAMP\no.a INTEGER\nb\no.c INTEGER[]\nmore INTEGER");
  EXPECT_EQ(values({"n", "s", "made", "zone", "o.a", "b", "o.c", "more"}),
            "1.0|x|2025-11-01 10:00:00|2025-11-01 08:00:00|1|true|NULL|NULL\n"
            "2.5|7|2025-11-02 00:00:00|2025-11-01 10:00:00|2|1|[1]|NULL\n"
            "3.0|NULL|NULL|NULL|NULL|NULL|NULL|9");
  EXPECT_EQ(numbers(), "0\n1\n2");
  EXPECT_EQ(place(2), "in/c.parquet, row 1");
}

TEST_F(EventParquet, EntersObjectsThatAreTexts) {
  open_parquet(
      "select i as id, case when i > 0 then '{\"$ai_model\":\"m' || i || '\",\"in\":{\"x\":' || "
      "i || '}}' end as properties, {'meta': '{\"late\":1}'} as o, '{red} car' as prompt "
      "from range(3) t(i)");
  EXPECT_EQ(columns(),
            "id BIGINT\nproperties\no.meta\nprompt\nproperties.$ai_model string\n"
            "properties.in.x number\no.meta.late number");
  EXPECT_EQ(values({"id", "properties.$ai_model", "properties.in.x", "o.meta.late", "prompt"}),
            "0|NULL|NULL|1|{red} car\n1|m1|1|1|{red} car\n2|m2|2|1|{red} car");
}

TEST_F(EventParquet, EntersTextsThatBeginLate) {
  open_parquet(
      "select case when i >= 20000 then '{\"a\":1}' end as late, case when i = 0 then '{}' "
      "when i = 20001 then '{\"b\":2}' end as first, case when i % 2 = 0 then 'no' when i > "
      "20000 then '{\"c\":3}' end as mixed from range(20002) t(i)");
  EXPECT_EQ(columns(), "late\nfirst\nmixed\nlate.a number\nfirst.b number");
  EXPECT_EQ(rows("select event_row, c0, c1 from (" +
                 events_->select(std::vector<std::string>{"late.a", "first.b"}) +
                 ") where coalesce(c0, c1) is not null"),
            "20000|1|NULL\n20001|1|2");
}

TEST_F(EventParquet, TakesBytesForTextOnlyWhereTheyAreText) {
  open_parquet("select encode('caf\xc3\xa9') as name, '\\xFF\\x00'::blob as image, 1 as n");
  EXPECT_EQ(columns(), "name\nimage BLOB\nn INTEGER");
  EXPECT_EQ(values({"name", "n"}), "caf\xc3\xa9|1");
}

TEST_F(EventParquet, HasTheKeysOfFolders) {
  write_parquet("in/day=1/plan=pro/a.parquet", "select 1 as id");
  write_parquet("in/day=2/b.parquet", "select 2 as id, 'x' as Day");
  open({"in"});
  EXPECT_EQ(columns(), "id INTEGER\nday\nplan\nDay");
  EXPECT_EQ(values({"id", "day", "plan", "Day"}), "1|1|pro|NULL\n2|NULL|NULL|x");
}

TEST_F(EventParquet, MayBeInManySmallFiles) {
  for (int i = 0; i < 30; ++i) {
    write_parquet(fmt::format("in/day={}/{:02}.parquet", i % 2, i),
                  fmt::format("select {} as id, {{'x': '{{\"y\":{}}}'}} as o from range(2)", i, i));
  }
  write_parquet("in/day=9/more.parquet", "select 99 as id, 1 as other");
  open({"in/**/*.parquet"});
  EXPECT_EQ(events_->rows(), 61);
  EXPECT_EQ(columns(), "id INTEGER\no.x\nday\no.x.y number\nother INTEGER");
  EXPECT_EQ(rows("select count(*), sum(c0), sum(c1::int), min(event_row), max(event_row), "
                 "string_agg(distinct c2, '' order by c2) from (" +
                 events_->select(std::vector<std::string>{"id", "o.x.y", "day"}) + ")"),
            "61|969|870|0|60|019");
  EXPECT_EQ(place(31), "in/day=1/01.parquet, row 2");
  EXPECT_EQ(place(60), "in/day=9/more.parquet, row 1");
}

TEST_F(EventParquet, IsRefusedByNameIfItIsDamaged) {
  write_parquet("in/a.parquet", "select 1 as id");
  write_parquet("in/b.parquet", "select range as id, 'text ' || range as t from range(1000)");
  std::fstream file(path("in/b.parquet"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(8);
  file << std::string(200, '\xff');
  file.close();
  const std::string refused = refusal([&] {
    open({"in"});
    try {
      values({"id", "t"});
    } catch (const duck::SqlError& failure) {
      events_->blame(failure);
      throw;
    }
  });
  EXPECT_TRUE(refused.starts_with("in/b.parquet: the Parquet file is damaged")) << refused;
}

}  // namespace
}  // namespace gsa::prompts
