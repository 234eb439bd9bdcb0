#include "assets/rewritten_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assets/forgotten.h"
#include "assets/records_schema.h"
#include "assets/warehouse.h"

namespace gsa::assets {
namespace {

namespace fs = std::filesystem;

class RewrittenFile : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    database_ = std::make_unique<duck::Database>(open_warehouse({path_, 2, ""}, Access::write));
    duck::Connection connection = database_->connect();
    create_records(connection);
    connection.execute(R"(
      insert into ops.runs (run_id) values (1);
      create type tier as enum ('gold', 'basic');
      create table texts (id integer primary key, text varchar not null default 'none', tier tier);
      insert into texts select range, 'secret words ' || range, 'gold' from range(100);
      comment on table texts is 'what was said';
      comment on column texts.text is 'the words';
      create index by_text on texts (text);
      create schema more;
      create view more.golden as select * from main.texts where tier = 'gold';
      comment on view more.golden is 'of gold';
      create macro twice(x) as 2 * x;
      create sequence ids start 5)");
    connection.execute(forget_sql("abc", {{"texts", 100}}));
    connection.execute("delete from texts where id > 0");
  }
  void TearDown() override {
    database_.reset();
    fs::remove_all(folder_);
  }
  void rewrite(const std::function<void()>& before_swap) const {
    rewrite_file(*database_, [&](const std::function<void()>& swap) {
      database_->replace_file(
          [&] {
            before_swap();
            swap();
          },
          [] {});
    });
  }
  bool says(const std::string& text) const {
    std::ifstream in(path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    return bytes.find(text) != std::string::npos;
  }

  fs::path folder_ = fs::temp_directory_path() / fmt::format("gsa_rewritten_{}", getpid());
  std::string path_ = (folder_ / "w.duckdb").string();
  std::unique_ptr<duck::Database> database_;
};

TEST_F(RewrittenFile, HasEverythingButTheDeletedRows) {
  database_->connect().execute("checkpoint");
  ASSERT_TRUE(says("secret words 1"));
  rewrite([] {});
  duck::Connection connection = database_->connect();
  EXPECT_EQ(connection.query("select text from more.golden").text(0, 0), "secret words 0");
  EXPECT_EQ(connection.query_int64("select twice(21)"), 42);
  EXPECT_EQ(connection
                .query("select comment from duckdb_columns() where column_name = 'text' and "
                       "table_name = 'texts'")
                .text(0, 0),
            "the words");
  EXPECT_THROW(connection.execute("insert into texts values (0, 'again', 'gold')"), Error);
  EXPECT_FALSE(forgotten_records(connection).front().erased_at.empty());
  EXPECT_FALSE(says("secret words 1"));
  EXPECT_FALSE(fs::exists(path_ + ".part"));
  EXPECT_EQ(fs::status(path_).permissions() & fs::perms::group_read, fs::perms::group_read);
}

TEST_F(RewrittenFile, IsTheOldOneIfItCannotTakeItsPlace) {
  EXPECT_THROW(rewrite([] { throw std::runtime_error("no"); }), std::runtime_error);
  duck::Connection connection = database_->connect();
  EXPECT_EQ(connection.query_int64("select count(*) from texts"), 1);
  EXPECT_TRUE(forgotten_records(connection).front().erased_at.empty());
}

}  // namespace
}  // namespace gsa::assets
