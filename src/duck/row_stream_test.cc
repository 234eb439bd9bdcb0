#include "duck/row_stream.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::duck {
namespace {

// The numbers from 0, as a number and as a text; every third is null.
class Numbers : public RowStream {
 public:
  explicit Numbers(std::int64_t end) : end_(end) {}

  std::vector<std::pair<std::string, Type>> columns() const override {
    return {{"number", Type::of(TypeId::bigint)}, {"text", Type::of(TypeId::varchar)}};
  }
  void begin() override { at_ = 0; }
  std::size_t fill(std::vector<Output>& columns, std::size_t most) override {
    std::size_t row = 0;
    for (; row < most && at_ < end_; ++row, ++at_) {
      if (at_ == fails_at) throw Error("no more numbers", "count to less");
      columns[0].data<std::int64_t>()[row] = at_;
      if (at_ % 3 == 2) {
        columns[1].set_null(row);
      } else {
        columns[1].set_text(row, std::to_string(at_));
      }
    }
    return row;
  }

  std::int64_t fails_at = -1;

 private:
  std::int64_t end_;
  std::int64_t at_ = 0;
};

class RowStreams : public testing::Test {
 protected:
  RowStreams() { register_row_streams(connection_); }

  Connection connection_ = Database({}).connect();
};

TEST_F(RowStreams, AreReadInOrderAndAgain) {
  Numbers numbers(10'000);
  const NamedStream named(numbers);
  connection_.execute("create table t as select * from " + named.sql());
  EXPECT_EQ(connection_.query_int64("select count(*) from t where number = rowid"), 10'000);
  EXPECT_EQ(connection_.query_int64("select count(text) from t where text = number::varchar"),
            6'667);
  EXPECT_EQ(connection_.query_int64("select count(*) from " + named.sql()), 10'000);
}

TEST_F(RowStreams, PassOnWhatTheyThrow) {
  Numbers numbers(10'000);
  numbers.fails_at = 5'000;
  const NamedStream named(numbers);
  EXPECT_THROW(connection_.query("select * from " + named.sql()), SqlError);
  try {
    named.rethrow();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "no more numbers");
    EXPECT_EQ(error.hint(), "count to less");
  }
}

TEST_F(RowStreams, AreGoneAfterTheirScope) {
  Numbers numbers(1);
  std::string sql;
  {
    const NamedStream named(numbers);
    sql = named.sql();
    named.rethrow();  // nothing
  }
  EXPECT_THROW(connection_.query("select * from " + sql), SqlError);
}

}  // namespace
}  // namespace gsa::duck
