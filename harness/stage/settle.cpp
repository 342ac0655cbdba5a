// The Stage's look at its starts: who serves, waits or has ended.
#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "harness/probe/process.h"
#include "harness/probe/sockets.h"
#include "harness/stage/stage.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<TcpSocket> Held(const std::vector<pid_t>& processes, std::vector<TcpSocket> sockets) {
  if (sockets.empty()) return sockets;
  std::set<uint64_t> open;
  for (const pid_t pid : processes) open.merge(OpenSockets(pid));
  std::erase_if(sockets, [&](const TcpSocket& socket) { return !open.contains(socket.inode); });
  return sockets;
}

bool AnyHolds(const std::vector<pid_t>& processes, const std::vector<TcpSocket>& sockets) {
  return !Held(processes, sockets).empty();
}

// Where one of two addresses is another's, many a server waits or goes on with the other one.
size_t AddressesHeld(const std::vector<pid_t>& processes, const std::vector<TcpSocket>& sockets) {
  std::set<std::string> addresses;
  for (const TcpSocket& socket : Held(processes, sockets)) addresses.insert(socket.address);
  return addresses.size();
}

Duration Ran(const std::vector<pid_t>& processes) {
  Duration ran{0};
  for (const pid_t pid : processes) {
    for (const auto& [thread, time] : ProcessorTimes(pid)) ran += time.ran;
  }
  return ran;
}

}  // namespace

std::vector<TcpSocket> Stage::ListenersOn(int port) const {
  std::vector<TcpSocket> sockets = census_.Listeners();
  std::erase_if(sockets, [&](const TcpSocket& socket) { return socket.port != port; });
  return sockets;
}

bool Stage::Serves(const Instance& instance) const {
  const auto processes = instance.Processes();
  if (!target_.port || processes.empty()) return !processes.empty();
  return AddressesHeld(processes, ListenersOn(instance.port())) >= target_.addresses;
}

bool Stage::ListensAnywhere(const Instance& instance) const {
  return AnyHolds(instance.Processes(), census_.Listeners());
}

// One that leaves the serving to others ends, unless it supervises them. Until then it would pass
// for the main process.
void Stage::AwaitLauncher(const Instance& instance) {
  if (!target_.port || instance.ended()) return;
  if (AnyHolds({instance.pid()}, ListenersOn(instance.port()))) return;
  WaitUntil([&] { return instance.ended(); }, kLauncherBound);
}

bool Stage::Stays(const Instance& instance) {
  const auto processes = instance.Processes();
  if (processes.empty()) return false;
  // One that looks after something every moment never sleeps for long; one that prints without end
  // sleeps whenever we are slow to read.
  const bool rests = instance.age() >= kSettlesFor && instance.Sleeps() &&
                     std::none_of(processes.begin(), processes.end(), WaitsToWrite);
  return rests || instance.HasSleptFor(kSleepsAfter) ||
         std::all_of(processes.begin(), processes.end(), WaitsWithoutTimeout);
}

std::vector<const Instance*> Stage::Serving(int port) const {
  const Census::Look look(census_);
  std::vector<const Instance*> serving;
  for (const Instance& instance : instances_) {
    if (instance.port() == port && Serves(instance)) serving.push_back(&instance);
  }
  return serving;
}

std::optional<Outcome> Stage::OutcomeNow(Instance& instance) {
  if (instance.ended() && instance.Processes().empty()) return Outcome::kEnded;
  if (target_.port && Serves(instance)) return Outcome::kServes;
  const auto processes = instance.Processes();
  const bool waits =
      !processes.empty() && std::all_of(processes.begin(), processes.end(), WaitsWithoutTimeout);
  // Without a port, what sleeps through its time as cron does serves as well.
  if (!waits && !target_.port && Stays(instance)) return Outcome::kServes;
  if (!waits) return std::nullopt;
  const bool in_lock = std::any_of(processes.begin(), processes.end(), WaitsForLock);
  if (!target_.port && !in_lock) return Outcome::kServes;
  return Outcome::kWaits;
}

bool Stage::AllAtRest() const {
  return std::all_of(instances_.begin(), instances_.end(), [](const Instance& instance) {
    const auto processes = instance.Processes();
    return std::all_of(processes.begin(), processes.end(), WaitsWithoutTimeout);
  });
}

// Somebody has the port, and it has not got all of its addresses. It may be trying again.
bool Stage::GoesOnWithout(const Instance& instance) const {
  if (!target_.port || ListenersOn(instance.port()).empty()) return false;
  return instance.Sleeps() && !instance.Processes().empty();
}

// What ticks meanwhile never sleeps for long: it has to look blocked for longer, and hardly run.
// That it is just running, or starved while it would, says nothing of what it does then.
bool Stage::HasBlocked(const Instance& instance, bool looks_blocked,
                       std::optional<Blocked>& so_far) const {
  constexpr int kHardly = 50;  // a fiftieth of the time
  if (!looks_blocked && instance.Sleeps()) so_far.reset();
  if (!looks_blocked) return false;
  const auto asked = Clock::now();
  const auto processes = instance.Processes();
  if (std::any_of(processes.begin(), processes.end(), WaitsForLock)) return true;
  if (!so_far) so_far = {Clock::now(), Ran(processes)};
  const Duration time = asked - so_far->since;
  if (instance.HasSleptFor(kWaitsAfter)) return time >= kWaitsAfter;
  if (time < kSleepsAfter) return false;
  const bool hardly_ran = (Ran(processes) - so_far->ran) * kHardly <= time;
  if (!hardly_ran) so_far.reset();
  return hardly_ran;
}

Outcome Stage::Settle(Instance& instance, Duration bound) {
  std::optional<Outcome> outcome;
  std::optional<Blocked> blocked;
  std::optional<Clock::time_point> serves_since, partly_since;
  const auto has_settled = [&] {
    outcome = OutcomeNow(instance);
    // Without a port, waiting for a moment (for the log, for the folder that another start changes)
    // looks like having nothing left to do.
    const bool may_pass =
        outcome == Outcome::kWaits || (outcome == Outcome::kServes && !target_.port);
    const bool has_blocked = HasBlocked(instance, may_pass, blocked);
    if (outcome != Outcome::kServes) serves_since.reset();
    if (outcome == Outcome::kServes && !instance.Sleeps()) {
      if (!serves_since) serves_since = Clock::now();
      return Clock::now() - *serves_since >= kBusyAfter;
    }
    if (!outcome && GoesOnWithout(instance)) {
      if (!partly_since) partly_since = Clock::now();
      if (Clock::now() - *partly_since >= kSettlesFor) outcome = Outcome::kWaits;
      return outcome.has_value();
    }
    return may_pass ? has_blocked : outcome.has_value();
  };
  if (!WaitUntil(has_settled, bound)) {
    throw Broken(instance.name() + " neither served, ended nor waited within " +
                 std::to_string(std::chrono::duration_cast<std::chrono::seconds>(bound).count()) +
                 " s");
  }
  if (outcome == Outcome::kServes) AwaitLauncher(instance);
  if (outcome == Outcome::kServes) Saw(instance.name() + " serves");
  if (outcome == Outcome::kWaits) Saw(instance.name() + " waits");
  if (outcome == Outcome::kEnded) {
    Saw(instance.name() + " ended" +
        (instance.ending() ? " with " + instance.ending()->Describe() : "") + ", printed " +
        instance.Printed());
  }
  return *outcome;
}

}  // namespace pidfall
