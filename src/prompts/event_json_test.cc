// Events of JSON files: every key is a column, wherever it begins and however it is written.

#include "prompts/event_fixture.h"

namespace gsa::prompts {
namespace {

class EventJson : public EventFixture {};

TEST_F(EventJson, HasAColumnForEachPathToAValue) {
  open_text(
      "e.jsonl",
      R"({"id":1,"input":{"prompt":"a","size":{"width":512}},"tags":["x"],"ok":true,"none":null}
{"id":"b2","input":{"prompt":"c"},"metrics":{"predict_time":1.25},"tags":[],"empty":{}}
{"attributes":{"llm.model_name":"m"},"$set":7,"ok":null,"none":null}
)");
  EXPECT_EQ(columns(),
            "id string or number\n"
            "input.prompt string\n"
            "input.size.width number\n"
            "tags array\n"
            "ok boolean\n"
            "none null\n"
            "metrics.predict_time number\n"
            "empty object\n"
            "attributes.\"llm.model_name\" string\n"
            "$set number");
  EXPECT_EQ(events_->rows(), 3);
  EXPECT_EQ(events_->rows_path(), ".");
  EXPECT_EQ(numbers(), "0\n1\n2");
  EXPECT_EQ(values({"id", "input.prompt", "input.size.width", "metrics.predict_time", "$set",
                    "attributes.\"llm.model_name\"", "ok"}),
            "1|a|512|NULL|NULL|NULL|true\n"
            "b2|c|NULL|1.25|NULL|NULL|NULL\n"
            "NULL|NULL|NULL|NULL|7|m|NULL");
  EXPECT_EQ(notes(), "");
}

TEST_F(EventJson, GivesObjectsAndWhatIsInListsWhereAPathNamesThem) {
  open_text("e.jsonl", R"({"a":{"b":1},"t":["x",{"y":[1,2]}],"n":[[3,{"z":4}]]}
{"a":2,"t":7}
)");
  EXPECT_EQ(columns(), "a.b number\nt number or array\nn array\na number");
  EXPECT_EQ(values({"a", "t", "t[0]", "t[1].y[1]", "n[0][1].z", "t[9]"}),
            "{\"b\":1}|[\"x\",{\"y\":[1,2]}]|x|2|4|NULL\n2|7|NULL|NULL|NULL|NULL");
}

TEST_F(EventJson, GivesNullsForAPathThatNoEventHas) {
  open_text("e.jsonl", "{\"a\":1}\n");
  EXPECT_EQ(values({"b", "a.b", "a[0]", "b[0].c"}), "NULL|NULL|NULL|NULL");
  EXPECT_EQ(events_->find("b"), nullptr);
  ASSERT_NE(events_->find("\"a\""), nullptr);
  EXPECT_EQ(events_->find("\"a\"")->path, "a");
  EXPECT_THROW(events_->select(std::vector<std::string>{"a["}), Error);
}

TEST_F(EventJson, HasKeysThatBeginLate) {
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += fmt::format("{{\"id\":{}}}\n", i);
  text += "{\"id\":30000,\"late\":{\"seed\":7}}\n";
  open_text("e.jsonl", text);
  EXPECT_EQ(columns(), "id number\nlate.seed number");
  EXPECT_EQ(rows("select * from (" + events_->select(std::vector<std::string>{"late.seed"}) +
                 ") where c0 is not null"),
            "30000|7");
  EXPECT_EQ(place(30'000), "e.jsonl, line 30001");
}

TEST_F(EventJson, TellsKeysApartThatDifferByCase) {
  open_text("e.jsonl", "{\"Prompt\":\"a\"}\n{\"prompt\":\"b\",\"PROMPT\":\"c\"}\n");
  EXPECT_EQ(values({"Prompt", "prompt", "PROMPT"}), "a|NULL|NULL\nNULL|b|c");
}

TEST_F(EventJson, TakesKeysOfAnyCharacters) {
  open_text("e.jsonl",
            R"({"":1,"a/b":2,"a~b":3,"a b":4,"*":5,"q\"'\\":6,"0":7,"caf\u00e9":8,"x.y":9,"n\n":10}
{"a\u0000":1}
)");
  std::vector<std::string> paths;
  for (const EventColumn& column : events_->columns()) paths.push_back(column.path);
  EXPECT_EQ(join(paths, " "),
            "\"\" \"a/b\" \"a~b\" \"a b\" \"*\" \"q\\\"'\\\\\" 0 caf\xc3\xa9 \"x.y\" \"n\\n\"");
  EXPECT_EQ(values(paths),
            "1|2|3|4|5|6|7|8|9|10\nNULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL");
  EXPECT_EQ(notes(), "left out: \"a\\u0000\": its name has a zero byte in it");
}

TEST_F(EventJson, RefusesAKeyThatIsTwiceInAnObjectOnlyWhereItIsAskedFor) {
  open_text("e.jsonl", "{\"a\":1,\"b\":1}\n{\"b\":{\"c\":1},\n\"a\":2,\"b\":{\"c\":2,\"c\":3}}\n");
  EXPECT_EQ(values({"a"}), "1\n2");
  EXPECT_EQ(refusal([&] {
              values({"a", "b"});
            }),
            "e.jsonl, line 2: the key b is in the object twice");
  EXPECT_EQ(refusal([&] { values({"b.c"}); }), "e.jsonl, line 2: the key b is in the object twice");
}

TEST_F(EventJson, KeepsNumbersExactly) {
  open_text("e.jsonl",
            "{\"n\":18446744073709551615}\n{\"n\":0.12345678901234567890}\n{\"n\":-"
            "99999999999999999999}\n"
            "{\"n\":0.1}\n{\"n\":1234567890.12345678}\n{\"n\":{\"m\":1.00000000000000000001E-5}}\n"
            "{\"n\":NaN}\n{\"n\":-Infinity}\n{\"n\":0.30000000000000004}\n");
  EXPECT_EQ(values({"n", "n.m"}),
            "18446744073709551615|NULL\n0.12345678901234567890|NULL\n-99999999999999999999|NULL\n"
            "0.1|NULL\n1234567890.12345678|NULL\n"
            "{\"m\":\"1.00000000000000000001E-5\"}|1.00000000000000000001E-5\n"
            "NaN|NULL\n-Infinity|NULL\n0.30000000000000004|NULL");
  EXPECT_EQ(columns(), "n number\nn.m number");
}

TEST_F(EventJson, ReplacesHalvesOfSurrogatePairs) {
  open_text("e.jsonl", R"({"a":"x\ud83d","b":"\ud83d\ude00"}
{"a":"\ude00\ud83d\n","b":"\ud83d\ud83d\ude00","c":["\ud83d"],"d\ud83d":1}
)");
  EXPECT_EQ(values({"a", "b", "c"}),
            "x\xef\xbf\xbd|\xf0\x9f\x98\x80|NULL\n"
            "\xef\xbf\xbd\xef\xbf\xbd\n|\xef\xbf\xbd\xf0\x9f\x98\x80|[\"\xef\xbf\xbd\"]");
  EXPECT_EQ(notes(),
            "e.jsonl: 6 halves of a pair of surrogates stood in a string and became U+FFFD; the "
            "first is in line 1");
}

TEST_F(EventJson, EntersObjectsThatAreTexts) {
  open_text(
      "e.jsonl",
      R"({"properties":"{\"$ai_model\":\"m\",\"cost\":0.12345678901234567890,\"in\":{\"x\":1}}"}
{"properties":{"$ai_model":"n","in":{"x":2}}}
{"properties":"{not JSON}"}
{"properties":"{\"a\":\"{\\\"deep\\\":3,\\\"half\\\":\\\"\\\\ud83d\\\"}\"}","prompt":"{\"p\" : 1.0}"}
)");
  EXPECT_EQ(columns(),
            "properties string\n"
            "properties.$ai_model string\n"
            "properties.cost number\n"
            "properties.in.x number\n"
            "properties.a string\n"
            "properties.a.deep number\n"
            "properties.a.half string\n"
            "prompt string\n"
            "prompt.p number");
  EXPECT_EQ(values({"properties.$ai_model", "properties.cost", "properties.in.x",
                    "properties.a.deep", "properties.a.half", "prompt"}),
            "m|0.12345678901234567890|1|NULL|NULL|NULL\n"
            "n|NULL|2|NULL|NULL|NULL\n"
            "NULL|NULL|NULL|NULL|NULL|NULL\n"
            "NULL|NULL|NULL|3|\xef\xbf\xbd|{\"p\" : 1.0}");
  EXPECT_EQ(values({"properties"}).substr(0, 14), "{\"$ai_model\":\"");
}

TEST_F(EventJson, IsReadFromAPathOfRows) {
  open_text("w.json", R"({"next": null, "results": [{"id": 1}, {"id": 2},
 null, {"id": 3}], "count": 3})");
  EXPECT_EQ(events_->rows_path(), "results[]");
  EXPECT_EQ(values({"id"}), "1\n2\n3");
  EXPECT_EQ(place(0), "w.json, row 1");
  EXPECT_EQ(place(2), "w.json, line 2");
  open({"w.json"}, ".");
  EXPECT_EQ(columns(), "next null\nresults array\ncount number");
  EXPECT_EQ(values({"results[1].id"}), "2");
}

TEST_F(EventJson, IsReadFromSpansInLines) {
  open_text(
      "o.jsonl",
      R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"n":1},{"n":2}]},{"spans":[]}]},{"scopeSpans":[{"spans":[{"n":3}]}]}]}
{"resourceSpans":[{"resource":{}}]}
{"other":1}
{"resourceSpans":[{"scopeSpans":[{"spans":[{"n":4}]}]}]}
)");
  EXPECT_EQ(events_->rows_path(), "resourceSpans[].scopeSpans[].spans[]");
  EXPECT_EQ(values({"n"}), "1\n2\n3\n4");
  EXPECT_EQ(place(3), "o.jsonl, line 4");
  EXPECT_EQ(notes(),
            "o.jsonl: 2 objects have nothing at resourceSpans[].scopeSpans[].spans[] and are left "
            "out; the first is in line 2");
}

TEST_F(EventJson, EntersTheAttributesOfOtlp) {
  open_text(
      "o.jsonl",
      R"({"a":[{"key":"gen_ai.model","value":{"stringValue":"m\u00e9\n"}},{"key":"n","value":{"intValue":"-7"}},{"key":"x","value":{"doubleValue":0.12345678901234567890}}]}
{"a":[ { "key" : "ok" , "value" : { "boolValue" : true } }, {"key":"l","value":{"arrayValue":{"values":[{"intValue":1},{"stringValue":"2"}]}}}, {"key":"o","value":{"kvlistValue":{"values":[{"key":"p","value":{"intValue":"x"}}]}}}, {"key":"none","value":{}}]}
{"a":[{"key":"k","value":"plain"}],"b":[{"key":"k"}],"c":[]}
)");
  EXPECT_EQ(columns(),
            "a.\"gen_ai.model\" string\na.n number\na.x number\na.ok boolean\na.l array\n"
            "a.o.p string\na.none null\na array\nb array\nc array");
  EXPECT_EQ(values({"a.\"gen_ai.model\"", "a.n", "a.x", "a.ok", "a.l", "a.o.p", "b"}),
            "m\xc3\xa9\n|-7|0.12345678901234567890|NULL|NULL|NULL|NULL\n"
            "NULL|NULL|NULL|true|[1,\"2\"]|x|NULL\n"
            "NULL|NULL|NULL|NULL|NULL|NULL|[{\"key\":\"k\"}]");
}

TEST_F(EventJson, HasTheKeysOfAnObjectOfEvents) {
  open_text("h.json", R"({"8f14e45f-ceea-467f": {"status": {"str": "success"}},
 "9a\"1": {}, "3": {"status": {"str": "error"}}})",
            "*");
  EXPECT_EQ(columns(), "key string\nstatus.str string");
  EXPECT_EQ(values({"key", "status.str"}), "8f14e45f-ceea-467f|success\n9a\"1|NULL\n3|error");
  open_text("h.json", R"({"x": {"y": {"n": 1}, "z": {"n": 2}}})", "x.*");
  EXPECT_EQ(values({"key", "n"}), "y|1\nz|2");
}

TEST_F(EventJson, MayNestDeeply) {
  const std::string lists = std::string(50'000, '[') + std::string(50'000, ']');
  std::string objects;
  for (int i = 0; i < 50'000; ++i) objects += "{\"o\":";
  objects += "1" + std::string(50'000, '}');
  open_text("d.jsonl", "{\"a\":" + lists + ",\"b\":1}\n{\"a\":" + objects +
                           ",\"b\":2}\n{\"t\":" + json_quote(objects) + ",\"b\":3}\n");
  EXPECT_EQ(values({"b"}), "1\n2\n3");
  EXPECT_EQ(rows("select max(length(c0)), max(length(c1)) from (" +
                 events_->select(std::vector<std::string>{"a", "a.o.o"}) + ")"),
            fmt::format("{}|{}", objects.size(), objects.size() - 12));
  EXPECT_EQ(columns(),
            "a array\nb number\na.o.o.o.o.o.o.o object\nt string\nt.o.o.o.o.o.o.o object");
  EXPECT_EQ(notes(), "objects are entered down to 8 levels: a.o.o.o.o.o.o.o stands as a whole");
}

TEST_F(EventJson, HasAtMostSoManyColumns) {
  std::string text = "{\"id\":1}\n{";
  for (int i = 0; i < 2100; ++i) text += fmt::format("\"k{}\":{},", i, i);
  open_text("e.jsonl", text + "\"id\":2}\n");
  EXPECT_EQ(events_->columns().size(), EventTree::kMostColumns);
  EXPECT_EQ(values({"id", "k1998", "k1999"}), "1|NULL|NULL\n2|1998|NULL");
  EXPECT_EQ(notes(), "more than 2,000 columns: left out from k1999 on");
}

TEST_F(EventJson, MayBeInAnyEncodingAndOverManyBlocks) {
  const std::string mark = "\xef\xbb\xbf";
  open_text("b.jsonl", mark + "{\"a\":\"\xc3\xa9\"}\n");
  EXPECT_EQ(values({"a"}), "\xc3\xa9");
  std::string wide = "\xff\xfe";
  for (const char c : std::string("{\"a\":1}\n{\"a\":2}\n")) wide += std::string{c, '\0'};
  open_text("u.jsonl", wide);
  EXPECT_EQ(values({"a"}), "1\n2");
  // Every place in an event is where a block ends.
  const std::string event =
      R"({"key":"v\u00e9\ud83d","n":0.12345678901234567890,"o":{"t":"{\"x\":1}"},"l":[true,null]})";
  std::string text;
  for (std::size_t i = 0; i <= event.size(); ++i) {
    const std::size_t start = text.size() + TextBlocks::kBlock - text.size() % TextBlocks::kBlock;
    text += "{\"pad\":\"" + std::string(start - text.size() - 11 - i % event.size(), 'p') +
            "\"}\n" + event + "\n";
  }
  open_text("l.jsonl", text);
  EXPECT_EQ(columns(), "pad string\nkey string\nn number\no.t string\no.t.x number\nl array");
  EXPECT_EQ(rows("select distinct c0, c1, c2, c3 from (" +
                 events_->select(std::vector<std::string>{"key", "n", "o.t.x", "l"}) +
                 ") where c0 is not null"),
            "v\xc3\xa9\xef\xbf\xbd|0.12345678901234567890|1|[true,null]");
}

TEST_F(EventJson, UnitesTheColumnsOfFilesAndTheirFolders) {
  write("in/day=1/a.jsonl", "{\"id\":1,\"x\":1}\n");
  write("in/day=2/plan=pro/b.jsonl", "{\"id\":\"2\",\"y\":true}\n{\"id\":3,\"plan\":\"free\"}\n");
  write("in/day=3/c.jsonl", "\n");
  open({"in/**/*.jsonl"});
  EXPECT_EQ(columns(), "id string or number\nx number\ny boolean\nplan string\nday");
  EXPECT_EQ(values({"id", "x", "y", "day", "plan"}),
            "1|1|NULL|1|NULL\n2|NULL|true|2|pro\n3|NULL|NULL|2|free");
  EXPECT_EQ(place(0), "in/day=1/a.jsonl, line 1");
  EXPECT_EQ(place(2), "in/day=2/plan=pro/b.jsonl, line 2");
}

TEST_F(EventJson, IsRefusedWithThePlaceOfAMistake) {
  const auto refused = [&](std::string_view text, const std::string& rows_path = "") {
    return refusal([&] { open_text("r.jsonl", text, rows_path); });
  };
  EXPECT_EQ(refused("{\"a\":1}\n{\"a\":}\n"),
            "r.jsonl, line 2, column 6: not valid JSON: a value is expected");
  EXPECT_EQ(refused("{\"a\":1}\n{\"a\":1"),
            "r.jsonl, line 2: not valid JSON: the object is cut off before its end");
  EXPECT_EQ(refused("{\"a\":1}\n7\n"), "r.jsonl, line 2: not an object but a bare value");
  EXPECT_EQ(refused("{\"a\":\"\x01\"}"),
            "r.jsonl, line 1, column 7: not valid JSON: a string has a control character in it");
  EXPECT_EQ(refused("{\"a\":01}"),
            "r.jsonl, line 1, column 7: not valid JSON: a number must not begin with 0");
  EXPECT_EQ(refused("{\"a\":\"\\x\"}"),
            "r.jsonl, line 1, column 8: not valid JSON: unknown escape sequence");
  EXPECT_EQ(refused("{\"a\":[1,]}"),
            "r.jsonl, line 1, column 9: not valid JSON: a value is expected");
  EXPECT_EQ(refused("{\"data\":[{\"a\":1},\n2]}", "data[]"),
            "r.jsonl, line 2: not an object but a bare value");
  EXPECT_EQ(refused("{\"data\":[{\"a\":1}\n"),
            "r.jsonl, line 2, column 1: not valid JSON: a list is cut off before its end");
  EXPECT_EQ(refused("{\"data\":[{\"a\":1}]\n"),
            "r.jsonl, line 2, column 1: not valid JSON: an object is cut off before its end");
  EXPECT_EQ(refused("{\"a\":1}", "a[0]"),
            "not a path of rows: a[0]; as in results[], data.items[], "
            "resourceSpans[].scopeSpans[].spans[], * for the values of an object, or . for the "
            "objects of the file");
  EXPECT_TRUE(refused("{\"a\":1}\n{\"b\":\"" + std::string(17 << 20, 'x') + "\"}\n")
                  .starts_with("r.jsonl, line 2: an object is longer than 16 MiB"));
}

}  // namespace
}  // namespace gsa::prompts
