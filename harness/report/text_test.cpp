#include "harness/report/text.h"

#include <gtest/gtest.h>

#include <string>

namespace pidfall {
namespace {

TEST(TextTest, KeepsValidUtf8) {
  const std::string text = "plain, \xC3\xA9, \xE2\x9D\x8C, \xF0\x9F\x92\xA1\tand\nlines";
  EXPECT_EQ(CleanText(text), text);
}

TEST(TextTest, ShowsControlCharactersByTheirNumber) {
  EXPECT_EQ(CleanText("\x1B[31mred\x7F\a\r"), "\\x1b[31mred\\x7f\\x07\\x0d");
  EXPECT_EQ(CleanText(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(CleanText("a\xC2\x9B"
                      "31mb"),
            "a\\x9b31mb");  // the one-byte CSI, as UTF-8
}

TEST(TextTest, LinesMayEndAsOnWindows) { EXPECT_EQ(CleanText("a\r\nb"), "a\nb"); }

TEST(TextTest, ShowsCharactersThatReorderOrBreakALineByTheirNumber) {
  EXPECT_EQ(CleanText("a\u202Eb\u2066c\u2028d\u2029\u200F\uFEFF"),
            "a\\u202eb\\u2066c\\u2028d\\u2029\\u200f\\ufeff");
}

TEST(TextTest, ShowsCharactersThatXmlForbidsByTheirNumber) {
  EXPECT_EQ(CleanText("a\xEF\xBF\xBE\xEF\xBF\xBF"
                      "b"),
            "a\\ufffe\\uffffb");
}

TEST(TextTest, ReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(CleanText("\xFF"), "\uFFFD");
  EXPECT_EQ(CleanText("cut \xE2\x9D"), "cut \uFFFD\uFFFD");
  EXPECT_EQ(CleanText("\xC0\x80"), "\uFFFD\uFFFD");                      // overlong NUL
  EXPECT_EQ(CleanText("\xE0\x80\x80"), "\uFFFD\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(CleanText("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // surrogate
  EXPECT_EQ(CleanText("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // past U+10FFFF
}

TEST(TextTest, LineHasNoLineBreaks) { EXPECT_EQ(CleanLine("a\nb\tc"), "a b c"); }

TEST(TextTest, XmlHasEntities) {
  EXPECT_EQ(XmlText("<a b=\"c\" d='e'>&</a>"),
            "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;&lt;/a&gt;");
}

TEST(TextTest, DurationsHaveTwoOrThreeFigures) {
  EXPECT_EQ(DurationText(84.2), "84 ms");
  EXPECT_EQ(DurationText(3812), "3.8 s");
  EXPECT_EQ(DurationText(31'000), "31 s");
}

}  // namespace
}  // namespace pidfall
