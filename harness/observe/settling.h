// The outcome of a start: it serves, it has ended, it waits; or it is not decided yet.
//
//   Settling settling(Settling::Port::kExpected);
//   while (!settling.settled()) settling.See(LookAt(start));
//   settling.settled()->outcome;
//
// A value: it is fed with sightings, and neither touches a process nor reads a clock. All its times
// come from the sightings.
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
  bool has_no_timeout = false;    // every thread blocks in a call without a timeout
  bool in_lock = false;           // some thread blocks in a lock
  bool writes = false;            // some thread blocks because no process reads its output
};

// One look at a start and its processes. Values that cannot change the answer need not be set:
// calls, switches and times of a process that listens on its port or runs.
struct Sighting {
  std::chrono::steady_clock::time_point began{}, over{};  // of the look, which may take long
  Duration age{0};                                        // of the start
  std::vector<ProcessSighting> processes{};
  bool first_ended = false;    // the started process; a daemon may live on
  bool first_failed = false;   // with a status: what lives on is no daemon of a launcher
  bool listens = false;        // on all the addresses of its port
  bool first_listens = false;  // the started process does
  bool is_kept_out = false;    // some process has its port, or it stands by for one
  bool polls = false;          // such a start of this target asks again and again
};

// Every process is stopped or blocks in a call without a timeout. Of no process: true.
bool IsAtRest(const Sighting& now);

struct Settled {
  Outcome outcome;
  std::string_view reason;
};

// A quarter more: no two starts take the same time.
constexpr Duration WithMargin(Duration start_up) {
  constexpr int kMargin = 4;
  return start_up + start_up / kMargin;
}

// A start that lacks its port tries for a while; after this long it goes on without the port.
constexpr Duration kSettlesFor = std::chrono::seconds(3);

class Settling {
 public:
  // Without a port, a start serves by staying.
  enum class Port { kExpected, kNone };

  // `start_up`: how long a start took that nobody kept out. A start that lacks its port may load
  // for as long before it finds that out. `tries`: how long it then tries to get the port, or what
  // else its owner has, before it counts as one that stands by.
  explicit Settling(Port port, Duration start_up = Duration::zero(), Duration tries = kSettlesFor);

  void See(const Sighting& sighting);

  // Empty: not decided yet.
  const std::optional<Settled>& settled() const { return settled_; }
  // By the last sighting alone. A start that looks like waiting may only wait for a moment.
  const std::optional<Settled>& looks() const { return looks_; }
  // It has looked like waiting for more than a moment.
  bool has_blocked() const { return has_blocked_; }
  // Still there after a while, with its start-up complete: how a target without a port serves.
  bool stays() const { return stays_; }
  // No process of it runs or waits for a processor.
  bool sleeps() const { return sleeps_; }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  // A moment, with the time that the start had run and had waited for a processor until then.
  struct Mark {
    TimePoint since;
    Duration ran, postponed;
  };

  static Mark MarkOf(const Sighting& now);
  static bool HardlyRan(const Mark& mark, const Sighting& now);

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
  Duration without_port_;  // a start that lacks its port for this long goes on without it
  std::vector<std::pair<pid_t, uint64_t>> switches_;  // at the last look
  TimePoint sleeps_since_;
  std::optional<Mark> blocked_, launched_, without_;
  std::optional<TimePoint> busy_since_;
  bool sleeps_ = false, stays_ = false, has_blocked_ = false;
  std::optional<Settled> looks_, settled_;
};

// A start that is blocked for this long, in a call without a timeout, is waiting. Blocking in a
// lock counts at once.
inline constexpr Duration kWaitsAfter = std::chrono::milliseconds(100);
// Without a port, a start that sleeps for this long, with or without a timeout, is complete.
inline constexpr Duration kSleepsAfter = std::chrono::milliseconds(500);
// Some listen before the last step that may still end them. A start that is still busy after this
// long serves.
inline constexpr Duration kBusyAfter = std::chrono::milliseconds(500);
// A launcher whose daemon serves ends at once; a shell that supervises does not.
inline constexpr Duration kLauncherBound = std::chrono::milliseconds(200);

}  // namespace pidfall
