#include "harness/input/shell_quote.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(ShellQuotedTest, QuotesOnlyWhatAShellWouldChange) {
  EXPECT_EQ(ShellQuoted("./serve.py"), "./serve.py");
  EXPECT_EQ(ShellQuoted("a b"), "'a b'");
  EXPECT_EQ(ShellQuoted("{port}"), "'{port}'");
  EXPECT_EQ(ShellQuoted("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellQuoted("~"), "'~'");
  EXPECT_EQ(ShellQuoted(""), "''");
  EXPECT_EQ(ShellQuoted("\xE2\x9D\x8C"), "'\xE2\x9D\x8C'");
}

TEST(ShellQuoteTest, ACommandKeepsItsWordsApart) {
  EXPECT_EQ(ShellCommand({"serve", "a b", "-p", "80"}), "serve 'a b' -p 80");
}

}  // namespace
}  // namespace pidfall
