#include "hub/hub_file.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::hub {
namespace {

TEST(HubUrl, IsTakenApart) {
  EXPECT_EQ(parse_hub_url("hf://datasets/poloclub/diffusiondb/metadata.parquet"),
            (HubFile{"poloclub", "diffusiondb", "main", "metadata.parquet"}));
  EXPECT_EQ(parse_hub_url("hf://datasets/a/b.c_d-e@v1.0/x/y z.parquet"),
            (HubFile{"a", "b.c_d-e", "v1.0", "x/y z.parquet"}));
}

TEST(HubUrl, TakesRevisionsWithASlash) {
  EXPECT_EQ(parse_hub_url("hf://datasets/a/b@feature%2Fx/f").revision, "feature/x");
  const HubFile file = parse_hub_url("hf://datasets/a/b@refs/convert/parquet/default/f");
  EXPECT_EQ(file.revision, "refs/convert/parquet");
  EXPECT_EQ(file.path, "default/f");
}

TEST(HubUrl, IsWrittenAsItIsRead) {
  for (const std::string url :
       {"hf://datasets/a/b/c.parquet", "hf://datasets/a/b@v1/c/d", "hf://datasets/a/b@x%2Fy/c",
        "hf://datasets/a/b@50%25/c", "hf://datasets/a/b/50%2Foff.csv"}) {
    EXPECT_EQ(to_url(parse_hub_url(url)), url);
  }
}

TEST(HubUrl, IsRefusedWithTheGrammarWhereItCannotBeMeant) {
  for (const std::string url : {"",
                                "hf://",
                                "hf://models/a/b/c",
                                "hf://datasets/",
                                "hf://datasets/a",
                                "hf://datasets/a/b",
                                "hf://datasets/a/b/",
                                "hf://datasets//b/c",
                                "hf://datasets/a//c",
                                "hf://datasets/a/b@/c",
                                "hf://datasets/a/b@v1",
                                "hf://datasets/a/b@v1/",
                                "hf://datasets/a/b//c",
                                "hf://datasets/a/b/c//d",
                                "hf://datasets/../b/c",
                                "hf://datasets/a/../c",
                                "hf://datasets/a/b/../c",
                                "hf://datasets/a/b/c/..",
                                "hf://datasets/a/b/./c",
                                "hf://datasets/a/b@..%2Fx/c",
                                "hf://datasets/a/b@%2Fx/c",
                                "hf://datasets/a/b@%0A/c",
                                "hf://datasets/a/b@%4/c",
                                "hf://datasets/a/b@%zz/c",
                                "hf://datasets/a/b/c\nd",
                                "hf://datasets/a b/c/d"}) {
    try {
      parse_hub_url(url);
      ADD_FAILURE() << url << " was taken";
    } catch (const Error& error) {
      EXPECT_NE(error.hint().find("OWNER/NAME"), std::string::npos);
      EXPECT_EQ(error.message().find('\n'), std::string::npos);
    }
  }
}

TEST(HubUrl, IsToldFromOtherText) {
  EXPECT_TRUE(is_hub_url("hf://x"));
  EXPECT_TRUE(is_hub_url("https://huggingface.co/datasets/a/b"));
}

}  // namespace
}  // namespace gsa::hub
