// Events of CSV files: every column of every header, as text.

#include "prompts/event_fixture.h"

namespace gsa::prompts {
namespace {

class EventCsv : public EventFixture {};

TEST_F(EventCsv, HasEveryColumnOfEveryHeader) {
  write("in/a.csv", "user_id,created at,metrics.time,Status\nu1,2025-11-01,1.50,ok\n\"u,2\",,,\n");
  write("in/b.csv", "Status;cost;user_id\nfailed;0,25;u3\n");
  write("in/c.csv", "user_id\nu4\n");
  open({"in"});
  EXPECT_EQ(columns(), "user_id\n\"created at\"\n\"metrics.time\"\nStatus\ncost");
  EXPECT_EQ(values({"user_id", "created at", "\"metrics.time\"", "Status", "cost", "status"}),
            "u1|2025-11-01|1.50|ok|NULL|NULL\n"
            "u,2|NULL|NULL|NULL|NULL|NULL\n"
            "u3|NULL|NULL|failed|0,25|NULL\n"
            "u4|NULL|NULL|NULL|NULL|NULL");
  EXPECT_EQ(numbers(), "0\n1\n2\n3");
  EXPECT_EQ(place(1), "in/a.csv, row 2");
  EXPECT_EQ(place(3), "in/c.csv, row 1");
  EXPECT_EQ(events_->rows_path(), "");
  EXPECT_EQ(refusal([&] { open({"in"}, "data[]"); }),
            "the rows are not at data[]: only JSON files have rows at a path");
}

TEST_F(EventCsv, EntersObjectsThatAreTexts) {
  open_text("p.csv",
            "event,properties\n"
            "$ai_generation,\"{\"\"$ai_model\"\":\"\"m\"\",\"\"x\"\":{\"\"y\"\":1}}\"\n"
            "other,{red|blue} car\n"
            "$ai_generation,\"{\"\"$ai_model\"\":\"\"n\"\",\"\"twice\"\":1,\"\"twice\"\":2}\"\n");
  EXPECT_EQ(columns(),
            "event\nproperties\nproperties.$ai_model string\nproperties.x.y number\n"
            "properties.twice number");
  EXPECT_EQ(values({"properties.$ai_model", "properties.x.y", "event"}),
            "m|1|$ai_generation\nNULL|NULL|other\nn|NULL|$ai_generation");
  EXPECT_EQ(values({"properties"}).substr(0, 18), "{\"$ai_model\":\"m\",\"");
  EXPECT_EQ(refusal([&] { values({"properties.twice"}); }),
            "p.csv, row 3: the key properties.twice is in the object twice");
}

TEST_F(EventCsv, FindsTheHeaderOfATable) {
  open_text("t.csv", "Report of all generations\nid,status\n1,ok\n");
  EXPECT_EQ(values({"id", "status"}), "1|ok");
  EXPECT_EQ(notes(), "t.csv: its header is line 2; the lines before it are left out");
  open_text("b.csv", "Generations\n\nid;status\n1;ok\n");
  EXPECT_EQ(values({"id", "status"}), "1|ok");
  open_text("c.csv", "# made by x\n# on y\nid\tstatus\n1\tok\n");
  EXPECT_EQ(values({"id", "status"}), "1|ok");
  open_text("s.csv", "sep=;\nid;status\n1;a,b\n");
  EXPECT_EQ(values({"id", "status"}), "1|a,b");
  open_text("n.csv", ",id\n0,a\n1,b\n");
  EXPECT_EQ(values({"\"\"", "id"}), "0|a\n1|b");
  open_text("one.csv", "id\n1\n\n2\n");
  EXPECT_EQ(values({"id"}), "1\nNULL\n2");
  // A value `prompt` is no header.
  open_text("v.csv", "id,type\n1,prompt\n2,image\n");
  EXPECT_EQ(values({"id", "type"}), "1|prompt\n2|image");
  open_text("p.csv", "Export\nprompt,seed\na,1\n");
  EXPECT_EQ(values({"prompt"}), "a");
  EXPECT_TRUE(refusal([&] {
                open_text("r.csv", "a,b,c\nprompt,seed\na,1\n");
              }).starts_with("r.csv, line 1: not the header"));
  EXPECT_TRUE(refusal([&] {
                open_text("q.csv", "id\n1,2\n");
              }).starts_with("q.csv, line 2: 2 fields where the header has 1"));
}

TEST_F(EventCsv, ReadsTheFirstOfEqualNames) {
  open_text("d.csv", "id,x,x\n1,a,b\n");
  EXPECT_EQ(values({"id", "x"}), "1|a");
  EXPECT_EQ(notes(), "d.csv: several columns are named 'x': the first is read");
}

TEST_F(EventCsv, HasTheKeysOfFolders) {
  write("in/day=1/a.csv", "id\n1\n");
  write("in/day=2/b.csv", "id,day\n2,\n3,x\n");
  open({"in"});
  EXPECT_EQ(columns(), "id\nday");
  EXPECT_EQ(values({"id", "day"}), "1|1\n2|2\n3|x");
}

TEST_F(EventCsv, IsKnownWithoutANameByItsContent) {
  open_text("export", "id,status,created\n1,ok,2025\n2,no,2026\n");
  EXPECT_EQ(values({"status"}), "ok\nno");
  EXPECT_EQ(refusal([&] { open_text("notes", "first, second\nthird\n"); }).substr(0, 60),
            "notes: not a kind of file that gsa can read prompts from; gs");
  EXPECT_EQ(refusal([&] { open_text("numbers", "1,2\n3,4\n"); }).substr(0, 40),
            "numbers: not a kind of file that gsa can");
}

TEST_F(EventCsv, MayComeBesideOtherKinds) {
  write("a.csv", "id,n\n1,2\n");
  write("b.jsonl", "{\"id\":2,\"n\":{\"x\":3}}\n");
  copy("select 3 as id, {'x': 4} as n", "c.parquet", "format parquet");
  open({"a.csv", "b.jsonl", "c.parquet"});
  EXPECT_EQ(columns(), "id number\nn\nn.x number");
  EXPECT_EQ(values({"id", "n", "n.x"}), "1|2|NULL\n2|{\"x\":3}|3\n3|{'x': 4}|4");
  EXPECT_EQ(place(1), "b.jsonl, line 1");
}

TEST_F(EventCsv, IsRefusedWithThePlaceOfAMistake) {
  write("in/a.csv", "id,x\n1,2\n");
  write("in/b.csv", "id,y\n1,2\n3\n");
  EXPECT_TRUE(refusal([&] {
                open({"in"});
              }).starts_with("in/b.csv, line 3: 1 field where the header has 2"));
}

}  // namespace
}  // namespace gsa::prompts
