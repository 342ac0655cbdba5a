#include "harness/supervisor/systemd_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "harness/supervisor/policy_testing.h"
#include "harness/supervisor/systemd_words.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<Policy> Unit(const std::string& service, const std::string& unit = "") {
  return ParseSystemdUnit(
      {{"web.service", "[Unit]\n" + unit + "[Service]\nExecStart=/bin/web\n" + service}});
}

std::string UnitError(const std::string& text) {
  return BadInputOf([&] { ParseSystemdUnit({{"web.service", text}}); });
}

TEST(SystemdUnit, KeysOfRestartingAreRead) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "systemd Restart=no, RestartSec=0.1 s, 5 starts in 10 s"},
      {"Restart=always\nRestartSec=5\n",
       "systemd Restart=always, RestartSec=5 s, 5 starts in 10 s"},
      {"Restart=on-failure\nStartLimitInterval=0\n",
       "systemd Restart=on-failure, RestartSec=0.1 s, no start limit"},
      {"Restart=always\nRestartSec=1s\nRestartSteps=3\nRestartMaxDelaySec=1min\n",
       "systemd Restart=always, RestartSec=1 s to 1 min in 3 steps, 5 starts in 10 s"},
      {"Type=notify\nRestart=on-abnormal\n",
       "systemd Restart=on-abnormal, Type=notify, RestartSec=0.1 s, 5 starts in 10 s"},
  };
  for (const auto& [text, description] : cases) {
    EXPECT_EQ(Unit(text)->Describe(), description);
    EXPECT_TRUE(Unit(text)->Notes().empty());
  }
  EXPECT_THAT(Unit("", "StartLimitIntervalSec=1min\nStartLimitBurst=3\n")->Describe(),
              HasSubstr("3 starts in 1 min"));
}

TEST(SystemdUnit, StatusesMayBeNumbersNamesAndSignals) {
  const auto policy = Unit("Restart=on-failure\nSuccessExitStatus=1 TEMPFAIL SIGKILL\n");
  for (const EndedRun& run :
       {EndedRun{.status = 1}, EndedRun{.status = 75}, EndedRun{.signal = 9}}) {
    EXPECT_FALSE(RestartsAfter(*policy, run)) << run.status;
  }
  EXPECT_TRUE(RestartsAfter(*policy, {.status = 2}));
  const auto anew = Unit("Restart=on-failure\nSuccessExitStatus=1\nSuccessExitStatus=\n");
  EXPECT_TRUE(RestartsAfter(*anew, {.status = 1}));
}

TEST(SystemdUnit, StoppingIsRead) {
  EXPECT_EQ(Unit("")->ExitTimeout(), 90s);
  EXPECT_EQ(Unit("TimeoutStopSec=1min 5s\n")->ExitTimeout(), 65s);
  EXPECT_EQ(Unit("TimeoutStopSec=infinity\n")->ExitTimeout(), std::nullopt);
  EXPECT_EQ(Unit("TimeoutSec=0\n")->ExitTimeout(), std::nullopt);
  EXPECT_TRUE(Unit("KillMode=mixed\n")->EndsProcessGroup());
  EXPECT_FALSE(Unit("KillMode=process\n")->EndsProcessGroup());
}

TEST(SystemdUnit, JobIsExposed) {
  const auto policy = ParseSystemdUnit(
      {{"/x/web.service",
        "[Service]\nExecStart=-/bin/web \\\n# a comment inside\n  \"a b\" 'c'\\ d\n"
        "Environment=\"A=b c\" D=e\nWorkingDirectory=-/var\nRestart=on-failure\n"}});
  EXPECT_EQ(policy->job().label, "web.service");
  EXPECT_THAT(policy->job().command, ElementsAre("/bin/web", "a b", "c d"));
  EXPECT_EQ(policy->job().working_directory, "/var");
  EXPECT_EQ(policy->job().environment.at("A"), "b c");
  EXPECT_EQ(policy->job().environment.at("D"), "e");
  EXPECT_FALSE(RestartsAfter(*policy, {.status = 1})) << "ExecStart=- makes it a success";
}

TEST(SystemdUnit, WhatIsNotModelledIsNamed) {
  EXPECT_THAT(Unit("WatchdogSec=5\nUser=web\n")->Notes(),
              ElementsAre("web.service: not modelled: WatchdogSec (line 4), User (line 5)"));
  EXPECT_THAT(ParseSystemdUnit({{"a", "[Service]\nExecStart=/x %i\n"}})->Notes(),
              ElementsAre("a:2: specifiers and variables in ExecStart are not expanded"));
}

TEST(SystemdUnit, FaultsAreNamedWithTheirLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "web.service: no ExecStart: there is nothing to run"},
      {"Restart=no\n", "web.service:1: stands before any [SECTION]"},
      {"[Service\n", "web.service:1: a section's name without its ]"},
      {"[Service]\nExecStart\n", "web.service:2: neither [SECTION] nor KEY=VALUE"},
      {"[Service]\n=x\n", "web.service:2: no key before the ="},
      {"[Service]\nExecStart=/x \\", "web.service:2: the last line ends in a backslash"},
      {"[Service]\nRestart=sometimes\n",
       "web.service:2: Restart=sometimes: none of no, on-success, on-failure, on-abnormal, "
       "on-watchdog, on-abort and always"},
      {"[Service]\nRestartSec=soon\n",
       "web.service:2: RestartSec=soon: not a time span such as 500ms, 5s or 1min 30s"},
      {"[Service]\nStartLimitBurst=-1\n", "web.service:2: StartLimitBurst=-1: not a whole number"},
      {"[Service]\nSuccessExitStatus=256\n",
       "web.service:2: SuccessExitStatus=256: '256' is no exit status and no signal"},
      {"[Service]\nExecStart=/x \"a\n", "web.service:2: ExecStart=/x \"a: a quote is not closed"},
      {"[Service]\nExecStart=/x\nExecStart=/y\n",
       "web.service:3: a second ExecStart, which only Type=oneshot may have"},
      {"[Service]\nType=oneshot\nExecStart=/x\nRestart=always\n",
       "web.service:4: Restart=always: systemd refuses it for Type=oneshot"},
  };
  for (const auto& [text, error] : cases) EXPECT_EQ(UnitError(text), error);
}

TEST(SystemdUnit, DropInsAreReadByNameAndTheLastWins) {
  char pattern[] = "/tmp/pidfall-unit.XXXXXX";
  const std::filesystem::path folder = mkdtemp(pattern);
  std::filesystem::create_directory(folder / "web.service.d");
  const auto write = [&](const char* name, const char* text) {
    std::ofstream(folder / name) << text;
  };
  write("web.service", "[Service]\nExecStart=/x\nRestart=no\n");
  write("web.service.d/20.conf", "[Service]\nRestart=always\nExecStart=\nExecStart=/y\n");
  write("web.service.d/10.conf", "[Service]\nRestart=on-failure\n");
  write("web.service.d/30.conf.bak", "[Service]\nRestart=no\n");
  const auto policy = ReadSystemdUnit(folder / "web.service");
  EXPECT_THAT(policy->Describe(), HasSubstr("Restart=always"));
  EXPECT_THAT(policy->job().command, ElementsAre("/y"));
  std::filesystem::remove_all(folder);
}

TEST(SystemdUnit, InstanceIsReadFromItsTemplate) {
  char pattern[] = "/tmp/pidfall-unit.XXXXXX";
  const std::filesystem::path folder = mkdtemp(pattern);
  for (const char* drop_in : {"web@.service.d", "web@a-b.service.d"}) {
    std::filesystem::create_directory(folder / drop_in);
  }
  std::ofstream(folder / "web@.service")
      << "[Service]\nExecStart=/x %i %I 5%%\nPIDFile=/run/%i.pid\n";
  std::ofstream(folder / "web@.service.d/1.conf") << "[Service]\nRestart=on-failure\n";
  std::ofstream(folder / "web@a-b.service.d/2.conf") << "[Service]\nRestart=always\n";
  const auto instance = ReadSystemdUnit(folder / "web@a-b.service");
  EXPECT_THAT(instance->job().command, ElementsAre("/x", "a-b", "a/b", "5%%"));
  EXPECT_EQ(instance->job().pid_file, "/run/a-b.pid");
  EXPECT_EQ(instance->job().label, "web@a-b.service");
  EXPECT_EQ(instance->job().copies, 1);
  EXPECT_THAT(instance->Describe(), HasSubstr("Restart=always"));
  EXPECT_EQ(ReadSystemdUnit(folder / "web@.service")->job().copies, 0);
  EXPECT_THROW(ReadSystemdUnit(folder / "mail@a.service"), BadInput);
  std::filesystem::remove_all(folder);
}

TEST(SystemdWords, TimeSpansAreThoseOfTheManual) {
  EXPECT_EQ(ParseTimeSpan("2h")->length, 2h);
  EXPECT_EQ(ParseTimeSpan("1min 30s")->length, 90s);
  EXPECT_EQ(ParseTimeSpan("5.5")->length, 5500ms);
  EXPECT_EQ(ParseTimeSpan("300ms20s 5day")->length, 120h + 20300ms);
  EXPECT_EQ(ParseTimeSpan("infinity")->length, std::nullopt);
  for (const char* bad : {"", "x", "5 parsecs", "-1", "1e300", "99999999999w"}) {
    EXPECT_FALSE(ParseTimeSpan(bad)) << bad;
  }
}

TEST(SystemdUnit, JobTellsItsPidFileAndWhatKindItIs) {
  const auto job = [](const char* name, const std::string& keys) {
    return ParseSystemdUnit({{name, "[Service]\nExecStart=/x\n" + keys}})->job();
  };
  EXPECT_EQ(job("a.service", "PIDFile=a.pid\n").pid_file, "/run/a.pid");
  EXPECT_TRUE(job("a.service", "Type=oneshot\n").is_one_shot);
  EXPECT_FALSE(job("a.service", "").is_one_shot);
  EXPECT_EQ(job("a.service", "").copies, 1);
  EXPECT_EQ(job("a@.service", "").copies, 0) << "a template has any number of instances";
}

}  // namespace
}  // namespace pidfall
