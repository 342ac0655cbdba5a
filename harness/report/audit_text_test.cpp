#include "harness/report/audit_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/audit/testing.h"
#include "harness/report/audit_json.h"

namespace pidfall {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// One service whose pid file is stale, and a file that was not read.
Audit StaleAudit() {
  AuditedService web =
      ServiceWith(Job{.command = {"web", "--port", "80"}, .pid_file = "/run/web.pid"});
  web.with_status_1.starts = 119;
  Machine machine = MachineWith({{.pid = 10, .words = {"web", "--port", "80"}}});
  machine.pid_files["/run/web.pid"] = {.state = PidFile::State::kHoldsPid, .pid = 4711};
  Audit audit{.services = {.all = {web}, .unread = {"/etc/old.service:3: no such type"}}};
  audit.judged = Judge(audit.services.all, machine);
  return audit;
}

TEST(AuditTextTest, RowHasWhatIsKnownOfTheService) {
  EXPECT_THAT(AuditText(StaleAudit(), Paint(false), false),
              HasSubstr("web.service  10       80    /run/web.pid  loops on failure\n"
                        "    procfile (foreman, honcho): no restart: web --port 80\n"));
}

TEST(AuditTextTest, ImageStandsInTheRowOfAContainer) {
  Audit audit{.services = {.all = {ServiceWith(Job{.image = "web:1"})}}};
  audit.judged = Judge(audit.services.all, Machine());
  EXPECT_THAT(
      AuditText(audit, Paint(false), false),
      HasSubstr("    procfile (foreman, honcho): no restart, in a container, image web:1\n"));
}

TEST(AuditTextTest, FindingsAndUnreadFilesFollowTheRows) {
  const std::string text = AuditText(StaleAudit(), Paint(false), false);
  EXPECT_THAT(text, HasSubstr("FAIL  breach  C4  web.service/pid-file   /run/web.pid is stale: it "
                              "names process 4711, which is gone\n"));
  EXPECT_THAT(text, HasSubstr("  do     restart the service"));
  EXPECT_THAT(text, HasSubstr("not read: /etc/old.service:3: no such type\n"));
  EXPECT_THAT(text, ContainsRegex("runs as(.|\n)*FAIL(.|\n)*not read"));
}

// A file may come from a stranger, and its name must not steer the terminal.
TEST(AuditTextTest, NameOfAFileStaysOnItsLine) {
  Audit audit = StaleAudit();
  audit.services.all[0].source = "a\x1b[2J\nb.service";
  Machine machine;
  machine.pid_files["/run/web.pid"] = {};
  audit.judged = Judge(audit.services.all, machine);
  audit.services.unread = {"c\x1b.service: ?"};
  const std::string text = AuditText(audit, Paint(false), true);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("a\\x1b[2J b.service/restart-loop"));
}

TEST(AuditTextTest, ForetoldLoopsAreShownOnRequest) {
  EXPECT_THAT(AuditText(StaleAudit(), Paint(false), false), Not(HasSubstr("weakness")));
  EXPECT_THAT(AuditText(StaleAudit(), Paint(false), true),
              HasSubstr("FAIL  weakness  C11  web.service/restart-loop"));
}

TEST(AuditTextTest, SummaryCountsServicesFindingsAndUnreadFiles) {
  EXPECT_EQ(AuditSummary(StaleAudit(), 200),
            "1 service: 1 breach, 1 would restart a duplicate that ends (-v), 1 file not read   "
            "200 ms");
}

TEST(AuditTextTest, WordTellsHowADuplicateFares) {
  AuditedService web = ServiceWith(Job{.command = {"web"}});
  EXPECT_EQ(DuplicateWord(web), "rests");
  web.with_status_0.starts = 60;
  EXPECT_EQ(DuplicateWord(web), "loops on success");
  web.with_status_1 = {.starts = 5, .gave_up = std::chrono::seconds(1)};
  EXPECT_EQ(DuplicateWord(web), "loops or gives up");
  web.with_status_0 = web.with_status_1;
  EXPECT_EQ(DuplicateWord(web), "gives up");
}

TEST(AuditJsonTest, ServiceAndUnreadFilesAreThere) {
  const auto json = nlohmann::json::parse(AuditJson(StaleAudit()));
  const auto& service = json["services"][0];
  EXPECT_EQ(service["service"], "web.service");
  EXPECT_EQ(service["command"], nlohmann::json({"web", "--port", "80"}));
  EXPECT_EQ(service["ports"], nlohmann::json({80}));
  EXPECT_EQ(service["pid_file"], "/run/web.pid");
  EXPECT_EQ(service["pids"], nlohmann::json({10}));
  EXPECT_EQ(service["image"], nullptr);
  EXPECT_EQ(service["duplicate"]["exit 1"]["starts"], 119);
  EXPECT_EQ(json["unread"][0], "/etc/old.service:3: no such type");
}

}  // namespace
}  // namespace pidfall
