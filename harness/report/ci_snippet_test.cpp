#include "harness/report/ci_snippet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iterator>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

using testing::HasSubstr;
using testing::Not;

const CiCheck kCheck = {.version = "0.1.0",
                        .options = {"--pid-file", "/run/my server.pid", "--unsandboxed"},
                        .command = {"./serve", "a: b", "two\nlines"}};

YAML::Node YamlOf(Ci kind) { return YAML::Load(CiSnippet(kind, kCheck)); }

TEST(CiSnippet, OfGithubPassesTheCommandToTheAction) {
  const YAML::Node with = YamlOf(Ci::kGithub)["jobs"]["pidfall"]["steps"][1]["with"];
  EXPECT_EQ(with["command"].as<std::string>(), "./serve 'a: b' 'two\nlines'\n");
  EXPECT_EQ(with["options"].as<std::string>(), "--pid-file '/run/my server.pid' --unsandboxed\n");
}

TEST(CiSnippet, OfGitlabRunsTheCommandItself) {
  const YAML::Node job = YamlOf(Ci::kGitlab)[".pidfall"];
  EXPECT_THAT(job["script"][0].as<std::string>(),
              HasSubstr("--pid-file '/run/my server.pid' --unsandboxed -- \\\n"
                        "  ./serve 'a: b' 'two\nlines'\n"));
  EXPECT_EQ(job["artifacts"]["reports"]["junit"].as<std::string>(), "pidfall.xml");
  EXPECT_THAT(job["script"][0].as<std::string>(), HasSubstr(" --sarif pidfall.sarif "));
  EXPECT_EQ(job["artifacts"]["paths"][1].as<std::string>(), "pidfall.sarif");
}

TEST(CiSnippet, OfGitlabHasAJobForAContainerWhereTheSandboxMayChoose) {
  const auto text = [](const std::vector<std::string>& command) {
    return CiSnippet(Ci::kGitlab, {.version = "1", .command = command});
  };
  const char* const job = "\npidfall-in-a-container:\n  extends: .pidfall\n";
  EXPECT_THAT(text({"./serve", "{port}", "{pid_file}"}), HasSubstr(job));
  EXPECT_THAT(text({"./serve", "{port}"}), Not(HasSubstr(job)));
}

TEST(CiSnippet, OfCtestTakesAnyWordAsItIs) {
  EXPECT_EQ(CiSnippet(Ci::kCtest, {.options = kCheck.options, .command = {"./serve", "a]b;c"}}),
            "# CMakeLists.txt\nfind_package(pidfall REQUIRED)\ninclude(CTest)\n"
            "pidfall_check(NAME serve\n  PID_FILE [[/run/my server.pid]]\n  UNSANDBOXED\n"
            "  COMMAND ./serve [=[a]b;c]=])\n");
}

TEST(CiSnippet, OfCtestSaysWhatItLeavesToCtest) {
  EXPECT_EQ(CiSnippet(Ci::kCtest, {.options = {"--scenario", "stale/*", "--time", "1min",
                                               "--scenario", "kill9/*", "--no-skip"},
                                   .command = {"serve"}}),
            "# CMakeLists.txt\nfind_package(pidfall REQUIRED)\ninclude(CTest)\n"
            "# ctest has its own options instead of --time 1min --no-skip\n"
            "pidfall_check(NAME serve\n  SCENARIO [[stale/*]]\n  SCENARIO [[kill9/*]]\n"
            "  COMMAND serve)\n");
}

TEST(CiSnippet, AnotherKindIsRefused) { EXPECT_THROW(CiKind("jenkins"), BadInput); }

// The page shows the jobs as they are printed.
TEST(CiSnippet, EveryKindIsInThePageAboutCi) {
  std::ifstream file(PIDFALL_DOCS "/ci.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const CiCheck check{.version = PIDFALL_VERSION,
                      .command = {"python3", "-m", "http.server", "8000"}};
  for (const Ci kind : {Ci::kGithub, Ci::kGitlab, Ci::kCtest}) {
    EXPECT_THAT(page, HasSubstr(CiSnippet(kind, check)));
  }
}

}  // namespace
}  // namespace pidfall
