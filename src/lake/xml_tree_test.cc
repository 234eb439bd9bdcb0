#include "lake/xml_tree.h"

#include <gtest/gtest.h>

namespace gsa::lake {
namespace {

TEST(XmlTree, ReadsElementsAndText) {
  const auto root = parse_xml(
      "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- <x> -->\n"
      "<s3:List xmlns:s3=\"http://a/>\" other='\"'><Contents><Key>a &amp; b&lt;&gt;&quot;&apos;"
      "&#x20ac;&#252;</Key><Size> 1 </Size></Contents><Contents><Key><![CDATA[a<b>&amp;]]></Key>"
      "</Contents ><Empty/></s3:List>\n<!-- end -->");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->name, "List");
  ASSERT_EQ(root->children.size(), 3U);
  EXPECT_EQ(root->children[0].text_of("Key"), "a & b<>\"'€ü");
  EXPECT_EQ(root->children[0].text_of("Size"), " 1 ");
  EXPECT_EQ(root->children[1].text_of("Key"), "a<b>&amp;");
  EXPECT_NE(root->find("Empty"), nullptr);
  EXPECT_EQ(root->find("Key"), nullptr) << "only its own children";
  EXPECT_EQ(root->text_of("Key"), "");
}

TEST(XmlTree, RefusesWhatIsNoXml) {
  for (const char* text : {"",
                           "text",
                           "<a>",
                           "</a>",
                           "<a></b>",
                           "<a><b></a></b>",
                           "<a/><b/>",
                           "<a/>text",
                           "<a",
                           "<a x=\"></a>",
                           "<a>&nbsp;</a>",
                           "<a>&#0;</a>",
                           "<a>&#xd800;</a>",
                           "<a>&#x110000;</a>",
                           "<a>&amp</a>",
                           "<a>&",
                           "<!DOCTYPE a [<!ENTITY x \"y\">]><a/>",
                           "<a><![CDATA[x</a>",
                           "<!-- <a/>",
                           "<>x</>",
                           "< a/>",
                           "<a <b/>"}) {
    EXPECT_FALSE(parse_xml(text)) << text;
  }
}

TEST(XmlTree, RefusesDepth) {
  std::string open, close;
  for (std::size_t i = 0; i < kDeepestXml; ++i) {
    open += "<a>";
    close += "</a>";
  }
  EXPECT_TRUE(parse_xml(open + close));
  EXPECT_FALSE(parse_xml("<a>" + open + close + "</a>"));
}

TEST(XmlTree, EscapesText) {
  EXPECT_EQ(xml_escape("\"a\" & <b>"), "&quot;a&quot; &amp; &lt;b&gt;");
}

}  // namespace
}  // namespace gsa::lake
