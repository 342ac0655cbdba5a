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

TEST_F(ServicesTest, OneFileWithAFaultHidesNoOther) {
  const std::string fault = Write("a.initd", "#!/sbin/openrc-run\ncommand=\"/x\n");
  Write("b.initd", "#!/sbin/openrc-run\ncommand=/x\n");
  const AuditedServices services = ReadServices({folder_});
  EXPECT_THAT(services.unread, ElementsAre(fault + ":2: nothing closes the \""));
  EXPECT_EQ(services.all.size(), 1U);
}

}  // namespace
}  // namespace pidfall
