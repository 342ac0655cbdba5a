// The reports of a hostile or careless server: nothing in them runs, steers or leaks.
#include <expat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/check_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/report/text.h"

namespace pidfall {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kMostBytes = 1 << 20;
const char kHostileName[] = "<script><img src=x onerror=alert(1)>]]> '\"&\x1b[2J\u202e\u009b\xff";
const Words kFiles = {"--json",  "a.json",  "--junit", "a.xml",
                      "--sarif", "a.sarif", "--html",  "a.html"};

bool IsWellFormed(const std::string& xml) {
  const XML_Parser parser = XML_ParserCreate(nullptr);
  const bool good = XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
  XML_ParserFree(parser);
  return good;
}

class HostileTest : public CheckTest {
 protected:
  // Everything that a check gives out: both streams and all files.
  std::string Everything(const ProgramOutcome& outcome) const {
    return outcome.out + outcome.error + Content(work_ / "a.json") + Content(work_ / "a.xml") +
           Content(work_ / "a.sarif") + Content(work_ / "a.html");
  }

  // Two starts that serve at once are a breach, and the second one's output is shown.
  ProgramOutcome CheckFile(const std::string& name, const std::string& prints) {
    std::ofstream(work_ / name) << prints
                                << "\nimport os, sys, socket, signal\n"
                                   "s = socket.socket()\n"
                                   "try: s.bind(('127.0.0.1', 8767)); s.listen()\n"
                                   "except OSError: sys.exit(3)\n"
                                   "signal.pause()\n";
    return Run(Joined(Joined({"check", "-v", "--scenario", "duplicate/*"}, kFiles),
                      {"--", "/usr/bin/python3", name}));
  }
};

TEST_F(HostileTest, NamesAndOutputSteerNoTerminalAndBreakNoFile) {
  const ProgramOutcome outcome =
      CheckFile(kHostileName,
                "import sys\n"
                "sys.stdout.buffer.write(bytes(range(256)) + "
                "'\\u202e\\u009b2J\\u2028 ]]></failure><script>'.encode() + b'\\n')\n"
                "sys.stdout.flush()\n");
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
  EXPECT_EQ(outcome.out, CleanText(outcome.out));
  EXPECT_EQ(outcome.error, CleanText(outcome.error));
  for (const char* file : {"a.json", "a.xml", "a.sarif"}) {
    const std::string content = Content(work_ / file);
    EXPECT_EQ(content, CleanText(content)) << file;
  }
  EXPECT_THAT(json::parse(Content(work_ / "a.json"))["target"]["command"][1].get<std::string>(),
              HasSubstr("<script><img"));
  EXPECT_EQ(json::parse(Content(work_ / "a.sarif"))["version"], "2.1.0");
  EXPECT_TRUE(IsWellFormed(Content(work_ / "a.xml")));
  EXPECT_THAT(Content(work_ / "a.html"), Not(HasSubstr("<img")));
}

TEST_F(HostileTest, AMegabyteOfOutputMakesNoLargeReport) {
  const ProgramOutcome outcome =
      CheckFile("serve.py", "print('y' * (1 << 20)); print('z\\n' * (1 << 19), flush=True)\n");
  EXPECT_EQ(outcome.status, kBroke) << outcome.error;
  EXPECT_LT(Everything(outcome).size(), kMostBytes);
}

// CI hides secrets in its log, not in the files that it keeps.
TEST_F(HostileTest, SecretsOfTheEnvironmentReachNoReport) {
  setenv("DB_PASSWORD", "inherited<&\"s", 1);
  std::ofstream(work_ / "a.toml")
      << "command = ['/usr/bin/python3']\nenvironment = { API_TOKEN = 'declared-s' }\n";
  std::ofstream(work_ / "serve.py")
      << "import os, sys; print(dict(os.environ), os.environ['DB_PASSWORD'],"
         "os.environ['API_TOKEN'], flush=True)\n"
      << ServerThat("") << "\n";
  const Words check = {"check",    "-v",     "--scenario", "stale/*",
                       "--target", "a.toml", "--write-ci", "gitlab"};
  const ProgramOutcome outcome = Run(Joined(
      Joined(check, kFiles), {"--", "/usr/bin/python3", "serve.py", "--as", "inherited<&\"s"}));
  unsetenv("DB_PASSWORD");
  for (const char* secret : {"inherited", "declared-s"}) {
    EXPECT_THAT(Everything(outcome), Not(HasSubstr(secret)));
  }
  EXPECT_THAT(outcome.out, HasSubstr("--as '[DB_PASSWORD]'"));
  EXPECT_EQ(json::parse(Content(work_ / "a.json"))["target"]["command"][3], "[DB_PASSWORD]");
}

TEST_F(HostileTest, AServerThatNeverServesGivesAwayNoSecret) {
  setenv("DB_PASSWORD", "inherited-s", 1);
  std::ofstream(work_ / "serve.py")
      << "import os, sys; sys.exit('cannot log in with ' + os.environ['DB_PASSWORD'])\n";
  const ProgramOutcome outcome = Run({"check", "--", "/usr/bin/python3", "serve.py"});
  unsetenv("DB_PASSWORD");
  EXPECT_EQ(outcome.status, kBrokenRun);
  EXPECT_THAT(outcome.error, HasSubstr("cannot log in with [DB_PASSWORD]"));
}

TEST_F(HostileTest, AnAuditGivesAwayNoSecretOfAUnit) {
  std::ofstream(work_ / "web.service")
      << "[Service]\nEnvironment=WEB_TOKEN=of-the-unit\n"
         "ExecStart=/bin/pidfall-web --token ${WEB_TOKEN} --again of-the-unit\n";
  const ProgramOutcome outcome = Run(Joined(Joined({"audit", "-v"}, kFiles), {"web.service"}));
  EXPECT_THAT(outcome.out, HasSubstr("pidfall-web"));
  EXPECT_THAT(Everything(outcome), Not(HasSubstr("of-the-unit")));
}

}  // namespace
}  // namespace pidfall
