// Every kind of bad source, and the message that the user then reads. The texts are in
// testdata/prompts/bad_input.txt; GSA_UPDATE_GOLDEN=1 rewrites it.

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

#include "prompts/ingest_fixture.h"

namespace gsa::prompts {
namespace {

class BadInput : public IngestFixture {
 protected:
  // Records the error that ingesting the sources gives. It must leave no table behind.
  void expect_error(const std::string& label, const std::vector<std::string>& sources,
                    std::int64_t prompts = 1000) {
    std::string text = "no error\n";
    try {
      ingest_paths(sources, prompts);
    } catch (const Error& error) {
      text = fmt::format("error: {}\n", error.message());
      if (!error.hint().empty()) text += fmt::format("hint: {}\n", error.hint());
    }
    EXPECT_EQ(rows("select table_name from duckdb_tables()"), "") << label;
    report_ += fmt::format("# {}\n{}\n", label, without_folders(text));
  }

  void expect_error_in(const std::string& label, std::string_view name, std::string_view bytes) {
    // A new folder each time: DuckDB may still cache the contents of a file with the same name and
    // time.
    expect_error(label, {write(fmt::format("{}/{}", ++folders_, name), bytes)});
  }

  void expect_report(const std::string& golden) {
    const std::string file = std::string(GSA_TESTDATA) + "/" + golden;
    if (std::getenv("GSA_UPDATE_GOLDEN") != nullptr) {
      make_folder(GSA_TESTDATA);
      write_file(file, report_);
    }
    EXPECT_EQ(report_, read_file(file));
  }

  std::string without_folders(const std::string& text) const {
    return replace_all(replace_all(text, fmt::format("{}/{}/", folder_.string(), folders_), ""),
                       folder_.string(), "FOLDER");
  }

  std::string report_;
  int folders_ = 0;
};

TEST_F(BadInput, NamesAndFolders) {
  write("data/prompts_2022.csv", "prompt\na\n");
  write("data/deeper/x.txt", "");
  write("mixed/a.csv", "prompt\na\n");
  write("mixed/b/c.jsonl", "{\"prompt\":\"a\"}\n");
  make_folder(path("bare"));
  expect_error("no such file", {path("data/wanted.csv")});
  expect_error("no such file, one of a near name", {path("data/prompt_2022.csv")});
  expect_error("no such folder", {path("nowhere/prompts.csv")});
  expect_error("a file where a folder should be", {path("data/prompts_2022.csv/x.csv")});
  expect_error("a folder of several kinds of files", {path("mixed")});
  expect_error("a folder of nothing", {path("bare")});
  expect_error("a glob that matches nothing", {path("data/*.parquet")});
  expect_error("a glob in no folder", {path("nowhere/**/*.parquet")});
  expect_error("an address", {"https://example.org/prompts.parquet"});
  expect_error("synthetic and files", {"synthetic", path("data/prompts_2022.csv")});
  ASSERT_EQ(mkfifo(path("pipe.csv").c_str(), 0600), 0);
  expect_error("a pipe", {path("pipe.csv")});
  expect_report("bad_names.txt");
}

TEST_F(BadInput, FileWithoutPermission) {
  const std::string file = write("secret.csv", "prompt\na\n");
  std::filesystem::permissions(file, std::filesystem::perms::none);
  std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  const bool root = geteuid() == 0;
  constexpr uid_t kNobody = 65534;
  ASSERT_TRUE(!root || seteuid(kNobody) == 0);
  expect_error("", {file});
  ASSERT_TRUE(!root || seteuid(0) == 0);
  EXPECT_EQ(report_, "# \nerror: cannot read FOLDER/secret.csv: Permission denied\n\n");
}

TEST_F(BadInput, KindsAndCompression) {
  const std::string csv = "prompt,seed\n\"a, b\",1\nc,2\n";
  expect_error_in("an empty file", "e.csv", "");
  expect_error_in("an empty file of no known kind", "e", "");
  expect_error_in("an unknown extension", "notes.md", "# Notes\n");
  expect_error_in("text under an unknown extension", "prompts.txt", "a red fox\n");
  expect_error_in("a .gz that is none", "p.csv.gz", csv);
  expect_error_in("a .zst that is none", "p.csv.zst", csv);
  expect_error_in("half a character of UTF-16", "u.csv", std::string_view("\xff\xfep\0r\0o", 7));
  expect_error_in("UTF-32", "u.csv", std::string_view("\xff\xfe\0\0p\0\0\0", 8));
  expect_error_in("bzip2", "p.csv.bz2", "BZh91AY&SY");
  expect_error_in("xz", "p.csv.xz",
                  std::string_view("\xfd"
                                   "7zXZ\0",
                                   6));
  expect_error_in("a workbook under the name of CSV", "p.csv", "PK\x03\x04 and more");
  expect_error_in("a Git LFS pointer", "p.parquet",
                  "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 5\n");
  expect_error_in("a page of HTML", "p.csv", "\n<!DOCTYPE html>\n<html><body>404</body></html>\n");
  expect_error_in("XML", "p.jsonl",
                  "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>");
  const std::string parquet =
      read_file(copy("select 'a' as prompt", "p.parquet", "format parquet"));
  expect_error_in("Parquet in .gz", "p.parquet.gz", parquet.substr(4));

  const std::string many =
      "select 'prompt ' || hash(range) as prompt, range as seed from range(100000)";
  for (const std::string kind : {"gz", "zst"}) {
    const std::string options =
        fmt::format("format csv, compression {}", kind == "gz" ? "gzip" : "zstd");
    const std::string whole = read_file(copy(many, "whole.csv." + kind, options));
    expect_error_in("." + kind + " cut off in the middle", "cut.csv." + kind,
                    whole.substr(0, whole.size() / 2));
    expect_error_in("." + kind + " cut off in its last bytes", "cut.csv." + kind,
                    whole.substr(0, whole.size() - 3));
    std::string damaged = whole;
    damaged.replace(whole.size() / 2, 8, "damaged!");
    expect_error_in("damaged ." + kind, "damaged.csv." + kind, damaged);
    expect_error_in(
        "." + kind + " of nothing", "nothing.csv." + kind,
        read_file(copy("select 1 where false", "none.csv." + kind, options + ", header false")));
  }
  expect_report("bad_kinds.txt");
}

TEST_F(BadInput, Parquet) {
  const std::string file = copy(
      "select case when range = 5 then 'QQQQ, a fox' else 'p' || range end as prompt "
      "from range(10)",
      "good.parquet", "format parquet, compression uncompressed");
  const std::string good = read_file(file);
  expect_error_in("not Parquet", "p.parquet", "prompt\na fox in a box\n");
  expect_error_in("only a mark", "p.parquet", "PAR1");
  expect_error_in("cut off", "p.parquet", good.substr(0, good.size() / 2));
  expect_error_in("encrypted", "p.parquet", "PARE" + good.substr(4));
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(good[good.size() - 8 + at]));
  };
  const std::size_t footer = good.size() - 8 - (byte(0) | byte(1) << 8 | byte(2) << 16);
  std::string bad = good;
  std::fill(bad.begin() + static_cast<std::ptrdiff_t>(footer), bad.end() - 8, '\0');
  expect_error_in("a footer of zeros", "p.parquet", bad);
  bad = good;
  std::fill(bad.begin() + 4, bad.begin() + static_cast<std::ptrdiff_t>(footer), '\0');
  expect_error_in("data of zeros", "p.parquet", bad);
  const std::string invalid = replace_all(good, "QQQQ", "\xff\xfe\xfd\xfc");
  expect_error_in("text that is not UTF-8", "p.parquet", invalid);
  const std::string bad_one = write("b.parquet", invalid);
  expect_error("text that is not UTF-8 in one of several, sampled", {file, bad_one}, 19);

  const auto expect_columns = [&](const std::string& label, const std::string& select) {
    expect_error(label, {copy(select, fmt::format("{}/c.parquet", ++folders_), "format parquet")});
  };
  expect_columns("no prompt column", "select 1 as image_name, 2 as seed");
  expect_columns("no prompt column, but a near one", "select 1 as id, 'a' as Prompt_text");
  expect_columns("no prompt column, but a text", "select 1 as id, 'a' as TEXT, 0.5 as prompt_nsfw");
  expect_columns("prompts of integers", "select 1 as Prompt");
  expect_columns(
      "prompts of structs",
      "select {'text': 'a', 'language': 'en', 'tokens': [1, 2, 3], 'score': 0.5} as prompt");
  expect_columns("no rows", "select 'a' as prompt where false");
  expect_columns("one empty prompt", "select ' ' as prompt");
  expect_columns("only empty prompts", "select null::varchar as prompt from range(1234)");
  expect_error("only empty prompts, more than asked for",
               {path(fmt::format("{}/c.parquet", folders_))}, 10);
  expect_report("bad_parquet.txt");
}

TEST_F(BadInput, Csv) {
  const auto csv = [&](const std::string& label, std::string_view text) {
    expect_error_in(label, "p.csv", text);
  };
  csv("only a header", "prompt,seed\n");
  csv("no prompt column", "id,texts\n1,a\n");
  csv("no header", "a red fox, by night,1\nanother fox, by day,2\n");
  csv("records before the header", "red,1\n\nprompt,seed\na,1\n");
  csv("comments, and what may be one", "# by a tool\nprompt,seed\n# a,1\n");
  csv("a title, and a bad record", "Prompts\n\nprompt,seed\na\n");
  csv("a quote never closed", "prompt,seed\na,1\n\"b,2\nc,3\n");
  csv("a quote never closed in the last field", "prompt,seed\na,1\nb,\"2\n");
  csv("text after a closing quote", "prompt,seed\n\"a\nb\",1\n\"c\" d,2\n");
  csv("a field too many", "prompt,seed\n\"a\nb\",1\n\nc,2,3\n");
  csv("a field too few", "prompt,seed\na,1\nb\n");
  csv("a prompt without quotes", "prompt\na, b\n");
  csv("line ends that differ", "prompt,seed\r\na,1\r\nb,2\nc,3\r\n");
  csv("a lone CR", "prompt,seed\na\rb,1\n");
  csv("not UTF-8", "prompt,seed\n\"a\nb\",1\ncaf\xe9,2\n");
  csv("UTF-8 that ends too soon", "prompt\na\ncaf\xc3");
  csv("a line too long", "prompt\na\n" + std::string(17'000'000, 'x') + "\n");
  csv("a quote closed far away",
      "prompt,seed\na,1\n\"b,2\n" + std::string(17'000'000, 'x') + "\"\n");
  csv("only empty prompts", "prompt,seed\n,1\n\" \",2\n");
  csv("binary", std::string_view("\x7f\x45\x4c\x46\x02\x01\0\0\xb5\0", 10));
  expect_report("bad_csv.txt");
}

TEST_F(BadInput, Json) {
  const auto json = [&](const std::string& label, std::string_view text) {
    expect_error_in(label, "p.jsonl", text);
  };
  const std::string good = "{\"prompt\":\"a\"}\n";
  json("blank", " \n\n");
  json("no prompt key", "{\"text\":\"a\",\"id\":1}\n");
  json("a line that is not JSON", good + "\n\nhello\n" + good);
  json("a line cut off", good + "{\"prompt\":\"b\"\n" + good);
  json("a last line cut off", good + good + "{\"prompt\":\"b");
  json("a comma between objects", good + "{\"prompt\":\"b\"}, {\"prompt\":\"c\"}\n");
  json("text behind an array", "[{\"prompt\":\"a\"}] x\n");
  json("an object over several lines, cut off", good + "{\n \"prompt\":\"a\",\n");
  json("an object over several lines, with an error", "{\n \"prompt\":\"a\"\n \"x\":1}\n");
  json("a key twice", good + "{\"prompt\":\"a\",\"prompt\":\"b\"}\n");
  json("half a character", good + "{\"prompt\":\"\\ud83d\"}\n");
  json("nested prompts", "{\"id\":1,\"input\":{\"x\":[{}],\"prompt\":\"a\"}}\n");
  json("prompts nested in an array", "{\"data\":[{\"prompt\":\"a\"}]}\n");
  json("prompts nested in an array and an object", "{\"d\":[{\"in\":{\"prompt\":\"a\"}}]}\n");
  json("a bare value", good + "\n5\n");
  json("an array among objects", good + "[\"x\"]\n");
  json("a prompt that is a number", good + "{\"prompt\":5}\n");
  json("prompts that are objects", "{\"prompt\":{\"text\":\"a\"}}\n");
  json("not UTF-8", good + "{\"prompt\":\"caf\xe9\"}\n");
  json("an array cut off", "[{\"prompt\":\"a\"},\n{\"prompt\":\"b\"");
  json("an array with a bad value", "[{\"prompt\":\"a\"},\n{\"prompt\":\"b\"\n]\n");
  json("an object too long", good + "{\"prompt\":\"" + std::string(40'000'000, 'x') + "\"}\n");
  std::string many;
  for (int line = 1; line <= 500'000; ++line) {
    many +=
        line == 400'000 ? "{\"prompt\":\n" : fmt::format("{{\"prompt\":\"number {}\"}}\n", line);
  }
  json("line 400,000 of many", many);
  expect_report("bad_json.txt");
}

TEST_F(BadInput, GoesUpWhereNoFileIsAtFault) {
  const std::string file = write("a.csv", "prompt\na\n");
  connection_.execute("create table taken(x integer)");
  EXPECT_THROW(ingest(connection_, {{file}, 1, 1, "taken"}, run_on(connection_)), duck::SqlError);
  const RunQuery interrupted = [](const std::string&, std::int64_t, const std::string&) {
    throw duck::SqlError(duck::SqlErrorKind::interrupted, "INTERRUPT Error: Interrupted!");
  };
  try {
    ingest(connection_, {{file}, 1, 1, "raw_prompts"}, interrupted);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
  EXPECT_EQ(rows("select table_name from duckdb_tables()"), "taken");
}

}  // namespace
}  // namespace gsa::prompts
