#include "harness/supervisor/compose_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "harness/supervisor/compose.h"
#include "harness/supervisor/policies.h"
#include "harness/supervisor/policy_testing.h"

namespace pidfall {
namespace {

using testing::Contains;
using testing::ElementsAre;

std::optional<std::string> Known(const std::string& name) {
  static const std::map<std::string, std::string> variables = {{"V", "v"}, {"EMPTY", ""}};
  const auto found = variables.find(name);
  return found == variables.end() ? std::nullopt : std::optional(found->second);
}

std::string Expanded(const std::string& text) {
  return ComposeVariables("c.yaml", Known).Expand(text, 7);
}

TEST(ComposeVariables, EachFormIsExpanded) {
  const std::pair<const char*, const char*> cases[] = {
      {"plain", "plain"},
      {"$V-${V}.", "v-v."},
      {"$$V $$", "$V $"},
      {"${V:-d} ${V-d}", "v v"},
      {"${NONE:-d} ${NONE-d}", "d d"},
      {"${EMPTY:-d}|${EMPTY-d}", "d|"},
      {"${V:+r}${EMPTY:+r}${EMPTY+s}${NONE+r}", "rs"},
      {"${NONE:-${V}/${NONE:-x}}", "v/x"},
      {"${V:?must} ${EMPTY?may}", "v "},
      {"${NONE:-}$NONE", ""},
  };
  for (const auto& [text, expanded] : cases) EXPECT_EQ(Expanded(text), expanded) << text;
}

TEST(ComposeVariables, FaultsAreNamedWithTheirLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"a $(x)", "c.yaml:7: 'a $(x)': a $ before no variable is written $$"},
      {"${V", "c.yaml:7: '${V': nothing closes the ${"},
      {"${}", "c.yaml:7: '': no variable's name"},
      {"${V!d}", "c.yaml:7: 'V!d': behind the name stands none of :- - :+ + :? ?"},
      {"${NONE:?say which}", "c.yaml:7: NONE is not set: say which"},
  };
  for (const auto& [text, error] : cases) {
    EXPECT_EQ(BadInputOf([t = text] { Expanded(t); }), error) << text;
  }
}

TEST(ComposeVariables, OnlyAVariableWithoutAValueOfItsOwnIsNotedAndOnce) {
  ComposeVariables variables("c.yaml", Known);
  variables.Expand("$V ${NONE:-d} ${NONE} $NONE", 7);
  EXPECT_THAT(variables.notes(), ElementsAre("c.yaml:7: NONE is not set: taken as empty"));
}

TEST(ComposeVariables, DotEnvHoldsNamesAndValues) {
  const auto variables = ParseDotEnv(
      ".env", "# a comment\nA=a # b\nexport B = \"b $A\"\nC='$A'\nD=${V}-${A}\n\nE\nF=\n", Known);
  EXPECT_THAT(variables, ElementsAre(testing::Pair("A", "a"), testing::Pair("B", "b a"),
                                     testing::Pair("C", "$A"), testing::Pair("D", "v-a"),
                                     testing::Pair("F", "")));
  EXPECT_EQ(BadInputOf([] { ParseDotEnv(".env", "A=a\n=b\n", Known); }), ".env:2: no NAME=value");
}

TEST(ComposeVariables, ServiceIsReadWithTheirValues) {
  const std::string text =
      "services:\n  web:\n    restart: ${RESTART:-unless-stopped}\n    image: web:$V\n"
      "    command: serve --port ${PORT:-80}\n    ports: ['${PORT:-80}:80']\n"
      "    environment: {MODE: \"${NONE}\"}\n";
  const auto web = ParseComposeService("c.yaml", text, "", Known);
  EXPECT_EQ(web->Describe(), "docker restart unless-stopped");
  EXPECT_EQ(web->job().image, "web:v");
  EXPECT_THAT(web->job().command, ElementsAre("serve", "--port", "80"));
  EXPECT_THAT(web->job().ports, ElementsAre(80));
  EXPECT_EQ(web->job().environment.at("MODE"), "");
  EXPECT_THAT(web->Notes(), Contains("c.yaml:7: NONE is not set: taken as empty"));
}

TEST(ComposeVariables, EmptyRestartIsNoRestart) {
  const auto web = ParseComposeService("c.yaml", "services: {web: {restart: $NONE}}", "", Known);
  EXPECT_EQ(web->Describe(), ParseComposeService("c", "services: {web: {}}", "")->Describe());
}

TEST(ComposeVariables, OurEnvironmentComesBeforeTheFileBeside) {
  char pattern[] = "/tmp/pidfall-compose.XXXXXX";
  const std::filesystem::path folder = mkdtemp(pattern);
  std::ofstream(folder / "compose.yaml") << "services: {web: {restart: $PIDFALL_TEST_A, "
                                            "image: \"$PIDFALL_TEST_B\"}}";
  std::ofstream(folder / ".env") << "PIDFALL_TEST_A=always\nPIDFALL_TEST_B=theirs\n";
  setenv("PIDFALL_TEST_B", "ours", 1);
  const auto web = LookUpPolicy(folder / "compose.yaml");
  unsetenv("PIDFALL_TEST_B");
  EXPECT_EQ(web->Describe(), "docker restart always");
  EXPECT_EQ(web->job().image, "ours");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace pidfall
