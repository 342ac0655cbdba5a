#include "harness/observe/settling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using Port = Settling::Port;
using testing::Field;
using testing::Optional;

constexpr auto kLookedAtEach = 10ms;
constexpr auto kLookedAtFor = 4s;
constexpr pid_t kFirst = 10;

// --- one process

ProcessSighting Runs(pid_t pid = kFirst) { return {.pid = pid, .state = 'R'}; }
ProcessSighting Sleeps(pid_t pid = kFirst) { return {.pid = pid, .state = 'S'}; }
ProcessSighting WaitsForEver(pid_t pid = kFirst) {
  return {.pid = pid, .state = 'S', .has_no_timeout = true};
}
ProcessSighting WaitsInLock(pid_t pid = kFirst) {
  return {.pid = pid, .state = 'S', .has_no_timeout = true, .in_lock = true};
}
// It wakes at each look, and runs for this long.
ProcessSighting Ticks(Duration at, Duration ran, bool has_no_timeout) {
  const auto ticks = static_cast<uint64_t>(at / kLookedAtEach);
  return {.pid = kFirst,
          .state = 'S',
          .switches = ticks,
          .ran = ran * ticks,
          .has_no_timeout = has_no_timeout};
}

// --- the outcome of a start that looks the same from its beginning

struct End {
  Settled settled;
  Duration after;
};

std::optional<End> WatchFor(Duration time, Port port,
                            const std::function<Sighting(Duration at)>& look) {
  Settling settling(port);
  for (Duration at = 0ms; at <= time; at += kLookedAtEach) {
    Sighting sighting = look(at);
    sighting.began = sighting.over = std::chrono::steady_clock::time_point(at);
    sighting.age = at;
    settling.See(sighting);
    if (settling.settled()) return End{*settling.settled(), at};
  }
  return std::nullopt;
}

struct Case {
  std::string name;
  Port port;
  std::function<Sighting(Duration at)> look;
  std::optional<Outcome> outcome;  // empty: not decided yet
  Duration after = 0ms;
};

const Case kCases[] = {
    // --- with a port
    {"ListensAndSleeps", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {Sleeps()}, .listens = true, .first_listens = true};
     },
     Outcome::kServes},
    {"ListensAndIsStillBusy", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {Runs()}, .listens = true, .first_listens = true};
     },
     Outcome::kServes, kBusyAfter},
    {"ListensForAMomentBeforeItEnds", Port::kExpected,
     [](Duration at) {
       if (at >= 100ms) return Sighting{.first_ended = true};
       return Sighting{.processes = {Runs()}, .listens = true, .first_listens = true};
     },
     Outcome::kEnded, 100ms},
    {"HasOnlyOneOfItsAddresses", Port::kExpected,
     [](Duration) { return Sighting{.processes = {Sleeps()}, .is_kept_out = true}; },
     Outcome::kWaits, kSettlesFor},
    {"SleepsForATime", Port::kExpected, [](Duration) { return Sighting{.processes = {Sleeps()}}; },
     std::nullopt},
    {"Runs", Port::kExpected, [](Duration) { return Sighting{.processes = {Runs()}}; },
     std::nullopt},
    {"WaitsInALock", Port::kExpected,
     [](Duration) { return Sighting{.processes = {WaitsInLock()}}; }, Outcome::kWaits},
    {"WaitsInALockBesideABusyChild", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {WaitsInLock(), Runs(11)}};
     },
     std::nullopt},
    {"WaitsWithoutATimeout", Port::kExpected,
     [](Duration) { return Sighting{.processes = {WaitsForEver()}}; }, Outcome::kWaits,
     kWaitsAfter},
    {"WaitsForAMomentAgainAndAgain", Port::kExpected,
     [](Duration at) { return Sighting{.processes = {Ticks(at, 5ms, true)}}; }, std::nullopt},
    {"WaitsForAMomentAndListens", Port::kExpected,
     [](Duration at) {
       if (at < 50ms) return Sighting{.processes = {WaitsForEver()}};
       return Sighting{.processes = {Sleeps()}, .listens = true, .first_listens = true};
     },
     Outcome::kServes, 50ms},
    {"TicksWhileItWaits", Port::kExpected,
     [](Duration at) { return Sighting{.processes = {Ticks(at, 10us, true)}}; }, Outcome::kWaits,
     kSleepsAfter},
    {"TicksAndIsSeenRunning", Port::kExpected,
     [](Duration at) {
       Sighting sighting{.processes = {Ticks(at, 10us, true)}};
       if (at == 300ms) sighting.processes[0].state = 'R';
       return sighting;
     },
     Outcome::kWaits, kSleepsAfter},
    {"TicksAndSleepsForATimeInTurn", Port::kExpected,
     [](Duration at) {
       return Sighting{.processes = {Ticks(at, 10us, at / kLookedAtEach % 2 == 0)}};
     },
     std::nullopt},
    {"TicksAfterItWasBusy", Port::kExpected,
     [](Duration at) {
       Sighting sighting{.processes = {Ticks(at, 10us, true)}};
       sighting.processes[0].ran += std::min<Duration>(at, 400ms);
       return sighting;
     },
     Outcome::kWaits, 2 * kSleepsAfter + kLookedAtEach},
    {"ListensTwiceAndIsStillBusy", Port::kExpected,
     [](Duration at) {
       const bool listens = at < 300ms || at >= 400ms;
       return Sighting{.processes = {Runs()}, .listens = listens, .first_listens = listens};
     },
     Outcome::kServes, 400ms + kBusyAfter},
    {"StopsToListenAndWaits", Port::kExpected,
     [](Duration at) {
       if (at < 300ms) {
         return Sighting{.processes = {Runs()}, .listens = true, .first_listens = true};
       }
       return Sighting{.processes = {WaitsForEver()}};
     },
     Outcome::kWaits, 300ms + kWaitsAfter},
    {"RunsBesideAnOwner", Port::kExpected,
     [](Duration) { return Sighting{.processes = {Runs()}, .is_kept_out = true}; }, std::nullopt},
    {"PollsBesideAnOwnerAndWaitsForAProcessor", Port::kExpected,
     [](Duration at) {
       ProcessSighting ticks = Ticks(at, 50us, false);
       ticks.state = 'R';
       ticks.postponed = at / 2;
       return Sighting{.processes = {ticks}, .is_kept_out = true, .polls = true};
     },
     Outcome::kWaits, kSettlesFor},
    {"LoadsBesideAnOwnerAndWaitsForAProcessor", Port::kExpected,
     [](Duration at) {
       ProcessSighting loads = Runs();
       loads.ran = at / 100;
       loads.postponed = at - loads.ran;
       return Sighting{.processes = {loads}, .is_kept_out = true, .polls = true};
     },
     std::nullopt},
    {"IsStopped", Port::kExpected,
     [](Duration) { return Sighting{.processes = {{.pid = kFirst, .state = 'T'}}}; },
     Outcome::kWaits, kWaitsAfter},
    {"IsHeldByATracer", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {{.pid = kFirst, .state = 't', .has_no_timeout = true}}};
     },
     std::nullopt},
    {"WaitsForADisk", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {{.pid = kFirst, .state = 'D', .has_no_timeout = true}}};
     },
     std::nullopt},
    {"Ended", Port::kExpected, [](Duration) { return Sighting{.first_ended = true}; },
     Outcome::kEnded},
    {"IsHalfReaped", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {{.pid = 11, .state = 'X'}, {.pid = 12, .state = 'Z'}},
                       .first_ended = true};
     },
     Outcome::kEnded},
    {"IsNotReapedYet", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {{.pid = kFirst, .state = 'Z'}}, .is_kept_out = true};
     },
     std::nullopt},
    {"ServesInTheBackground", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {Sleeps(11)}, .first_ended = true, .listens = true};
     },
     Outcome::kServes},
    {"IsOnItsWayInTheBackground", Port::kExpected,
     [](Duration) { return Sighting{.processes = {Runs(11)}, .first_ended = true}; }, std::nullopt},
    {"WaitsInTheBackground", Port::kExpected,
     [](Duration) { return Sighting{.processes = {WaitsForEver(11)}, .first_ended = true}; },
     Outcome::kWaits, kWaitsAfter},
    {"FailsAndLeavesAHelperThatSleeps", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {Sleeps(11)}, .first_ended = true, .first_failed = true};
     },
     Outcome::kEnded, kSleepsAfter},
    {"FailsAndLeavesAHelperThatWaits", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {WaitsForEver(11)}, .first_ended = true, .first_failed = true};
     },
     Outcome::kEnded, kSleepsAfter},
    {"FailsAndLeavesAHelperThatRuns", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {Runs(11)}, .first_ended = true, .first_failed = true};
     },
     std::nullopt},
    {"FailsAndServesInTheBackground", Port::kExpected,
     [](Duration) {
       return Sighting{
           .processes = {Sleeps(11)}, .first_ended = true, .first_failed = true, .listens = true};
     },
     Outcome::kServes},
    {"ServesBeforeItsLauncherEnds", Port::kExpected,
     [](Duration at) {
       const bool ended = at >= 100ms;
       Sighting sighting{.processes = {Sleeps(11)}, .first_ended = ended, .listens = true};
       if (!ended) sighting.processes.push_back(Sleeps());
       return sighting;
     },
     Outcome::kServes, 100ms},
    {"ServesUnderAShellThatSupervises", Port::kExpected,
     [](Duration) {
       return Sighting{.processes = {WaitsForEver(), Sleeps(11)}, .listens = true};
     },
     Outcome::kServes, kLauncherBound},
    {"ServesAndItsLauncherIsPostponed", Port::kExpected,
     [](Duration at) {
       const bool ended = at >= 1s;
       Sighting sighting{.processes = {Sleeps(11)}, .first_ended = ended, .listens = true};
       if (!ended) sighting.processes.push_back({.pid = kFirst, .state = 'S', .postponed = at});
       return sighting;
     },
     Outcome::kServes, 1s},

    // --- without one
    {"PortlessStays", Port::kNone, [](Duration) { return Sighting{.processes = {WaitsForEver()}}; },
     Outcome::kServes, kWaitsAfter},
    {"PortlessWaitsInALock", Port::kNone,
     [](Duration) { return Sighting{.processes = {WaitsInLock()}}; }, Outcome::kWaits},
    {"PortlessSleepsForATime", Port::kNone,
     [](Duration) { return Sighting{.processes = {Sleeps()}}; }, Outcome::kServes,
     kSleepsAfter + kWaitsAfter},
    {"PortlessTicks", Port::kNone,
     [](Duration at) { return Sighting{.processes = {Ticks(at, 10us, false)}}; }, Outcome::kServes,
     kSettlesFor + kSleepsAfter},
    {"PortlessPrintsWithoutEnd", Port::kNone,
     [](Duration at) {
       Sighting sighting{.processes = {Ticks(at, 10us, false)}};
       sighting.processes[0].writes = true;
       return sighting;
     },
     std::nullopt},
    {"PortlessRuns", Port::kNone, [](Duration) { return Sighting{.processes = {Runs()}}; },
     std::nullopt},
    {"PortlessEnded", Port::kNone, [](Duration) { return Sighting{.first_ended = true}; },
     Outcome::kEnded},
};

class SettlingTest : public testing::TestWithParam<Case> {};

TEST_P(SettlingTest, SettlesAs) {
  const Case& is = GetParam();
  const auto end = WatchFor(kLookedAtFor, is.port, is.look);
  ASSERT_EQ(end.has_value(), is.outcome.has_value());
  if (!end) return;
  EXPECT_EQ(end->settled.outcome, *is.outcome) << end->settled.reason;
  EXPECT_EQ(end->after, is.after);
}

INSTANTIATE_TEST_SUITE_P(AStartThat, SettlingTest, testing::ValuesIn(kCases),
                         [](const auto& told) { return told.param.name; });

Sighting At(Duration began, Duration over, const ProcessSighting& process) {
  return {.began = std::chrono::steady_clock::time_point(began),
          .over = std::chrono::steady_clock::time_point(over),
          .processes = {process}};
}

TEST(SettlingTimeTest, TheTimeOfALookThatTookLongDoesNotCount) {
  Settling settling(Port::kExpected);
  settling.See(At(0ms, 200ms, WaitsForEver()));
  settling.See(At(210ms, 400ms, WaitsForEver()));
  EXPECT_FALSE(settling.settled());
  settling.See(At(300ms, 400ms, WaitsForEver()));
  EXPECT_TRUE(settling.settled());
}

TEST(SettlingTimeTest, ALookAtAStartThatHadJustRunDoesNotCount) {
  Settling settling(Port::kNone);
  settling.See(At(0ms, 200ms, Sleeps()));
  settling.See(At(600ms, 600ms, Sleeps()));
  EXPECT_FALSE(settling.stays());
  settling.See(At(700ms, 700ms, Sleeps()));
  EXPECT_TRUE(settling.stays());
}

TEST(SettlingTimeTest, OneThatRanBetweenTwoLooksSleepsAnew) {
  Settling settling(Port::kExpected);
  ProcessSighting woken = WaitsForEver();
  settling.See(At(0ms, 0ms, woken));
  woken.switches = 1;
  settling.See(At(90ms, 90ms, woken));
  settling.See(At(150ms, 150ms, woken));
  EXPECT_FALSE(settling.settled());
  settling.See(At(190ms, 190ms, woken));
  EXPECT_THAT(settling.settled(), Optional(Field(&Settled::outcome, Outcome::kWaits)));
}

TEST(SettlingTimeTest, ANewProcessWithTheSamePidIsAnother) {
  Settling settling(Port::kNone);
  settling.See(At(0ms, 0ms, Sleeps()));
  settling.See(At(600ms, 600ms, Sleeps(11)));
  EXPECT_FALSE(settling.stays());
}

TEST(SettlingTimeTest, AStartThatLoadsForLongMayLackItsPortForAsLong) {
  Settling settling(Port::kExpected, 4s);
  const auto lacks_port = [](Duration at) {
    Sighting sighting = At(at, at, Sleeps());
    sighting.is_kept_out = true;
    return sighting;
  };
  settling.See(lacks_port(0ms));
  settling.See(lacks_port(kSettlesFor + 4s));
  EXPECT_FALSE(settling.settled());
  settling.See(lacks_port(kSettlesFor + 5s));
  EXPECT_THAT(settling.settled(), Optional(Field(&Settled::outcome, Outcome::kWaits)));
}

TEST(SettlingTimeTest, TheLastSightingSaysServesBeforeItIsSettled) {
  Settling settling(Port::kExpected);
  Sighting busy = At(0ms, 0ms, Runs());
  busy.listens = true;
  settling.See(busy);
  EXPECT_THAT(settling.looks(), Optional(Field(&Settled::outcome, Outcome::kServes)));
  EXPECT_FALSE(settling.settled());
}

// --- one look alone

ProcessSighting In(char state, bool has_no_timeout) {
  return {.pid = kFirst, .state = state, .has_no_timeout = has_no_timeout};
}

TEST(IsAtRestTest, EveryProcessIsStoppedOrBlocksWithoutATimeout) {
  EXPECT_TRUE(IsAtRest({.processes = {In('S', true), In('T', false)}}));
  EXPECT_TRUE(IsAtRest({.processes = {In('t', true)}}));  // held by a tracer in such a call
  EXPECT_TRUE(IsAtRest({.processes = {In('Z', false)}}));
  EXPECT_TRUE(IsAtRest({}));
  EXPECT_FALSE(IsAtRest({.processes = {In('S', true), In('S', false)}}));
  EXPECT_FALSE(IsAtRest({.processes = {In('R', true)}}));  // it has run since
  EXPECT_FALSE(IsAtRest({.processes = {In('D', true)}}));
}

}  // namespace
}  // namespace pidfall
