#include "harness/audit/copies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/audit/testing.h"

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<pid_t> PidsOf(const AuditedService& service, const Machine& machine) {
  std::vector<pid_t> pids;
  for (const Copy& copy : CopiesOf(service, machine)) pids.push_back(copy.pid);
  return pids;
}

TEST(CopiesTest, ProcessWithTheSameWordsIsACopy) {
  const AuditedService web = ServiceOf({"/usr/bin/web", "--port", "80"});
  struct {
    std::vector<std::string> words;
    bool is_copy;
  } const rows[] = {{{"/usr/bin/web", "--port", "80"}, true},
                    {{"web", "--port", "80"}, true},
                    {{"web", "--port", "81"}, false},
                    {{"web"}, false},
                    {{"python3", "/usr/bin/web", "--port", "80"}, true},
                    {{"python3", "-u", "/usr/bin/web", "--port", "80"}, true},
                    {{"vim", "/usr/bin/web", "--port", "80"}, false},
                    {{}, false}};
  for (const auto& row : rows) {
    EXPECT_EQ(HasItsWords(web, {.pid = 7, .words = row.words}), row.is_copy)
        << testing::PrintToString(row.words);
  }
}

TEST(CopiesTest, WhatAWrapperExecutesIsACopy) {
  const AuditedService web = ServiceOf({"chpst", "-u", "www", "web", "--port", "80"});
  EXPECT_TRUE(HasItsWords(web, {.pid = 7, .words = {"web", "--port", "80"}}));
  const AuditedService other = ServiceOf({"runner", "web", "--port", "80"});
  EXPECT_FALSE(HasItsWords(other, {.pid = 7, .words = {"web", "--port", "80"}}));
}

// The incident: the agent by its whole path, the copy by hand from its folder.
TEST(CopiesTest, RelativePathCountsFromTheFolderOfItsProcess) {
  const AuditedService web = ServiceOf({"/usr/bin/python3", "/srv/serve.py"});
  const std::vector<std::string> words = {"python3", "serve.py"};
  EXPECT_TRUE(HasItsWords(web, {.words = words, .folder = "/srv"}));
  EXPECT_FALSE(HasItsWords(web, {.words = words, .folder = "/home/me"}));
  EXPECT_FALSE(HasItsWords(web, {.words = words})) << "its folder is not to be seen";
  EXPECT_FALSE(HasItsWords(ServiceOf(words), {.words = words})) << "neither is that of the service";
}

TEST(CopiesTest, ChildrenArePartOfACopy) {
  const Machine machine = MachineWith({{.pid = 10, .parent = 1, .words = {"web"}},
                                       {.pid = 11, .parent = 10, .words = {"web"}},
                                       {.pid = 12, .parent = 11, .words = {"web"}},
                                       {.pid = 20, .parent = 2, .words = {"web"}}});
  EXPECT_THAT(PidsOf(ServiceOf({"web"}), machine), ElementsAre(10, 20));
}

TEST(CopiesTest, OldestComesFirst) {
  Machine machine = MachineWith({{.pid = 10, .words = {"web"}}, {.pid = 20, .words = {"web"}}});
  machine.processes.at(10).began += std::chrono::hours(1);
  EXPECT_THAT(PidsOf(ServiceOf({"web"}), machine), ElementsAre(20, 10));
}

TEST(CopiesTest, ControlGroupIsOneCopyWhateverItsProcessesAreCalled) {
  AuditedService web = ServiceOf({"/opt/start.sh"});
  web.facts.is_script = true;
  web.unit = "web.service";
  const Machine machine = MachineWith({{.pid = 10, .words = {"java"}, .unit = "web.service"},
                                       {.pid = 11, .words = {"tail"}, .unit = "web.service"},
                                       {.pid = 12, .words = {"java"}, .unit = "db.service"}});
  EXPECT_THAT(PidsOf(web, machine), ElementsAre(10));
}

TEST(CopiesTest, CopyByHandIsToldFromTheOneUnderSystemd) {
  AuditedService web = ServiceOf({"web"});
  web.unit = "web.service";
  const Machine machine =
      MachineWith({{.pid = 10, .words = {"web"}},
                   {.pid = 11, .words = {"web"}, .unit = "web.service"},
                   {.pid = 12, .parent = 99, .words = {"web"}, .unit = "web.service"}});
  const std::vector<Copy> copies = CopiesOf(web, machine);
  ASSERT_EQ(copies.size(), 2U);
  EXPECT_FALSE(copies[0].is_supervised);
  EXPECT_TRUE(copies[1].is_supervised);
}

TEST(CopiesTest, ContainersAndHostsProcessesAreNotMixed) {
  const AuditedService web = ServiceOf({"web"});
  EXPECT_THAT(PidsOf(web, MachineWith({{.pid = 10, .words = {"web"}, .is_in_container = true}})),
              IsEmpty());
  const AuditedService in_container = ServiceWith(Job{.command = {"web"}, .image = "web:1"});
  EXPECT_THAT(PidsOf(in_container, MachineWith({{.pid = 10, .words = {"web"}}})), IsEmpty());
}

TEST(CopiesTest, KinIsACopyItsFamilyAndWhatOnlyLooksLikeOne) {
  const AuditedService web = ServiceOf({"/usr/sbin/nginx", "-g", "daemon off;"});
  const Machine machine =
      MachineWith({{.pid = 5, .parent = 1, .words = {"runsv", "web"}},
                   {.pid = 10, .parent = 5, .words = {"nginx", "-g", "daemon off;"}},
                   {.pid = 11, .parent = 10, .words = {"helper"}},
                   {.pid = 12, .words = {"nginx: master process /usr/sbin/nginx"}},
                   {.pid = 13, .program = "nginx", .words = {"x"}},
                   {.pid = 14, .program = "apache2", .words = {"apache2"}}});
  for (const pid_t pid : {5, 10, 11, 12, 13}) EXPECT_TRUE(IsKin(web, machine, pid)) << pid;
  EXPECT_FALSE(IsKin(web, machine, 14));
  EXPECT_FALSE(IsKin(web, machine, 99)) << "gone";
}

TEST(CopiesTest, InterpretersNameMakesNoKin) {
  const AuditedService web = ServiceOf({"python3", "/srv/serve.py"});
  const Machine machine =
      MachineWith({{.pid = 10, .program = "python3", .words = {"python3", "/srv/other.py"}}});
  EXPECT_FALSE(IsKin(web, machine, 10));
}

}  // namespace
}  // namespace pidfall
