#include "prompts/csv_check.h"

#include <cstdlib>
#include <fstream>
#include <unistd.h>

#include <gtest/gtest.h>

#include "prompts/text_reader.h"

namespace gsa::prompts {
namespace {

std::int64_t rows_of(const std::string& text) {
  std::string path = testing::TempDir() + "gsa-csv-XXXXXX";
  close(mkstemp(path.data()));
  std::ofstream(path, std::ios::binary) << text;
  const CsvLayout layout = check_csv(path, Compression::none, "prompt");
  unlink(path.c_str());
  return layout.rows;
}

TEST(CsvCheck, CountsNoRowsWhereThereIsNoHeader) {
  EXPECT_EQ(rows_of(""), 0);
  EXPECT_EQ(rows_of("\xef\xbb\xbf"), 0);
  EXPECT_EQ(rows_of("prompt"), 0);
  EXPECT_EQ(rows_of("prompt\na\n"), 1);
}

}  // namespace
}  // namespace gsa::prompts
