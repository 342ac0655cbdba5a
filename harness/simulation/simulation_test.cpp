#include "harness/simulation/simulation.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "harness/simulation/model_jobs.h"
#include "harness/supervisor/launchd.h"
#include "harness/supervisor/systemd.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Policy> KeepAlive() { return MakeLaunchdPolicy({.keep_alive = true}); }
std::shared_ptr<const Policy> SuccessfulExitFalse() {
  return MakeLaunchdPolicy({.successful_exit = false});
}

constexpr std::size_t kByHand = 0;
constexpr std::size_t kAgent = 1;

// The incident: a copy by hand first, the agent a second later, the copy ends at `stop`.
SimulationPlan ByHandFirst(const std::shared_ptr<const Policy>& policy,
                           SupervisorTime stop = 10min) {
  return {.actors = {{"by-hand", nullptr}, {"agent", policy}},
          .events = {{.at = 0s, .action = Action::kStart, .actor = kByHand},
                     {.at = 1s, .action = Action::kLoad, .actor = kAgent},
                     {.at = stop, .action = Action::kStop, .actor = kByHand}},
          .duration = 1h};
}

SimulationLog Simulate(const SimulationPlan& plan, const ModelServer& server,
                       const SimulationLimits& limits = {}) {
  ModelJobs jobs({plan.actors.size(), server});
  return Simulate(plan, jobs, limits);
}

TEST(Simulation, PoliteDuplicateUnderKeepAliveLoopsAsLongAsTheOtherLives) {
  for (const int status : {0, 1}) {
    const SimulationLog log = Simulate(ByHandFirst(KeepAlive()), {.duplicate_status = status});
    EXPECT_EQ(log.actors[kAgent].starts.size(), 61U);
    EXPECT_EQ(log.actors[kAgent].exits.size(), 60U);
    for (const ExitEntry& exit : log.actors[kAgent].exits) EXPECT_EQ(exit.status, status);
    EXPECT_LE(ServedAfter(log).value(), 10s + 10ms);
    EXPECT_EQ(MostOwners(log), 1);
  }
}

TEST(Simulation, PoliteDuplicateUnderSuccessfulExitFalseNeverServes) {
  const SimulationLog log = Simulate(ByHandFirst(SuccessfulExitFalse()), {});
  EXPECT_EQ(log.actors[kAgent].starts.size(), 1U);
  EXPECT_EQ(log.actors[kAgent].rest, "status 0 under KeepAlive={SuccessfulExit=false}");
  EXPECT_EQ(Gaps(log).size(), 1U);
  EXPECT_EQ(ServedAfter(log), std::nullopt);
  EXPECT_EQ(Summary(log, log.actors[kAgent]), "1 start, 1 x status 0, never serves after");
}

std::shared_ptr<const Policy> Forking(SystemdRestart restart) {
  return MakeSystemdPolicy(
      {.restart = restart, .type = SystemdType::kForking, .pid_file = "{pid_file}"});
}

TEST(Simulation, StopGoesToTheProcessThatWasAdopted) {
  for (const Action action : {Action::kStop, Action::kUnload}) {
    SimulationPlan plan = ByHandFirst(Forking(SystemdRestart::kNo));
    for (const auto at : {2min, 3min}) {
      plan.events.push_back({.at = at, .action = action, .actor = kAgent});
    }
    ModelJobs jobs({2, ModelServer{.duplicate_status = 0}});
    Simulate(plan, jobs);
    const std::vector<std::pair<std::string, int>> once = {{"{pid_file}", SIGTERM}};
    EXPECT_EQ(jobs.signalled, once);
    EXPECT_EQ(jobs.removed, std::vector<std::string>{});
  }
}

TEST(Simulation, EveryFailedStartRemovesThePidFile) {
  ModelJobs jobs({2, ModelServer{.duplicate_status = 1}});
  const SimulationLog log = Simulate(ByHandFirst(Forking(SystemdRestart::kOnFailure)), jobs);
  EXPECT_EQ(log.actors[kAgent].starts.size(), 5U);
  EXPECT_EQ(jobs.removed, std::vector<std::string>(5, "{pid_file}"));
  EXPECT_TRUE(jobs.signalled.empty());
}

TEST(Simulation, StandingByStartsOnceAndTakesOverAtOnce) {
  for (const auto& policy : {KeepAlive(), SuccessfulExitFalse()}) {
    const SimulationLog log = Simulate(ByHandFirst(policy), {.on_owner = OnOwner::kWait});
    EXPECT_EQ(log.actors[kAgent].starts.size(), 1U);
    EXPECT_EQ(ServedAfter(log), 5ms);
    EXPECT_EQ(Summary(log, log.actors[kAgent]), "1 start, waits, serves 0.005 s after");
  }
}

TEST(Simulation, AgentFirstNeverLoops) {
  const SimulationPlan plan = {.actors = {{"by-hand", nullptr}, {"agent", KeepAlive()}},
                               .events = {{.at = 0s, .action = Action::kLoad, .actor = kAgent},
                                          {.at = 1min, .action = Action::kStart, .actor = kByHand}},
                               .duration = 1h};
  const SimulationLog log = Simulate(plan, {.duplicate_status = 1});
  EXPECT_EQ(log.actors[kAgent].starts.size(), 1U);
  EXPECT_EQ(log.actors[kByHand].starts.size(), 1U);
  EXPECT_TRUE(Gaps(log).empty());
}

TEST(Simulation, FiftyRestartsTakeTheirTimeVirtuallyAndOnlyRunTimeReally) {
  SimulationPlan plan = SuperviseAlone(KeepAlive(), 502s);
  const SimulationLog log =
      Simulate(plan, {.duplicate_status = 1, .fails = true, .start_up = 10ms});
  ASSERT_EQ(log.actors[0].starts.size(), 51U);
  EXPECT_EQ(log.actors[0].starts[50].at, 500s + 50 * 10ms);
  EXPECT_EQ(log.real, 51 * 10ms);
}

// A limit of five starts in ten seconds would never be reached where each takes three.
TEST(Simulation, BusyMachineMakesNoStartLate) {
  const SimulationLog log =
      Simulate(ByHandFirst(MakeSystemdPolicy({.restart = SystemdRestart::kAlways})),
               {.duplicate_status = 1, .delay = 3s});
  EXPECT_EQ(log.actors[kAgent].starts.size(), 5U);
  EXPECT_EQ(ServedAfter(log), std::nullopt);
  EXPECT_LT(log.actors[kAgent].starts.back().at, 2s);
}

TEST(Simulation, WhatIsDecidedEndsBeforeItsTime) {
  SimulationPlan plan = ByHandFirst(KeepAlive());
  ModelJobs jobs({plan.actors.size(), ModelServer{.duplicate_status = 1}});
  plan.is_decided = [&] { return jobs.environments.size() == 11; };  // the copy's and ten more
  const SimulationLog log = Simulate(plan, jobs);
  EXPECT_EQ(log.actors[kAgent].starts.size(), 10U);
  EXPECT_GE(log.duration, 91s);
  EXPECT_LT(log.duration, 101s);
}

// launchd counts whole seconds since the start: a run of 3.3 s waits 7 s more.
TEST(Simulation, RealRunTimeIsAddedNotTakenAsNothing) {
  const SimulationLog log =
      Simulate(SuperviseAlone(KeepAlive(), 1min), {.fails = true, .start_up = 3300ms});
  EXPECT_EQ(log.actors[0].starts.at(1).at, 10300ms);
}

TEST(Simulation, RealTimeJumpsOverNothing) {
  SimulationPlan plan = ByHandFirst(KeepAlive());
  plan.real_time = true;
  const SimulationLog log = Simulate(plan, {.duplicate_status = 1});
  EXPECT_EQ(log.real, 1h);
  EXPECT_EQ(log.actors[kAgent].starts.size(), 61U);
}

TEST(Simulation, PollingWaiterCountsAsWaitingAfterABoundAndTakesOver) {
  const SimulationLog log = Simulate(ByHandFirst(KeepAlive()), {.on_owner = OnOwner::kPoll});
  EXPECT_EQ(log.actors[kAgent].starts.size(), 1U);
  EXPECT_EQ(ServedAfter(log), 5ms);
  ASSERT_EQ(log.notes.size(), 1U);
  EXPECT_EQ(log.notes[0].substr(0, 32), "agent was counted as waiting: it");
  EXPECT_LT(log.real, 5s);
}

TEST(Simulation, BusyForEverCountsAsWaitingAfterItsBound) {
  const SimulationLog log = Simulate(SuperviseAlone(KeepAlive(), 1h), {.start_up = 2h});
  EXPECT_EQ(log.real, 30s);
  EXPECT_EQ(log.notes.size(), 1U);
  EXPECT_EQ(log.duration, 1h);
}

TEST(Simulation, NoThrottleIsCutShortByRealTime) {
  const std::shared_ptr<const Policy> policy(
      MakeLaunchdPolicy({.keep_alive = true, .throttle = 0s}));
  const SimulationLog log = Simulate(SuperviseAlone(policy, 1h), {.fails = true}, {.whole = 1s});
  EXPECT_EQ(log.cut_short, "ended after 1 s of real time, 1 s of 1 h simulated");
  EXPECT_EQ(log.actors[0].starts.size(), 200U);
  EXPECT_EQ(log.duration, 1s);
}

TEST(Simulation, StopOfAnAgentUnderKeepAliveStartsItAgain) {
  SimulationPlan plan = SuperviseAlone(KeepAlive(), 1h);
  plan.events.push_back({.at = 30s, .action = Action::kStop});
  const SimulationLog log = Simulate(plan, {});
  ASSERT_EQ(log.actors[0].starts.size(), 2U);
  EXPECT_EQ(log.actors[0].starts[1].at, 30s);
  EXPECT_TRUE(log.actors[0].exits[0].provoked);
}

TEST(Simulation, StopThatIsIgnoredEndsInSigkillAfterExitTimeOut) {
  SimulationPlan plan = SuperviseAlone(KeepAlive(), 1h);
  plan.events.push_back({.at = 1min, .action = Action::kUnload});
  const SimulationLog log = Simulate(plan, {.term_status = std::nullopt});
  ASSERT_EQ(log.actors[0].exits.size(), 1U);
  EXPECT_EQ(log.actors[0].exits[0].at, 80s);
  EXPECT_EQ(log.actors[0].exits[0].signal, SIGKILL);
}

TEST(Simulation, ExitTimeOutZeroNeverKills) {
  const std::shared_ptr<const Policy> patient(
      MakeLaunchdPolicy({.keep_alive = true, .exit_timeout = 0s}));
  SimulationPlan plan = SuperviseAlone(patient, 1h);
  plan.events.push_back({.at = 1min, .action = Action::kStop});
  EXPECT_TRUE(Simulate(plan, {.term_status = std::nullopt}).actors[0].exits.empty());
}

TEST(Simulation, UnloadWhileThrottledDropsTheStart) {
  SimulationPlan plan = SuperviseAlone(KeepAlive(), 1h);
  plan.events.push_back({.at = 5s, .action = Action::kUnload});
  const SimulationLog log = Simulate(plan, {.fails = true});
  EXPECT_EQ(log.actors[0].starts.size(), 1U);
}

TEST(Simulation, LoadAfterUnloadForgetsTheThrottle) {
  SimulationPlan plan = SuperviseAlone(KeepAlive(), 8s);
  plan.events.push_back({.at = 5s, .action = Action::kUnload});
  plan.events.push_back({.at = 6s, .action = Action::kLoad});
  const SimulationLog log = Simulate(plan, {.fails = true});
  ASSERT_EQ(log.actors[0].starts.size(), 2U);
  EXPECT_EQ(log.actors[0].starts[1].at, 6s);
}

TEST(Simulation, LoadWhileTheUnloadedStillEndsHappensOnceItHas) {
  SimulationPlan plan = SuperviseAlone(KeepAlive(), 1min);
  plan.events.push_back({.at = 2s, .action = Action::kUnload});
  plan.events.push_back({.at = 3s, .action = Action::kLoad});
  const SimulationLog log = Simulate(plan, {.term_status = std::nullopt});
  ASSERT_EQ(log.actors[0].starts.size(), 2U);
  EXPECT_EQ(log.actors[0].starts[1].at, 22s);
}

TEST(Simulation, StartAskedForInsideTheThrottleKeepsIt) {
  SimulationPlan plan = SuperviseAlone(KeepAlive(), 12s);
  plan.events.push_back({.at = 5s, .action = Action::kStart});
  const SimulationLog log = Simulate(plan, {.fails = true, .start_up = 50ms});
  ASSERT_EQ(log.actors[0].starts.size(), 2U);
  EXPECT_EQ(log.actors[0].starts[1].at, 10s);
}

TEST(Simulation, KilledOwnerRestartsUnderItsPolicy) {
  SimulationPlan plan = SuperviseAlone(SuccessfulExitFalse(), 1h);
  plan.events.push_back({.at = 3s, .action = Action::kKill});
  const SimulationLog log = Simulate(plan, {});
  ASSERT_EQ(log.actors[0].starts.size(), 2U);
  EXPECT_EQ(log.actors[0].starts[1].at, 10s);
  EXPECT_EQ(ServedAfter(log), 7005ms);
}

TEST(Simulation, SupervisorsEnvironmentReachesItsJobAndNoOther) {
  ModelJobs jobs({ModelServer{}, ModelServer{}});
  Simulate(ByHandFirst(KeepAlive()), jobs);
  ASSERT_GE(jobs.environments.size(), 2U);
  EXPECT_TRUE(jobs.environments[0].empty());
  EXPECT_EQ(jobs.environments[1].count("XPC_SERVICE_NAME"), 1U);
}

TEST(Simulation, ProcessGroupEndsWithItUnlessAbandoned) {
  for (const bool abandon : {false, true}) {
    const std::shared_ptr<const Policy> policy(
        MakeLaunchdPolicy({.keep_alive = true, .abandon_process_group = abandon}));
    const SimulationPlan plan = SuperviseAlone(policy, 1s);
    ModelJobs jobs({ModelServer{}});
    Simulate(plan, jobs);
    EXPECT_EQ(jobs.groups_ended_with_it, std::vector<bool>{!abandon});
  }
}

TEST(Simulation, TwoOwnersAtOnceAreSeen) {
  EXPECT_EQ(MostOwners(Simulate(ByHandFirst(KeepAlive()), {.on_owner = OnOwner::kServeToo})), 2);
}

TEST(Simulation, FilesAndSignalsOfTheTimelineReachTheJobs) {
  const SimulationPlan plan = {
      .actors = {{"by-hand", nullptr}},
      .events = {{.action = Action::kChange, .change = {.file = "{pid_file}", .text = "1"}},
                 {.at = 1s, .action = Action::kStart},
                 {.at = 2s, .action = Action::kHang},
                 {.at = 3s, .action = Action::kWake},
                 {.at = 3s, .action = Action::kSignal, .signal = SIGUSR2},
                 {.at = 4s, .action = Action::kVisit},
                 {.at = 5s, .action = Action::kRelease}},
      .duration = 1min};
  ModelJobs jobs({ModelServer{}});
  Simulate(plan, jobs);
  ASSERT_EQ(jobs.changes.size(), 1U);
  EXPECT_EQ(jobs.changes[0].text, "1");
  EXPECT_EQ(jobs.signals, (std::vector<int>{SIGSTOP, SIGCONT, SIGUSR2}));
  EXPECT_EQ(jobs.visited, std::vector<std::size_t>{0});
  EXPECT_EQ(jobs.released, std::vector<std::size_t>{0});
}

TEST(Simulation, ARebootEndsAllAndLoadsAfreshWhatWasLoaded) {
  const SimulationPlan plan = {.actors = {{"by-hand", nullptr}, {"agent", KeepAlive()}},
                               .events = {{.action = Action::kStart, .actor = 0},
                                          {.at = 1s, .action = Action::kLoad, .actor = 1},
                                          {.at = 1min, .action = Action::kReboot}},
                               .duration = 2min};
  ModelJobs jobs({ModelServer{}, {.on_owner = OnOwner::kWait}});
  const SimulationLog log = Simulate(plan, jobs);
  ASSERT_EQ(jobs.changes.size(), 1U);
  EXPECT_EQ(jobs.changes[0].kind, Change::Kind::kNewBoot);
  EXPECT_EQ(log.actors[0].starts.size(), 1U);
  ASSERT_EQ(log.actors[1].starts.size(), 2U);
  EXPECT_LT(log.actors[1].starts[1].at, 61s);  // launchd's throttle went with its memory
  EXPECT_TRUE(log.actors[0].exits.at(0).provoked);
  EXPECT_TRUE(ServesAt(log.actors[1], log.duration - 1s));
}

TEST(Simulation, ARestartedContainerStartsEachJobWithItsLastPid) {
  const SimulationPlan plan = {.actors = {{"agent", KeepAlive()}},
                               .events = {{.action = Action::kLoad},
                                          {.at = 30s, .action = Action::kRestartContainer},
                                          {.at = 1min, .action = Action::kKill}},
                               .duration = 2min};
  ModelJobs jobs({ModelServer{}});
  const SimulationLog log = Simulate(plan, jobs);
  ASSERT_EQ(log.actors[0].starts.size(), 3U);
  EXPECT_EQ(log.actors[0].starts[1].pid, log.actors[0].starts[0].pid);
  EXPECT_EQ(log.actors[0].starts[2].pid, log.actors[0].starts[0].pid);
}

TEST(Simulation, ANewSupervisorStartsAnotherBesideTheOrphan) {
  const SimulationPlan plan = {
      .actors = {{"agent", KeepAlive()}},
      .events = {{.action = Action::kLoad}, {.at = 30s, .action = Action::kOrphan}},
      .duration = 1min};
  ModelJobs jobs({ModelServer{}});
  const SimulationLog log = Simulate(plan, jobs);
  EXPECT_EQ(log.actors[0].starts.size(), 2U);
  EXPECT_TRUE(log.actors[0].exits.empty());
  EXPECT_TRUE(jobs.signals.empty());
}

TEST(Simulation, AStartCanGetAnothersPid) {
  const SimulationPlan plan = {
      .actors = {{"agent", nullptr}, {"stranger", nullptr}},
      .events = {{.action = Action::kStart},
                 {.at = 1s, .action = Action::kKill},
                 {.at = 2s, .action = Action::kStart, .actor = 1, .pid = {.of = 0}}},
      .duration = 1min};
  ModelJobs jobs({ModelServer{}, ModelServer{}});
  const SimulationLog log = Simulate(plan, jobs);
  EXPECT_EQ(log.actors[1].starts.at(0).pid, log.actors[0].starts.at(0).pid);
}

TEST(Simulation, SpansCoverTheWholeTime) {
  const SimulationLog log = Simulate(ByHandFirst(KeepAlive()), {.duplicate_status = 1});
  for (const ActorLog& actor : log.actors) {
    SupervisorTime at = 0s;
    for (const Span& span : actor.spans) {
      EXPECT_EQ(span.from, at);
      at = span.to;
    }
    EXPECT_EQ(at, 1h);
  }
}

TEST(Simulation, JobWithoutPolicyCannotBeLoaded) {
  const SimulationPlan plan = {
      .actors = {{"by-hand", nullptr}}, .events = {{.action = Action::kLoad}}, .duration = 1s};
  EXPECT_THROW(Simulate(plan, ModelServer{}), std::invalid_argument);
}

}  // namespace
}  // namespace pidfall
