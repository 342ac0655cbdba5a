#include "harness/audit/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/audit/testing.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

using State = PidFile::State;
constexpr auto kHour = std::chrono::hours(1);

AuditedService Web(Job job = {.command = {"web", "--port", "80"}, .pid_file = "/run/web.pid"}) {
  return ServiceWith(std::move(job));
}

// A copy of it, as pid 10, and a stranger, as pid 20.
Machine Running() {
  return MachineWith({{.pid = 10, .program = "web", .words = {"web", "--port", "80"}},
                      {.pid = 20, .program = "sleep", .words = {"sleep", "1"}}});
}
Machine Stopped() {
  Machine machine = Running();
  machine.processes.erase(10);
  return machine;
}

Machine WithFile(Machine machine, const PidFile& file) {
  machine.pid_files["/run/web.pid"] = file;
  return machine;
}

Machine WithPort(Machine machine, std::vector<pid_t> holders) {
  machine.ports.push_back({80, std::move(holders)});
  return WithFile(std::move(machine), {.state = State::kHoldsPid, .pid = 10});
}

Result AnswerTo(const char* question, const std::vector<AuditedService>& services,
                const Machine& machine) {
  const std::vector<Result> results = Judge(services, machine).front().results;
  return *std::find_if(results.begin(), results.end(),
                       [&](const Result& result) { return result.scenario.ends_with(question); });
}

Result PidFileOf(const Machine& machine) { return AnswerTo("pid-file", {Web()}, machine); }
Result PortOf(const Machine& machine) { return AnswerTo("port", {Web()}, machine); }

TEST(PidFileAnswerTest, FileThatNamesTheServiceAgrees) {
  const Result result = PidFileOf(WithFile(Running(), {.state = State::kHoldsPid, .pid = 10}));
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_EQ(result.summary, "/run/web.pid names pid 10 (web --port 80)");
}

TEST(PidFileAnswerTest, FileThatNamesAGoneProcessIsStale) {
  const PidFile file{.state = State::kHoldsPid, .pid = 4711};
  for (const Machine& machine : {Running(), Stopped()}) {
    const Result result = PidFileOf(WithFile(machine, file));
    EXPECT_TRUE(IsFailure(result));
    EXPECT_EQ(result.summary, "/run/web.pid is stale: it names process 4711, which is gone");
  }
}

TEST(PidFileAnswerTest, FileIsMissingOnlyWhileTheServiceRuns) {
  EXPECT_EQ(PidFileOf(WithFile(Running(), {})).summary,
            "/run/web.pid is missing while pid 10 runs");
  EXPECT_EQ(PidFileOf(WithFile(Stopped(), {})).verdict, Verdict::kPass);
}

TEST(PidFileAnswerTest, EmptyFileIsAFindingOnlyWhileTheServiceRuns) {
  const PidFile empty{.state = State::kHoldsNoPid, .why = "\"\""};
  EXPECT_EQ(PidFileOf(WithFile(Running(), empty)).summary,
            "/run/web.pid holds no pid (\"\") while pid 10 runs");
  EXPECT_EQ(PidFileOf(WithFile(Stopped(), empty)).verdict, Verdict::kPass);
}

TEST(PidFileAnswerTest, PidThatTheKernelUsedAgainIsAnotherProgram) {
  Machine machine = WithFile(Stopped(), {.state = State::kHoldsPid, .pid = 20});
  machine.processes.at(20).began = machine.pid_files["/run/web.pid"].written + kHour;
  const Result result = PidFileOf(machine);
  EXPECT_TRUE(IsFailure(result));
  EXPECT_EQ(result.summary, "/run/web.pid names another program: pid 20 (sleep 1)");
}

TEST(PidFileAnswerTest, ProcessAsOldAsTheFileMayBeTheServiceByAnotherName) {
  const PidFile file{.state = State::kHoldsPid, .pid = 20};
  EXPECT_EQ(PidFileOf(WithFile(Stopped(), file)).verdict, Verdict::kSkip);
  EXPECT_TRUE(IsFailure(PidFileOf(WithFile(Running(), file)))) << "the service is pid 10";
}

TEST(PidFileAnswerTest, FileThatCannotBeReadIsNoFinding) {
  const Result result =
      PidFileOf(WithFile(Running(), {.state = State::kUnreadable, .why = "Permission denied"}));
  EXPECT_EQ(result.verdict, Verdict::kSkip);
  EXPECT_EQ(result.summary, "/run/web.pid: Permission denied");
}

TEST(CopiesAnswerTest, SecondCopyIsAFinding) {
  Machine machine = WithFile(Running(), {});
  machine.processes.emplace(30, LiveProcess{.pid = 30, .words = {"web", "--port", "80"}});
  const Result result = AnswerTo("copies", {Web()}, machine);
  EXPECT_TRUE(IsFailure(result));
  EXPECT_EQ(result.summary, "2 copies of it run");
  EXPECT_THAT(result.evidence.front(), HasSubstr("pid 10 (web --port 80); pid 30 (web"));
}

TEST(CopiesAnswerTest, AsManyAsAreMeantToRunAreNone) {
  Machine machine = MachineWith({{.pid = 10, .words = {"web"}}, {.pid = 30, .words = {"web"}}});
  const AuditedService one = ServiceOf({"web"});
  const auto verdict = [&](const std::vector<AuditedService>& services) {
    return AnswerTo("copies", services, machine).verdict;
  };
  EXPECT_EQ(verdict({one}), Verdict::kFail);
  EXPECT_EQ(verdict({ServiceWith(Job{.command = {"web"}, .copies = 2})}), Verdict::kPass);
  EXPECT_EQ(verdict({ServiceWith(Job{.command = {"web"}, .copies = 0})}), Verdict::kPass);
  EXPECT_EQ(verdict({one, one}), Verdict::kPass) << "two services with one command";
}

TEST(CopiesAnswerTest, OneOfEachUserIsNoSecondCopyOfAUsersAgent) {
  AuditedService agent = ServiceOf({"web"});
  agent.is_per_user = true;
  Machine machine = MachineWith(
      {{.pid = 10, .user = 1000, .words = {"web"}}, {.pid = 30, .user = 1001, .words = {"web"}}});
  EXPECT_EQ(AnswerTo("copies", {agent}, machine).verdict, Verdict::kPass);
  machine.processes.at(30).user = 1000;
  EXPECT_EQ(AnswerTo("copies", {agent}, machine).verdict, Verdict::kFail);
}

TEST(CopiesAnswerTest, ProcessThatOnlyLooksLikeItIsNamed) {
  const AuditedService web = ServiceOf({"python3", "/srv/serve.py"});
  const Machine machine = MachineWith({{.pid = 10, .words = {"python3", "serve.py"}}});
  const Result result = AnswerTo("copies", {web}, machine);
  EXPECT_EQ(result.verdict, Verdict::kSkip);
  EXPECT_EQ(result.summary, "whether it runs as pid 10 (python3 serve.py) cannot be seen");
}

TEST(CopiesAnswerTest, ScriptsProcessesAreNotGuessed) {
  const AuditedService script = ServiceOf({"/bin/sh", "-c", "cd /srv && exec web"});
  EXPECT_EQ(AnswerTo("copies", {script}, Running()).verdict, Verdict::kSkip);
}

TEST(PortAnswerTest, StrangerOnThePortIsAFindingWhetherOrNotTheServiceRuns) {
  for (const Machine& machine : {Running(), Stopped()}) {
    const Result result = PortOf(WithPort(machine, {20}));
    EXPECT_TRUE(IsFailure(result));
    EXPECT_EQ(result.summary, "port 80 belongs to another program: pid 20 (sleep 1)");
  }
}

TEST(PortAnswerTest, PortOfTheServiceOfItsSupervisorOrOfNobodyIsNone) {
  for (const std::vector<pid_t>& holders : {std::vector<pid_t>{10}, {20, 10}, {1}}) {
    EXPECT_EQ(PortOf(WithPort(Running(), holders)).verdict, Verdict::kPass);
  }
  EXPECT_EQ(PortOf(WithFile(Running(), {})).summary, "port 80: nobody listens");
}

TEST(PortAnswerTest, PortOfAnotherUserIsNotJudged) {
  EXPECT_EQ(PortOf(WithPort(Running(), {})).verdict, Verdict::kSkip);
}

TEST(PortAnswerTest, PublishedPortOfAContainerIsHeldByItsProxy) {
  const AuditedService web = Web({.command = {}, .ports = {80}, .image = "web:1"});
  Machine machine = WithPort(Stopped(), {20});
  EXPECT_EQ(AnswerTo("port", {web}, machine).verdict, Verdict::kFail);
  machine.processes.at(20).program = "docker-proxy";
  EXPECT_EQ(AnswerTo("port", {web}, machine).verdict, Verdict::kPass);
}

TEST(LoopAnswerTest, LoopIsAWeakness) {
  AuditedService web = ServiceOf({"web"});
  EXPECT_EQ(AnswerTo("restart-loop", {web}, Machine()).verdict, Verdict::kPass);
  web.with_status_1.starts = 119;
  const Result result = AnswerTo("restart-loop", {web}, Machine());
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_FALSE(IsFailure(result));
  EXPECT_THAT(result.evidence.front(), HasSubstr("one that exits 1 is started 119 times"));
}

TEST(LoopAnswerTest, GuardThatMakesADuplicateWaitIsNamed) {
  AuditedService web = ServiceOf({"pidfall-guard", "--on-duplicate", "wait", "--", "web"});
  web.duplicate_waits = true;
  const Result result = AnswerTo("restart-loop", {web}, Machine());
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_EQ(result.summary, "a duplicate waits: pidfall-guard --on-duplicate wait");
}

TEST(ConfirmedTest, FindingThatIsGoneAMomentLaterIsNone) {
  const std::vector<AuditedService> services = {Web()};
  const auto broken = Judge(services, WithFile(Running(), {}));
  const auto well = Judge(services, WithFile(Running(), {.state = State::kHoldsPid, .pid = 10}));
  EXPECT_FALSE(IsFailure(Confirmed(broken, well).front().results.front()));
  EXPECT_TRUE(IsFailure(Confirmed(broken, broken).front().results.front()));
  EXPECT_FALSE(IsFailure(Confirmed(well, broken).front().results.front()));
}

}  // namespace
}  // namespace pidfall
