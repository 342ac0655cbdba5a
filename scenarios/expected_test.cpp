#include "scenarios/expected.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/input/bad_input.h"
#include "harness/report/testing.h"

namespace pidfall {
namespace {

const char* const kText = R"([pidfile."duplicate/eight-at-once"]
fail = "C1"
because = "The check and the write are separate steps."

[none."stale/*"]
na = "keeps no pid file"

[none."stale/port"]
fail = "C3"
because = "It has a port all the same."
)";

std::string ErrorOf(const std::string& text) {
  try {
    Expected(text, "e.toml");
  } catch (const BadInput& error) {
    return error.what();
  }
  return "no error";
}

std::string NameErrorOf(const Expected& expected, const std::vector<std::string>& guards,
                        const std::vector<std::string>& scenarios) {
  try {
    expected.CheckNames(guards, scenarios);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "no error";
}

Result Failed(const std::string& clause) {
  Result result = ResultOf("a/b", Verdict::kFail);
  result.clauses = {clause, "C9"};
  return result;
}

bool Surprises(const Expectation& expectation, Result result) {
  Judge(expectation, &result);
  EXPECT_EQ(result.expected, Words(expectation));
  return result.surprise;
}

TEST(ExpectedTest, AScenarioThatIsNotNamedPasses) {
  const Expected expected(kText, "e.toml");
  EXPECT_EQ(Words(expected.For("reference", "duplicate/eight-at-once")), "pass");
  EXPECT_EQ(Words(expected.For("pidfile", "duplicate/second-start")), "pass");
}

TEST(ExpectedTest, AFailNamesItsClauseAndReason) {
  const Expectation found = Expected(kText, "e.toml").For("pidfile", "duplicate/eight-at-once");
  EXPECT_EQ(Words(found), "fail C1");
  EXPECT_EQ(found.because, "The check and the write are separate steps.");
}

TEST(ExpectedTest, ATableMayNameAFamilyAndAScenariosOwnTableWins) {
  const Expected expected(kText, "e.toml");
  EXPECT_EQ(Words(expected.For("none", "stale/zero")), "n/a");
  EXPECT_EQ(expected.For("none", "stale/zero").because, "keeps no pid file");
  EXPECT_EQ(Words(expected.For("none", "stale/port")), "fail C3");
}

TEST(ExpectedTest, ErrorsNameTheLine) {
  EXPECT_EQ(ErrorOf("[a.\"b/c\"]\nfail = \"C1\"\nbecuase = \"x\""),
            "e.toml:3: unknown key 'becuase'");
  EXPECT_EQ(ErrorOf("\n[a.\"b/c\"]\nfail = \"C1\""), "e.toml:2: 'fail' needs 'because'");
  EXPECT_EQ(ErrorOf("[a.\"b/c\"]\nbecause = \"x\""), "e.toml:1: needs either 'fail' or 'na'");
  EXPECT_EQ(ErrorOf("[a.\"b/c\"]\nna = \"x\"\nfail = \"C1\""),
            "e.toml:1: 'na' stands alone: it is the reason itself");
  EXPECT_EQ(ErrorOf("[a.\"b/c\"]\nfail = \"4\"\nbecause = \"x\""),
            "e.toml:2: '4' is no clause: C1, C2, ...");
  EXPECT_EQ(ErrorOf("[a.\"b/c\"]\nfail = 4\nbecause = \"x\""),
            "e.toml:2: 'fail' must be a sentence in quotes");
  EXPECT_EQ(ErrorOf("[a.\"b/c\"]\nna = \"\""), "e.toml:2: 'na' must be a sentence in quotes");
  EXPECT_EQ(ErrorOf("a = 1"), "e.toml:1: 'a' must be a table");
  EXPECT_EQ(ErrorOf("[a]\nb = 1"), "e.toml:2: 'b' must be a table");
}

TEST(ExpectedTest, ATextThatIsNotTomlNamesTheLine) {
  EXPECT_TRUE(ErrorOf("[a.\"b/c\"]\nfail = ").starts_with("e.toml:2: ")) << ErrorOf("x");
  EXPECT_TRUE(ErrorOf("[a]\n[a]\n").starts_with("e.toml:2: "));
}

TEST(ExpectedTest, ALeftOverNameIsAnError) {
  const Expected expected(kText, "e.toml");
  EXPECT_EQ(NameErrorOf(expected, {"none", "pidfile"},
                        {"duplicate/eight-at-once", "stale/port", "stale/zero"}),
            "no error");
  EXPECT_EQ(NameErrorOf(expected, {"none", "pidfile"}, {"stale/port"}),
            "e.toml:1: there is no scenario 'duplicate/eight-at-once'");
  EXPECT_EQ(NameErrorOf(expected, {"pidfile"}, {"duplicate/eight-at-once", "stale/port"}),
            "e.toml:5: there is no strategy 'none'");
}

TEST(ExpectedTest, JudgesAPass) {
  const Expectation pass;
  EXPECT_FALSE(Surprises(pass, ResultOf("a/b", Verdict::kPass)));
  EXPECT_TRUE(Surprises(pass, Failed("C1")));
  EXPECT_TRUE(Surprises(pass, ResultOf("a/b", Verdict::kNotApplicable)));
}

TEST(ExpectedTest, JudgesAFailByItsClause) {
  const Expectation fail{Verdict::kFail, "C1", "because"};
  EXPECT_FALSE(Surprises(fail, Failed("C1")));
  EXPECT_TRUE(Surprises(fail, Failed("C9")));  // tested as well, but another clause broke
  EXPECT_TRUE(Surprises(fail, ResultOf("a/b", Verdict::kPass)));
}

TEST(ExpectedTest, JudgesNotApplicable) {
  const Expectation not_applicable{Verdict::kNotApplicable, "", "no pid file"};
  EXPECT_FALSE(Surprises(not_applicable, ResultOf("a/b", Verdict::kNotApplicable)));
  EXPECT_TRUE(Surprises(not_applicable, ResultOf("a/b", Verdict::kPass)));
}

TEST(ExpectedTest, ASkipAndABrokenOneAreNoSurprise) {
  const Expectation fail{Verdict::kFail, "C1", "because"};
  EXPECT_FALSE(Surprises(fail, ResultOf("a/b", Verdict::kSkip)));
  EXPECT_FALSE(Surprises(fail, ResultOf("a/b", Verdict::kBroken)));
}

TEST(ExpectedTest, TheBuiltInFileIsReadable) { EXPECT_NO_THROW(BuiltInExpected()); }

}  // namespace
}  // namespace pidfall
