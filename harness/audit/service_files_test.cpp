#include "harness/audit/service_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

// Root reads everything.
template <typename Act>
auto AsOrdinaryUser(const Act& act) {
  constexpr uid_t kOrdinary = 61005;
  const uid_t user = geteuid();
  if (user == 0 && seteuid(kOrdinary) != 0) ADD_FAILURE() << "cannot become an ordinary user";
  auto result = act();
  if (user == 0 && seteuid(user) != 0) ADD_FAILURE() << "cannot become root again";
  return result;
}

class ServiceFilesTest : public testing::Test {
 protected:
  ServiceFilesTest() : folder_(mkdtemp(pattern_)) {}
  ~ServiceFilesTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  void WriteProgram(const std::string& name, const std::string& text) {
    Write(name, text);
    fs::permissions(folder_ / name, fs::perms::owner_all);
  }

  // Without the test's folder.
  std::vector<std::string> Found(const std::string& below = "") {
    std::vector<std::string> names;
    for (std::string policy : FindServiceFiles({folder_ / below}).policies) {
      const std::size_t at = policy.find(folder_.string());
      if (at != std::string::npos) policy.erase(at, folder_.string().size() + 1);
      names.push_back(policy);
    }
    return names;
  }

  char pattern_[32] = "/tmp/pidfall-files.XXXXXX";
  fs::path folder_;
};

TEST_F(ServiceFilesTest, EachKindIsKnownByItsNameAndItsFirstLook) {
  Write("a.service", "[Service]\n");
  Write("b.plist", "<key>Label</key><key>Program</key>");
  Write("compose.yaml", "version: '3'\nservices:\n  web: {}\n");
  Write("deploy.yml", "apiVersion: v1\nkind: Pod\n");
  Write("ecosystem.config.yml", "apps: [{script: a}]");
  Write("package.json", R"({"scripts": {"start": "a"}})");
  Write("Procfile", "web: a\n");
  Write("Procfile.dev", "web: a\n");
  Write("s.conf", "[program:a]\n");
  Write("monitrc", "set daemon 30\ncheck process a with pidfile /a\n");
  Write("a.initd", "#!/sbin/openrc-run\ncommand=/a\n");
  EXPECT_THAT(Found(),
              ElementsAre("procfile:Procfile", "procfile:Procfile.dev", "openrc:a.initd",
                          "a.service", "b.plist", "compose.yaml", "deploy.yml",
                          "pm2:ecosystem.config.yml", "monit:monitrc", "package.json", "s.conf"));
}

TEST_F(ServiceFilesTest, MonitAndOpenrcKeepFilesOfAnyNameInFoldersOfTheirOwn) {
  Write("etc/monit/conf.d/web", "check process a with pidfile /a\n");
  Write("etc/monit/conf.d/mail.conf", "check process b with pidfile /b\n");
  Write("etc/monit/conf.d/disk", "check device root with path /\n");
  Write("etc/nginx/conf.d/off", "check process c with pidfile /c\n");
  Write("etc/monit/conf-available/off", "check process c with pidfile /c\n");
  Write("etc/init.d/web", "#!/sbin/openrc-run\ncommand=/a\n");
  Write("etc/init.d/clock", "#!/sbin/openrc-run\nstart() {\n}\n");
  Write("etc/init.d/cron", "#!/bin/sh\ncommand=/c\n");
  EXPECT_THAT(Found(), ElementsAre("openrc:etc/init.d/web", "monit:etc/monit/conf.d/mail.conf",
                                   "monit:etc/monit/conf.d/web"));
}

// As after `cd /etc`.
TEST_F(ServiceFilesTest, FolderIsKnownByARelativePathToo) {
  Write("init.d/web", "#!/sbin/openrc-run\ncommand=/a\n");
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  const ServiceFiles found = FindServiceFiles({"init.d"});
  fs::current_path(before);
  EXPECT_THAT(found.policies, ElementsAre("openrc:init.d/web"));
}

TEST_F(ServiceFilesTest, FilesOfOtherProgramsArePassedOver) {
  Write("org.a.service", "[D-BUS Service]\nName=a\nExec=/x\n");
  Write("avahi.service", "<?xml?><service-group/>");
  Write("Info.plist", "<key>CFBundleIdentifier</key> Label Program");
  Write("ci.yml", "jobs:\n  test:\n    services: {}\n");
  Write("package.json", R"({"name": "a"})");
  Write("nginx.conf", "server {}\n");
  Write("node_modules/x/package.json", R"({"scripts": {"start": "a"}})");
  Write("notes.txt", "services:\n");
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(ServiceFilesTest, ServiceFolderNeedsMoreThanAProgramCalledRun) {
  WriteProgram("ci/run", "#!/bin/sh\n");
  WriteProgram("sv/web/run", "#!/bin/sh\n");
  WriteProgram("sv/web/log/run", "#!/bin/sh\n");
  WriteProgram("s6-rc/services/mail/run", "#!/bin/sh\n");
  WriteProgram("other/db/run", "#!/command/execlineb\n");
  WriteProgram("other/db/finish", "#!/bin/sh\n");
  Write("sv/not/run", "is not executable");
  EXPECT_THAT(Found(), ElementsAre("s6:other/db", "s6:s6-rc/services/mail", "runit:sv/web"));
}

TEST_F(ServiceFilesTest, LinkToAServiceFolderIsFollowedAndNoOther) {
  WriteProgram("etc/web/run", "#!/bin/sh\n");
  fs::create_directories(folder_ / "live/service");
  fs::create_directory_symlink(folder_ / "etc/web", folder_ / "live/service/web");
  fs::create_directory_symlink("/etc", folder_ / "live/service/all");
  EXPECT_THAT(Found("live"), ElementsAre("runit:live/service/web"));
}

TEST_F(ServiceFilesTest, UnitThatIsLinkedIsFoundOnce) {
  Write("usr/lib/systemd/system/a.service", "[Service]\n");
  fs::create_directories(folder_ / "etc/systemd/system/multi-user.target.wants");
  for (const char* link : {"etc/systemd/system/multi-user.target.wants/a.service",
                           "etc/systemd/system/alias.service"}) {
    fs::create_symlink(folder_ / "usr/lib/systemd/system/a.service", folder_ / link);
  }
  EXPECT_THAT(Found(), ElementsAre("usr/lib/systemd/system/a.service"));
}

TEST_F(ServiceFilesTest, UnitInEtcHidesTheOneInUsr) {
  Write("etc/systemd/system/a.service", "[Service]\n");
  Write("usr/lib/systemd/system/a.service", "[Service]\n");
  Write("usr/lib/systemd/system/off.service", "[Service]\n");
  fs::create_symlink("/dev/null", folder_ / "etc/systemd/system/off.service");
  EXPECT_THAT(Found(), ElementsAre("etc/systemd/system/a.service"));
}

TEST_F(ServiceFilesTest, WhatCannotBeReadIsNamed) {
  Write("a.service", "[Service]\n");
  Write("below/b.service", "[Service]\n");
  fs::permissions(folder_ / "a.service", fs::perms::none);
  fs::permissions(folder_ / "below", fs::perms::none);
  fs::permissions(folder_, fs::perms::all);
  const ServiceFiles found = AsOrdinaryUser([&] { return FindServiceFiles({folder_}); });
  fs::permissions(folder_ / "below", fs::perms::owner_all);
  EXPECT_THAT(found.unread, ElementsAre(folder_.string() + "/a.service: Permission denied",
                                        folder_.string() + "/below: Permission denied"));
}

TEST_F(ServiceFilesTest, EcosystemThatIsAProgramIsNamed) {
  Write("ecosystem.config.js", "module.exports = {}");
  EXPECT_THAT(FindServiceFiles({folder_}).unread,
              ElementsAre(folder_.string() +
                          "/ecosystem.config.js: a program: write its apps as JSON or YAML"));
}

TEST_F(ServiceFilesTest, PathThatIsNotThereIsBadInput) {
  try {
    FindServiceFiles({folder_ / "none"});
    FAIL();
  } catch (const BadInput& error) {
    EXPECT_EQ(error.what(), folder_.string() + "/none: No such file or directory");
  }
}

}  // namespace
}  // namespace pidfall
