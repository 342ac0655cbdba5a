#include "harness/supervisor/policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "harness/supervisor/policy_testing.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Policies, EveryNameIsAPolicy) {
  for (const std::string& name : PolicyNames()) EXPECT_NE(LookUpPolicy(name), nullptr) << name;
}

TEST(Policies, BareSupervisorIsItsUsualSetting) {
  EXPECT_EQ(LookUpPolicy("launchd")->Describe(), LookUpPolicy("launchd:keepalive")->Describe());
}

TEST(Policies, SettingStandsBehindTheName) {
  const std::pair<const char*, const char*> cases[] = {
      {"docker:on-failure:3", "docker restart on-failure:3"},
      {"docker", "docker restart always"},
      {"systemd:always:5s", "systemd Restart=always, RestartSec=5 s, 5 starts in 10 s"},
      {"kubernetes", "kubernetes restartPolicy=Always"},
      {"supervisord:always", "supervisord autorestart=true, startsecs=1, startretries=3"},
      {"monit:2min", "monit, a cycle of 2 min"},
      {"macos:keepalive", "macos KeepAlive=true, throttle 10 s"},
  };
  for (const auto& [name, description] : cases) {
    EXPECT_EQ(LookUpPolicy(name)->Describe(), description);
  }
}

TEST(Policies, UnknownNameListsTheKnownOnes) {
  for (const char* name :
       {"launchd:sometimes", "systemd:sometimes", "s7", "compose", "supervisord:never", ""}) {
    EXPECT_THAT(BadInputOf([&] { LookUpPolicy(name); }), HasSubstr("launchd:keepalive")) << name;
  }
  EXPECT_EQ(BadInputOf([] { LookUpPolicy("./none.plist"); }),
            "./none.plist: No such file or directory");
  EXPECT_THAT(BadInputOf([] { LookUpPolicy("docker:sometimes"); }), HasSubstr("unless-stopped"));
}

class PolicyFiles : public testing::Test {
 protected:
  PolicyFiles() : folder_(mkdtemp(pattern_)) {}
  ~PolicyFiles() override { std::filesystem::remove_all(folder_); }
  std::string Write(const char* name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  char pattern_[32] = "/tmp/pidfall-policy.XXXXXX";
  std::filesystem::path folder_;
};

TEST_F(PolicyFiles, FileTellsItsSupervisorByItsName) {
  const std::string plist = "<plist><dict><key>Label</key><string>a</string></dict></plist>";
  const std::pair<std::string, const char*> cases[] = {
      {Write("a.plist", plist), "launchd on demand only, throttle 10 s"},
      {"macos:" + Write("b.plist", plist), "macos on demand only, throttle 10 s"},
      {Write("a.service", "[Service]\nExecStart=/x\nRestart=always\n"),
       "systemd Restart=always, RestartSec=0.1 s, 5 starts in 10 s"},
      {Write("c.yaml", "services: {a: {restart: always}, b: {}}") + "#a", "docker restart always"},
      {Write("k.yaml",
             "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
             "spec: {restartPolicy: Never, containers: [{name: c}]}") +
           "#p",
       "kubernetes restartPolicy=Never"},
      {"supervisord:" + Write("s/my", "[program:a]\ncommand=x\n"),
       "supervisord autorestart=unexpected, startsecs=1, startretries=3"},
      {Write("e.json", R"({"apps": [{"name": "a", "script": "x"}]})"), "pm2 max_restarts=16"},
      {Write("package.json", R"({"scripts": {"start": "node a.js"}})"), "npm start: no restart"},
      {Write("Procfile", "web: x\nworker: y\n") + "#web", "procfile (foreman, honcho): no restart"},
      {Write("monitrc", "set daemon 10\ncheck process web with pidfile /p start \"/x\"\n"),
       "monit, a cycle of 10 s"},
      {Write("init.d/web", "command=/x\n"), "openrc start-stop-daemon: no restart"},
      {"runit:" + std::filesystem::path(Write("sv/run", "")).parent_path().string(), "runit"},
  };
  for (const auto& [policy, description] : cases) {
    EXPECT_EQ(LookUpPolicy(policy)->Describe(), description);
  }
}

TEST_F(PolicyFiles, EveryServiceOfAFileIsNamed) {
  struct {
    std::string file;
    std::vector<std::string> services;
  } const rows[] = {
      {Write("c.yaml", "services: {a: {}, b: {}}"), {"#a", "#b"}},
      {Write("k.yaml",
             "apiVersion: v1\nkind: ConfigMap\n---\napiVersion: v1\nkind: Pod\n"
             "metadata: {name: p}\nspec: {containers: [{name: c}, {name: d}]}"),
       {"#p/c", "#p/d"}},
      {Write("s.conf", "[supervisord]\n[program:a]\ncommand=x\n[program:b]\n"), {"#a", "#b"}},
      {"pm2:" + Write("e.json", R"({"apps": [{"name": "a"}, {"name": "b"}]})"), {"#a", "#b"}},
      {Write("Procfile", "web: x\nworker: y\n"), {"#web", "#worker"}},
      {Write("monitrc", "check process a matching x check process b matching y"), {"#a", "#b"}},
      {Write("a.service", "[Service]\nExecStart=/x\n"), {""}},
      {Write("package.json", R"({"scripts": {"start": "x"}})"), {""}}};
  for (const auto& [file, services] : rows) {
    std::vector<std::string> expected;
    expected.reserve(services.size());
    for (const std::string& name : services) expected.push_back(file + name);
    EXPECT_EQ(ServicesIn(file), expected);
  }
}

TEST_F(PolicyFiles, NamedServiceIsReadUnderItsName) {
  const std::string file = Write("c.yaml", "services: {a: {restart: always}, b: {restart: 'no'}}");
  const std::vector<std::string> services = ServicesIn(file);
  EXPECT_EQ(LookUpPolicy(services.at(1))->Describe(), "docker restart no");
}

TEST_F(PolicyFiles, LocatedPolicyNamesTheSameFileFromAnyFolder) {
  const std::pair<const char*, const char*> cases[] = {
      {"docker:on-failure:3", "docker:on-failure:3"},
      {"a.plist", "/x/a.plist"},
      {"c.yaml#web", "/x/c.yaml#web"},
      {"runit:sv/web", "runit:/x/sv/web"},
      {"supervisord:../my.conf#a", "supervisord:/my.conf#a"},
      {"/etc/a.service", "/etc/a.service"},
  };
  for (const auto& [policy, located] : cases) EXPECT_EQ(LocatePolicy(policy, "/x"), located);
}

TEST(Policies, FileStandsBetweenSupervisorAndService) {
  const std::pair<const char*, const char*> cases[] = {
      {"docker:on-failure:3", ""},
      {"a.plist", "a.plist"},
      {"c.yaml#web", "c.yaml"},
      {"runit:/etc/sv/web", "/etc/sv/web"},
      {"monit:conf.d/web#a", "conf.d/web"},
      {"openrc:/etc/init.d/web", "/etc/init.d/web"},
      {"pm2:e.json#web", "e.json"},
      {"procfile:Procfile.dev#web", "Procfile.dev"}};
  for (const auto& [policy, file] : cases) EXPECT_EQ(FileOfPolicy(policy), file);
}

// Starts in a minute of a program that ends after 50 ms, under each policy of the table.
TEST(Policies, DuplicateThatEndsAtOnceStartsAsOftenAsItsSupervisorIsKnownTo) {
  struct {
    const char* name;
    std::size_t status0, status1;
  } const rows[] = {{"launchd:keepalive", 6, 6},
                    {"launchd:successful-exit", 1, 6},
                    {"launchd:crashed", 1, 1},
                    {"launchd:not-crashed", 6, 6},
                    {"launchd:only-success", 6, 1},
                    {"launchd:run-at-load", 1, 1},
                    {"systemd:on-failure", 1, 5},
                    {"systemd:always", 5, 5},
                    {"systemd:always:5s", 12, 12},
                    {"docker:on-failure", 1, 10},
                    {"docker:always", 10, 10},
                    {"kubernetes:Always", 4, 4},
                    {"kubernetes:OnFailure", 1, 4},
                    {"supervisord", 4, 4},
                    {"supervisord:always", 4, 4},
                    {"runit", 58, 58},
                    {"s6", 58, 58},
                    {"daemontools", 60, 60},
                    {"monit", 1, 1},
                    {"pm2", 16, 16},
                    {"openrc", 11, 11},
                    {"procfile", 1, 1}};
  EXPECT_EQ(std::size(rows), PolicyNames().size());
  for (const auto& row : rows) {
    const auto policy = LookUpPolicy(row.name);
    EXPECT_EQ(StartCount(*policy, {.run_time = 50ms, .status = 0}, 60s), row.status0) << row.name;
    EXPECT_EQ(StartCount(*policy, {.run_time = 50ms, .status = 1}, 60s), row.status1) << row.name;
  }
}

}  // namespace
}  // namespace pidfall
