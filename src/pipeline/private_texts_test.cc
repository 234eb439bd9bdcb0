#include "pipeline/private_texts.h"

#include <gtest/gtest.h>

namespace gsa::pipeline {
namespace {

TEST(PrivateTexts, AreFoundAsWholeWords) {
  PrivateTexts texts;
  texts.add("alice@example.com");
  texts.add("a castle by the sea");
  EXPECT_EQ(texts.without("--source alice@example.com.csv"), "--source [forgotten].csv");
  EXPECT_EQ(texts.without("malice@example.com"), "malice@example.com");
  EXPECT_EQ(texts.without("cannot read 'a castle by the sea'"), "cannot read '[forgotten]'");
  EXPECT_EQ(texts.without("a castle by the seaside"), "a castle by the seaside");
  EXPECT_EQ(texts.without(""), "");
}

TEST(PrivateTexts, TheLongestOfSeveralIsTaken) {
  PrivateTexts texts;
  texts.add("castle");
  texts.add("castle in Spain");
  EXPECT_EQ(texts.without("a castle in Spain, a castle"), "a [forgotten], a [forgotten]");
}

TEST(PrivateTexts, ShortOnesAndNumbersCountOnlyInQuotes) {
  PrivateTexts texts;
  texts.add("free");
  texts.add("1234567");
  texts.add("al");
  EXPECT_EQ(texts.without("free: 1234567 rows"), "free: 1234567 rows");
  EXPECT_EQ(texts.without("{\"user\": \"1234567\", 'free'}"),
            "{\"user\": \"[forgotten]\", '[forgotten]'}");
  EXPECT_EQ(texts.without("'al'"), "'al'");
}

}  // namespace
}  // namespace gsa::pipeline
