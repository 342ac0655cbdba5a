#include "harness/supervisor/supervisor_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/process/fd.h"
#include "harness/supervisor/supervisor_files.h"

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

std::vector<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

TEST(SupervisorTable, EveryParserHasAFuzzTarget) {
  std::vector<std::string> parsed;
  for (const SupervisorRow& supervisor : AllSupervisors()) {
    if (supervisor.parse != nullptr) parsed.emplace_back(supervisor.name);
  }
  EXPECT_THAT(Words(PIDFALL_FUZZED), UnorderedElementsAreArray(parsed));
}

TEST(SupervisorTable, EverySupervisorIsInTheTableOfFilesInTheDocs) {
  const std::string page = ReadFile(PIDFALL_DOCS "/supervisors.md");
  const std::size_t begin = page.find("| `--policy` | reads |");
  ASSERT_NE(begin, std::string::npos);
  const std::string table = page.substr(begin, page.find("\n\n", begin) - begin);
  for (const SupervisorRow& supervisor : AllSupervisors()) {
    EXPECT_THAT(table, HasSubstr(supervisor.name));
  }
}

std::vector<std::string> SupervisorsAt(const std::string& path) {
  std::vector<std::string> names;
  for (const FileMatch& match : MatchesOf(path)) names.emplace_back(match.supervisor->name);
  return names;
}

TEST(SupervisorFiles, PlaceThatLeavesLessDoubtComesFirst) {
  EXPECT_THAT(SupervisorsAt("/etc/init.d/web.conf"), ElementsAre("openrc", "supervisord"));
  EXPECT_THAT(SupervisorsAt("package.json"), ElementsAre("npm", "pm2"));
  EXPECT_THAT(SupervisorsAt("/etc/monit/conf.d/web.conf"), ElementsAre("monit", "supervisord"));
  EXPECT_THAT(SupervisorsAt("compose.yaml"), ElementsAre("kubernetes", "compose", "compose"));
}

TEST(SupervisorFiles, PathOfNoSupervisorMatchesNone) {
  for (const std::string path : {"notes.txt", "/etc/cron.d/web", "", "Procfiles", ".service"}) {
    EXPECT_THAT(MatchesOf(path), IsEmpty()) << path;
  }
}

TEST(SupervisorFiles, NameThatIsTooLongForAFileMatchesNone) {
  EXPECT_THAT(MatchesOf(std::string(1 << 20, 'a') + ".service"), IsEmpty());
}

TEST(SupervisorFiles, PrefixStandsWhereAPathDoesNotTellTheSupervisor) {
  EXPECT_EQ(PrefixOf(*SupervisorNamed("systemd")), "");
  EXPECT_EQ(PrefixOf(*SupervisorNamed("monit")), "monit:");
}

}  // namespace
}  // namespace pidfall
