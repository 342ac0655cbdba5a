// What has become of a start: it serves, it has ended, it waits; or it is still on its way.
//
//   Settling settling(Settling::Port::kExpected);
//   while (!settling.settled()) settling.See(LookAt(start));
//   settling.settled()->outcome;
//
// A value: it is fed with sightings, and neither touches a process nor reads a clock. All its times
// come out of the sightings.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/process/launch.h"

namespace pidfall {

enum class Outcome { kServes, kEnded, kWaits };

// One process at one look.
struct ProcessSighting {
  pid_t pid = 0;
  char state = 'R';               // as in ProcessInfo
  uint64_t switches = 0;          // how often its first thread got the processor or gave it up
  Duration ran{0}, postponed{0};  // all threads: on a processor, and while others had it
  bool has_no_timeout = false;    // every thread blocks in a call that no time ends
  bool in_lock = false;           // some thread blocks in a lock
  bool writes = false;            // some thread blocks because nobody takes its output
};

// One look at a start and all that came of it. What cannot change the answer need not be filled in:
// calls, switches and times of one that listens on its port or runs.
struct Sighting {
  std::chrono::steady_clock::time_point began{}, over{};  // of the look, which may take long
  Duration age{0};                                        // of the start
  std::vector<ProcessSighting> processes{};
  bool first_ended = false;    // the started process; a daemon may live on
  bool listens = false;        // on all the addresses of its port
  bool first_listens = false;  // the started process does
  bool port_is_taken = false;  // somebody listens there
};

struct Settled {
  Outcome outcome;
  std::string_view reason;
};

class Settling {
 public:
  // Without a port, a start serves by staying.
  enum class Port { kExpected, kNone };

  explicit Settling(Port port) : has_port_(port == Port::kExpected) {}

  void See(const Sighting& sighting);

  // None: still on its way.
  const std::optional<Settled>& settled() const { return settled_; }
  // By the last sighting alone. One that looks like waiting may only wait for the next moment.
  const std::optional<Settled>& looks() const { return looks_; }
  // It looks like waiting, and for more than a moment.
  bool has_blocked() const { return has_blocked_; }
  // Still there after a while, with nothing left to do: how a target without a port serves.
  bool stays() const { return stays_; }
  // Nothing of it runs: what is starved of the processor is not done yet.
  bool sleeps() const { return sleeps_; }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  // When something began, and how long the start had run and been postponed by then.
  struct Mark {
    TimePoint since;
    Duration ran, postponed;
  };

  void NoteSleep(const Sighting& now);
  bool HasSleptFor(Duration time, const Sighting& now) const;
  bool Stays(const Sighting& now) const;
  std::optional<Settled> LookOf(const Sighting& now) const;
  bool NoteBlocked(bool looks_blocked, const Sighting& now);
  std::optional<Settled> SettledNow(const Sighting& now);
  bool IsStillBusy(const Sighting& now);
  std::optional<Settled> GoesOnWithout(const Sighting& now);
  bool AwaitsLauncher(const Sighting& now);

  bool has_port_;
  std::vector<std::pair<pid_t, uint64_t>> switches_;  // at the last look
  TimePoint sleeps_since_;
  std::optional<Mark> blocked_, launched_;
  std::optional<TimePoint> busy_since_, without_since_;
  bool sleeps_ = false, stays_ = false, has_blocked_ = false;
  std::optional<Settled> looks_, settled_;
};

// A start that is blocked for this long, in a call that no timeout ends, is waiting. Blocking in a
// lock counts at once.
inline constexpr Duration kWaitsAfter = std::chrono::milliseconds(100);
// Without a port, one that sleeps for this long, whatever wakes it, has nothing left to do.
inline constexpr Duration kSleepsAfter = std::chrono::milliseconds(500);
// A start that has not got its port tries for a while; after this long it goes on without.
inline constexpr Duration kSettlesFor = std::chrono::seconds(3);
// Some listen before they have done all that may still end them. One that is still busy after this
// long serves.
inline constexpr Duration kBusyAfter = std::chrono::milliseconds(500);
// A launcher that is told that its daemon serves ends at once; a shell that supervises does not.
inline constexpr Duration kLauncherBound = std::chrono::milliseconds(200);

}  // namespace pidfall
