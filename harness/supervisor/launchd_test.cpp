#include "harness/supervisor/launchd.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "harness/input/bad_input.h"
#include "harness/supervisor/launchd_plist.h"
#include "harness/supervisor/prediction.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr LaunchdRules kKeepAlive = {.keep_alive = true};
constexpr LaunchdRules kSuccessfulExitFalse = {.successful_exit = false};

std::vector<SupervisorTime> StartsOf(const LaunchdRules& rules, const Behaviour& behaviour,
                                     SupervisorTime window) {
  return Predict(*MakeLaunchdPolicy(rules), behaviour, window).starts;
}

// The second start of a job that always runs for `run_time`.
SupervisorTime PeriodOf(const LaunchdRules& rules, SupervisorTime run_time) {
  return MakeLaunchdPolicy(rules)->Next({{.ended = run_time, .status = 1}}).start_at.value();
}

bool RestartsAfter(const LaunchdRules& rules, const EndedRun& run) {
  return MakeLaunchdPolicy(rules)->Next({run}).start_at.has_value();
}

struct Row {
  LaunchdRules rules;
  bool success, failure, crash, other_signal;
};

TEST(Launchd, EveryKindOfEndRestartsAsTheTableSays) {
  const Row rows[] = {
      {kKeepAlive, true, true, true, true},
      {kSuccessfulExitFalse, false, true, true, true},
      {{.successful_exit = true}, true, false, false, false},
      {{.crashed = true}, false, false, true, false},
      {{.crashed = false}, true, true, false, true},
      {{.successful_exit = false, .crashed = true}, false, true, true, true},
      {{.successful_exit = true, .crashed = true}, true, false, true, false},
      {{.run_at_load = true}, false, false, false, false},
      {{}, false, false, false, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(MakeLaunchdPolicy(row.rules)->Describe());
    EXPECT_EQ(RestartsAfter(row.rules, {.status = 0}), row.success);
    for (const int status : {1, 75, 78}) {
      EXPECT_EQ(RestartsAfter(row.rules, {.status = status}), row.failure) << status;
    }
    for (const int crash : {SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV, SIGSYS}) {
      EXPECT_EQ(RestartsAfter(row.rules, {.signal = crash}), row.crash) << crash;
    }
    for (const int other : {SIGKILL, SIGTERM, SIGHUP, SIGINT, SIGPIPE}) {
      EXPECT_EQ(RestartsAfter(row.rules, {.signal = other}), row.other_signal) << other;
    }
  }
}

TEST(Launchd, RunOfAnyLengthSetsThePeriod) {
  const std::pair<SupervisorTime, SupervisorTime> periods[] = {
      {50ms, 10050ms},   {999ms, 10999ms}, {1s, 10s}, {3300ms, 10300ms},
      {9999ms, 10999ms}, {10s, 10s},       {12s, 12s}};
  for (const auto& [run_time, period] : periods) {
    EXPECT_EQ(PeriodOf(kKeepAlive, run_time), period) << run_time.count();
  }
}

TEST(Launchd, RunOfAnyLengthNeverRestartsBelowTheThrottle) {
  for (SupervisorTime run_time = 0ms; run_time < 12s; run_time += 37ms) {
    const SupervisorTime period = PeriodOf(kKeepAlive, run_time);
    EXPECT_GE(period, std::max<SupervisorTime>(10s, run_time));
    EXPECT_LT(period, std::max<SupervisorTime>(11s, run_time + 1ns));
  }
}

TEST(Launchd, InstantExitUnderKeepAliveStartsSixTimesAMinute) {
  const std::vector<SupervisorTime> minute = {0ms, 10050ms, 20100ms, 30150ms, 40200ms, 50250ms};
  for (const int status : {0, 1, 78}) {
    EXPECT_EQ(StartsOf(kKeepAlive, {.run_time = 50ms, .status = status}, 60s), minute);
  }
  EXPECT_EQ(StartsOf(kKeepAlive, {.run_time = 50ms}, 120s).size(), 12U);
}

TEST(Launchd, FiftyRestartsTakeEightMinutesAndTwentySeconds) {
  EXPECT_EQ(StartsOf(kKeepAlive, {.run_time = 0s, .status = 1}, 1h).at(50), 8min + 20s);
}

TEST(Launchd, ThrottleIntervalSetsThePeriod) {
  for (const seconds throttle : {1s, 2s, 5s, 30s, 60s}) {
    EXPECT_EQ(PeriodOf({.keep_alive = true, .throttle = throttle}, 50ms), throttle + 50ms);
  }
  EXPECT_EQ(PeriodOf({.keep_alive = true, .throttle = 0s}, 50ms), 50ms);
}

TEST(Launchd, LongFirstRunRestartsAtOnceThenThrottles) {
  const auto policy = MakeLaunchdPolicy(kKeepAlive);
  const EndedRun first = {.started = 0s, .ended = 30s, .status = 1};
  EXPECT_EQ(policy->Next({first}).start_at, 30s);
  EXPECT_EQ(policy->Next({first, {.started = 30s, .ended = 30050ms}}).start_at, 40050ms);
}

TEST(Launchd, RunsOfFifteenThenThreeSecondsStartAsMeasured) {
  const auto policy = MakeLaunchdPolicy(kKeepAlive);
  std::vector<EndedRun> history = {{.started = 0s, .ended = 15s}};
  EXPECT_EQ(policy->Next(history).start_at, 15s);
  history.push_back({.started = 15s, .ended = 18s});
  EXPECT_EQ(policy->Next(history).start_at, 25s);
}

TEST(Launchd, PoliteDuplicateUnderSuccessfulExitFalseStaysDown) {
  const auto policy = MakeLaunchdPolicy(kSuccessfulExitFalse);
  const EndedRun first = {.started = 0s, .ended = 30s, .status = 1};
  EXPECT_EQ(policy->Next({first}).start_at, 30s);
  const Decision rest = policy->Next({first, {.started = 30s, .ended = 30050ms, .status = 0}});
  EXPECT_EQ(rest.start_at, std::nullopt);
  EXPECT_FALSE(rest.gave_up);
  EXPECT_EQ(rest.why, "status 0 under KeepAlive={SuccessfulExit=false}");
}

TEST(Launchd, StartAskedForInsideTheThrottleDoesNotBypassIt) {
  const auto policy = MakeLaunchdPolicy(kKeepAlive);
  const Decision asked = policy->Asked({{.started = 0s, .ended = 50ms}}, 5s);
  EXPECT_EQ(asked.start_at, 10s);
  EXPECT_EQ(asked.why, "asked, throttled for 5 s");
}

TEST(Launchd, StartAskedForWhileDownStartsAtOnceUnderEveryPolicy) {
  EXPECT_EQ(MakeLaunchdPolicy({})->Asked({}, 3s).start_at, 3s);
  EXPECT_EQ(MakeLaunchdPolicy({.run_at_load = true})->Asked({{.ended = 1s}}, 20s).start_at, 20s);
}

TEST(Launchd, StoppedByLaunchctlRestartsAsItEnded) {
  const EndedRun killed = {.started = 0s, .ended = 12s, .signal = SIGTERM, .stopped = true};
  const EndedRun obeyed = {.started = 0s, .ended = 12s, .status = 0, .stopped = true};
  EXPECT_TRUE(RestartsAfter(kKeepAlive, obeyed));
  EXPECT_EQ(MakeLaunchdPolicy(kKeepAlive)->Next({obeyed}).start_at, 12s);
  EXPECT_TRUE(RestartsAfter(kSuccessfulExitFalse, killed));
  EXPECT_FALSE(RestartsAfter(kSuccessfulExitFalse, obeyed));
}

TEST(Launchd, CrashInsideTheStopHandlerIsNoCrash) {
  EXPECT_FALSE(RestartsAfter({.crashed = true}, {.signal = SIGSEGV, .stopped = true}));
}

TEST(Launchd, AtLoadStartsWhenAKeyImpliesIt) {
  const auto starts = [](const LaunchdRules& rules) {
    return MakeLaunchdPolicy(rules)->Next({}).start_at.has_value();
  };
  EXPECT_TRUE(starts(kKeepAlive));
  EXPECT_TRUE(starts(kSuccessfulExitFalse));
  EXPECT_TRUE(starts({.crashed = true}));
  EXPECT_TRUE(starts({.run_at_load = true}));
  EXPECT_FALSE(starts({}));
}

TEST(Launchd, LaunchOnlyOnceBeatsKeepAlive) {
  EXPECT_EQ(StartsOf({.keep_alive = true, .launch_only_once = true}, {}, 1h).size(), 1U);
}

TEST(Launchd, StopEscalatesAfterExitTimeOut) {
  EXPECT_EQ(MakeLaunchdPolicy({})->ExitTimeout(), 20s);
  EXPECT_EQ(MakeLaunchdPolicy({.exit_timeout = 5s})->ExitTimeout(), 5s);
  EXPECT_EQ(MakeLaunchdPolicy({.exit_timeout = 0s})->ExitTimeout(), std::nullopt);
}

// Starts of a job that ends at once, where a tick falls into the throttle or not.
TEST(Launchd, StartIntervalTicksFromLoadAndIsThrottled) {
  const std::pair<seconds, std::vector<SupervisorTime>> rows[] = {
      {3s, {3s, 13s, 23s, 33s}}, {10s, {10s, 20s, 30s, 40s}}, {15s, {15s, 30s, 45s}}};
  for (const auto& [interval, starts] : rows) {
    EXPECT_EQ(StartsOf({.start_interval = interval}, {}, 41s + interval / 3), starts);
  }
}

TEST(Launchd, TickDuringARunIsKeptByThePublishedSourceAndMissedByMacos) {
  const Behaviour run = {.run_time = 40s};
  LaunchdRules rules = {.start_interval = 30s};
  EXPECT_EQ(StartsOf(rules, run, 100s), (std::vector<SupervisorTime>{30s, 70s}));
  rules.era = LaunchdEra::kModern;
  EXPECT_EQ(StartsOf(rules, run, 100s), (std::vector<SupervisorTime>{30s, 90s}));
}

TEST(Launchd, MacosStopsSoonerAndTakesNoThrottleOfZero) {
  const LaunchdRules modern = {.era = LaunchdEra::kModern, .keep_alive = true, .throttle = 0s};
  EXPECT_EQ(MakeLaunchdPolicy(modern)->ExitTimeout(), 5s);
  EXPECT_EQ(PeriodOf(modern, 50ms), 10050ms);
}

TEST(Launchd, AfterInitialDemandWaitsForTheFirstRequest) {
  const auto policy = MakeLaunchdPolicy({.run_at_load = true, .after_initial_demand = true});
  EXPECT_FALSE(policy->Next({}).start_at);
  EXPECT_EQ(policy->Asked({}, 5s).start_at, 5s);
  EXPECT_TRUE(RestartsAfter({.after_initial_demand = true}, {.status = 0}));
  EXPECT_FALSE(RestartsAfter({.successful_exit = false, .after_initial_demand = true}, {}));
}

std::unique_ptr<Policy> Parse(const std::string& entries) {
  return ParseLaunchdPlist(
      "agent.plist",
      "<plist><dict>\n<key>Label</key><string>com.a</string>\n" + entries + "\n</dict></plist>");
}

std::string EntriesError(const std::string& entries) {
  try {
    Parse(entries);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "none";
}

TEST(LaunchdPlist, KeepAliveOfAnyFormIsRead) {
  const std::pair<const char*, const char*> cases[] = {
      {"<key>KeepAlive</key><true/>", "launchd KeepAlive=true, throttle 10 s"},
      {"<key>keepalive</key><true/>", "launchd KeepAlive=true, throttle 10 s"},
      {"<key>OnDemand</key><false/>", "launchd KeepAlive=true, throttle 10 s"},
      {"<key>KeepAlive</key><false/>", "launchd on demand only, throttle 10 s"},
      {"<key>RunAtLoad</key><true/>", "launchd RunAtLoad, throttle 10 s"},
      {"<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/><key>Crashed</key><true/>"
       "</dict><key>ThrottleInterval</key><integer>60</integer>",
       "launchd KeepAlive={SuccessfulExit=false, Crashed=true}, throttle 1 min"},
      {"<key>KeepAlive</key><true/><key>ThrottleInterval</key><integer>0</integer>",
       "launchd KeepAlive=true, no throttle"},
  };
  for (const auto& [entries, description] : cases) {
    EXPECT_EQ(Parse(entries)->Describe(), description);
    EXPECT_TRUE(Parse(entries)->Notes().empty());
  }
}

TEST(LaunchdPlist, ReasonsOutsideTheJobHaveTheirValuesHere) {
  const auto network = Parse("<key>KeepAlive</key><dict><key>NetworkState</key><true/></dict>");
  EXPECT_TRUE(network->Next({}).start_at);
  EXPECT_EQ(network->Notes().size(), 1U);
  const auto other = [](const char* loaded) {
    return Parse(std::string("<key>KeepAlive</key><dict><key>OtherJobEnabled</key><dict>"
                             "<key>com.b</key>") +
                 loaded + "</dict></dict>");
  };
  EXPECT_TRUE(other("<false/>")->Next({}).start_at);
  EXPECT_FALSE(other("<true/>")->Next({}).start_at);
}

TEST(LaunchdPlist, JobIsExposed) {
  const auto policy = Parse(
      "<key>ProgramArguments</key><array><string>x</string><string>-v</string></array>"
      "<key>Program</key><string>/bin/x</string>"
      "<key>WorkingDirectory</key><string>/var</string>"
      "<key>EnvironmentVariables</key><dict><key>A</key><string>b</string></dict>");
  const Job& job = policy->job();
  EXPECT_EQ(job.label, "com.a");
  EXPECT_EQ(job.command, (std::vector<std::string>{"/bin/x", "-v"}));
  EXPECT_EQ(job.working_directory, "/var");
  EXPECT_EQ(job.environment.at("A"), "b");
  EXPECT_EQ(job.marks.at("XPC_SERVICE_NAME"), "com.a");
}

TEST(LaunchdPlist, ProgramAloneIsTheCommand) {
  EXPECT_EQ(Parse("<key>Program</key><string>/bin/x</string>")->job().command,
            std::vector<std::string>{"/bin/x"});
}

TEST(LaunchdPlist, ProcessGroupEndsUnlessAbandoned) {
  EXPECT_TRUE(Parse("")->EndsProcessGroup());
  EXPECT_FALSE(Parse("<key>AbandonProcessGroup</key><true/>")->EndsProcessGroup());
}

TEST(LaunchdPlist, BadIntervalsAreRefusedWithTheirLine) {
  const std::string key = "<key>ThrottleInterval</key>\n";
  EXPECT_EQ(EntriesError(key + "<integer>-1</integer>"),
            "agent.plist:4: ThrottleInterval is negative");
  EXPECT_EQ(EntriesError(key + "<integer>7abc</integer>"),
            "agent.plist:4: '7abc' is not an integer");
  EXPECT_EQ(EntriesError(key + "<integer>4294967297</integer>"),
            "agent.plist:4: ThrottleInterval is huge");
}

TEST(LaunchdPlist, WithoutLabelOrDictionaryIsRefused) {
  EXPECT_THROW(ParseLaunchdPlist("a", "<plist><dict/></plist>"), BadInput);
  EXPECT_THROW(ParseLaunchdPlist("a", "<plist><true/></plist>"), BadInput);
}

TEST(LaunchdPlist, KeysThatLaunchdOrTheModelIgnoresAreNoted) {
  const auto policy = Parse(
      "<key>KeepAlive</key><string>true</string>\n<key>StartOnMount</key><true/>\n"
      "<key>StandardOutPath</key><string>/x</string>");
  EXPECT_EQ(policy->Notes(),
            (std::vector<std::string>{"agent.plist:3: KeepAlive is a string: launchd ignores it",
                                      "agent.plist:4: StartOnMount is not simulated"}));
  EXPECT_FALSE(policy->Next({}).start_at);
}

}  // namespace
}  // namespace pidfall
