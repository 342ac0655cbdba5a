#include "harness/audit/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ServicesTest : public testing::Test {
 protected:
  ServicesTest() : folder_(mkdtemp(pattern_)) {}
  ~ServicesTest() override { fs::remove_all(folder_); }
  std::string Write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  char pattern_[32] = "/tmp/pidfall-services.XXXXXX";
  fs::path folder_;
};

TEST_F(ServicesTest, MonitAndOpenrcTellCommandAndPidFile) {
  const std::string control = Write("monit/conf.d/web",
                                    "set daemon 120 check process web with pidfile /run/web.pid\n"
                                    "start program = \"/usr/bin/web --port 8080\"\n"
                                    "if 4 restarts within 20 cycles then timeout\n");
  const std::string script = Write("init.d/mail",
                                   "#!/sbin/openrc-run\ncommand=/usr/bin/mail\n"
                                   "command_args=\"--listen :25\"\npidfile=/run/mail.pid\n");
  const AuditedServices services = ReadServices({folder_});
  EXPECT_THAT(services.unread, IsEmpty());
  ASSERT_EQ(services.all.size(), 2U);
  const AuditedService& mail = services.all[0];
  EXPECT_EQ(mail.source, "openrc:" + script);
  EXPECT_EQ(mail.file, script);
  EXPECT_THAT(mail.facts.ports, ElementsAre(25));
  EXPECT_EQ(mail.facts.pid_file, "/run/mail.pid");
  EXPECT_FALSE(Loops(mail));
  const AuditedService& web = services.all[1];
  EXPECT_EQ(web.source, "monit:" + control + "#web");
  EXPECT_EQ(web.file, control);
  EXPECT_THAT(web.facts.ports, ElementsAre(8080));
  EXPECT_EQ(web.facts.pid_file, "/run/web.pid");
  EXPECT_TRUE(Loops(web));
}

TEST_F(ServicesTest, UnitThatSystemdTakesWithoutACommandIsNoService) {
  Write("exit.service", "[Unit]\nSuccessAction=exit-force\n");
  Write("down.service", "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStop=/bin/x\n");
  Write("masked.service", "");
  const std::string fault = Write("fault.service", "[Unit]\nSuccessAction=none\n[Service]\n");
  const AuditedServices services = ReadServices({folder_});
  EXPECT_THAT(services.unread, ElementsAre(fault + ": no ExecStart: there is nothing to run"));
  EXPECT_THAT(services.all, IsEmpty());
}

TEST_F(ServicesTest, BrokenFileOfADecisiveNameIsNamed) {
  const std::string plist = Write("Library/LaunchAgents/a.plist", "");
  const std::string compose = Write("docker-compose.yml", std::string("\0\1", 2));
  const std::string package = Write("package.json", R"({"name": "web", "scr)");
  const std::string between = Write("app/package.json", R"({"scripts": {"dev": "x"})");
  Write("other/compose.md", "");
  Write("other/x.plist", "");
  Write("other/package.json", R"({"name": "web"})");
  const AuditedServices services = ReadServices({folder_});
  EXPECT_THAT(services.unread, ElementsAre(HasSubstr(compose), HasSubstr(package), HasSubstr(plist),
                                           HasSubstr(between)));
  EXPECT_THAT(services.all, IsEmpty());
}

TEST_F(ServicesTest, GuardThatWaitsInFrontOfTheCommandEndsTheLoop) {
  const auto unit = [](const std::string& answer) {
    return "[Service]\nRestart=always\nRestartSec=5\nExecStart=/usr/bin/pidfall-guard --pid-file "
           "/run/web.pid " +
           answer + " -- /usr/bin/web --port 8080\n";
  };
  Write("a.service", unit("--on-duplicate auto"));
  Write("b.service", unit("--on-duplicate=wait"));
  Write("c.service", unit(""));
  Write("d.service", unit("--on-duplicate wait --patience 5"));
  Write("Procfile", "web: pidfall-guard --pid-file /run/p.pid --on-duplicate auto -- web\n");
  const AuditedServices services = ReadServices({folder_});
  ASSERT_EQ(services.all.size(), 5U);
  std::vector<bool> waits, loops;
  for (const AuditedService& service : services.all) {
    waits.push_back(service.duplicate_waits);
    loops.push_back(Loops(service));
  }
  EXPECT_THAT(waits, ElementsAre(false, true, true, false, false));
  EXPECT_THAT(loops, ElementsAre(false, false, false, true, true));
  EXPECT_EQ(services.all[1].facts.pid_file, "/run/web.pid");
  EXPECT_THAT(services.all[1].facts.ports, ElementsAre(8080));
}

TEST_F(ServicesTest, OneFileWithAFaultHidesNoOther) {
  const std::string fault = Write("a.initd", "#!/sbin/openrc-run\ncommand=\"/x\n");
  Write("b.initd", "#!/sbin/openrc-run\ncommand=/x\n");
  const AuditedServices services = ReadServices({folder_});
  EXPECT_THAT(services.unread, ElementsAre(fault + ":2: nothing closes the \""));
  EXPECT_EQ(services.all.size(), 1U);
}

}  // namespace
}  // namespace pidfall
