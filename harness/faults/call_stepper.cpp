#include "harness/faults/call_stepper.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "harness/kernel/process.h"
#include "harness/process/fd.h"
#include "harness/stage/story_end.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                          PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
constexpr int kCallStop = SIGTRAP | 0x80;  // a call's stop under PTRACE_O_TRACESYSGOOD
constexpr std::chrono::milliseconds kQuiet{2};
// For processes in which some thread is never quiet.
constexpr std::chrono::milliseconds kAskAtLeast{50};
// For a thread that must stop: a parent in vfork stops when its child executes or ends.
constexpr std::chrono::seconds kStandsBound{10};

bool MakesTracee(int event) {
  return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE;
}

// The lower number of two signals is delivered first, and that may be one for the process itself.
bool IsOfOurMaking(int signal) { return signal == SIGSTOP || signal == SIGTRAP; }

// Stops of tracees come as SIGCHLD: blocked, so that none is lost between a look and the wait.
class ChildSignals {
 public:
  ChildSignals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &before_);
    signals_ = UniqueFd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  ~ChildSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  ChildSignals(const ChildSignals&) = delete;
  ChildSignals& operator=(const ChildSignals&) = delete;

  // False: none came for a while.
  bool Await() const {
    pollfd event{signals_.get(), POLLIN, 0};
    if (poll(&event, 1, static_cast<int>(kQuiet.count())) != 1) return false;
    signalfd_siginfo info{};
    while (read(signals_.get(), &info, sizeof(info)) > 0) {
    }
    return true;
  }

 private:
  sigset_t before_{};
  UniqueFd signals_;
};

}  // namespace

CallStepper CallStepper::ForHeld(pid_t pid) {
  CallStepper stepper(pid);
  stepper.tracees_[pid] = {};
  return stepper;
}

CallStepper CallStepper::ForRunning(pid_t pid) {
  CallStepper stepper(pid);
  for (const pid_t thread : Threads(pid)) {
    if (stepper.IsDeadLeader(thread)) continue;
    // A thread may have ended since it was listed.
    if (ptrace(PTRACE_ATTACH, thread, nullptr, nullptr) != 0 && errno != ESRCH) {
      ThrowErrno("trace pid " + std::to_string(pid));
    }
    stepper.tracees_[thread] = {};
  }
  stepper.AwaitAll([&] { return stepper.AllHaveStopped(); }, "stop to be traced");
  return stepper;
}

// Throws Broken when the bound is over.
void CallStepper::AwaitAll(const std::function<bool()>& done, const std::string& what) const {
  const ChildSignals signals;
  const auto deadline = Clock::now() + kStandsBound;
  while (!done()) {
    if (signals.Await() || Clock::now() < deadline) continue;
    throw Broken(fmt::format("pid {} did not {} within {} s", leader_, what, kStandsBound.count()));
  }
}

void CallStepper::TakeFirstStop(pid_t id) {
  const auto stop = NextStop(id);
  if (!stop) return;
  if (stop->ended) {
    tracees_.erase(id);
  } else if (stop->signal != SIGSTOP) {
    ptrace(PTRACE_CONT, id, nullptr, stop->signal);
  } else {
    ptrace(PTRACE_SETOPTIONS, id, nullptr, kOptions);
    tracees_[id].is_new = false;
    tracees_[id].stopped = true;
  }
}

bool CallStepper::AllHaveStopped() {
  for (const pid_t id : Ids()) {
    if (!tracees_[id].stopped) TakeFirstStop(id);
  }
  return std::all_of(tracees_.begin(), tracees_.end(),
                     [](const auto& entry) { return entry.second.stopped; });
}

// The end of the first process is left to the code that started it.
std::optional<CallStepper::Stop> CallStepper::NextStop(pid_t id) const {
  constexpr int kLookOnly = WSTOPPED | WEXITED | WNOHANG | WNOWAIT | __WALL;
  siginfo_t info{};
  if (waitid(P_PID, static_cast<id_t>(id), &info, kLookOnly) != 0) return Stop{.ended = true};
  if (info.si_pid == 0) return std::nullopt;
  const bool ended = info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED;
  if (!ended || id != leader_) {
    waitid(P_PID, static_cast<id_t>(id), &info, WSTOPPED | WEXITED | WNOHANG | __WALL);
  }
  return Stop{ended, info.si_status & 0xff, info.si_status >> 8};
}

// A first thread that has ended before the others is a zombie until they have. It cannot be traced,
// and tells nothing. Other threads have an end that we must collect.
bool CallStepper::IsDeadLeader(pid_t id) const {
  return id == leader_ && StateOfThread(id) == 'Z' && Threads(id).size() > 1;
}

void CallStepper::Resume(pid_t id, int signal) {
  tracees_[id].stopped = false;
  ptrace(PTRACE_SYSCALL, id, nullptr, signal);
}

bool CallStepper::ShouldHold(pid_t id, const HoldWhen& when) {
  __ptrace_syscall_info info{};
  if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof(info), &info) <= 0) return false;
  Call& call = tracees_[id].call;
  call.thread = id;
  call.returned = info.op == PTRACE_SYSCALL_INFO_EXIT;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
    call.number = static_cast<long>(info.entry.nr);
    std::copy(std::begin(info.entry.args), std::end(info.entry.args), call.arguments.begin());
  }
  if (call.returned) call.result = info.exit.rval;
  return when(call);
}

void CallStepper::HandleEvent(pid_t id, int event) {
  unsigned long message = 0;
  if (ptrace(PTRACE_GETEVENTMSG, id, nullptr, &message) != 0) return;
  const auto other = static_cast<pid_t>(message);
  if (MakesTracee(event)) tracees_.try_emplace(other);
  // A thread that executes takes its first thread's number.
  if (event == PTRACE_EVENT_EXEC && other != id) tracees_.erase(other);
}

// True when it is held.
bool CallStepper::Handle(pid_t id, const Stop& stop, const HoldWhen& when) {
  if (stop.ended) {
    tracees_.erase(id);
    return false;
  }
  Tracee& tracee = tracees_[id];
  tracee.stopped = true;
  const bool of_our_making = tracee.is_new && IsOfOurMaking(stop.signal);
  if (of_our_making) {
    ptrace(PTRACE_SETOPTIONS, id, nullptr, kOptions);
    tracee.is_new = false;
  }
  if (stop.signal == kCallStop && ShouldHold(id, when)) return true;
  if (stop.event != 0) HandleEvent(id, stop.event);
  const bool is_signal = !of_our_making && stop.event == 0 && stop.signal != kCallStop;
  Resume(id, is_signal ? stop.signal : 0);
  return false;
}

// Tracees that a look adds are looked at, too. A child may stop before its parent's fork is
// reported: then its SIGCHLD was already read, and a parent in vfork would wait for it for ever.
bool CallStepper::HandleStops(const HoldWhen& when) {
  std::set<pid_t> looked;
  const auto is_due = [&](const auto& entry) {
    return !entry.second.stopped && !looked.contains(entry.first);
  };
  for (;;) {
    const auto due = std::find_if(tracees_.begin(), tracees_.end(), is_due);
    if (due == tracees_.end()) return false;
    const pid_t id = due->first;
    looked.insert(id);
    const auto stop = NextStop(id);
    if (stop && Handle(id, *stop, when)) return true;
  }
}

bool CallStepper::RunUntil(const HoldWhen& when, const std::function<bool()>& is_over,
                           Duration bound) {
  const ChildSignals signals;
  const auto deadline = Clock::now() + bound;
  for (const pid_t id : Ids()) {
    if (tracees_[id].stopped) Resume(id, 0);
  }
  auto asked = Clock::now();
  while (!tracees_.empty()) {
    if (HandleStops(when)) return true;
    const bool quiet = !signals.Await();
    const auto now = Clock::now();
    if (now >= deadline) return false;
    if (!quiet && now - asked < kAskAtLeast) continue;
    if (is_over() && !HasUncollectedEnd()) return false;
    asked = Clock::now();
  }
  return false;
}

// The kernel tells a parent of its child's end only after we have collected it: until then the
// parent seems to wait for ever.
bool CallStepper::HasUncollectedEnd() const {
  return std::any_of(tracees_.begin(), tracees_.end(), [](const auto& entry) {
    constexpr int kLookOnly = WEXITED | WNOHANG | WNOWAIT | __WALL;
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(entry.first), &info, kLookOnly) == 0 && info.si_pid != 0;
  });
}

std::vector<pid_t> CallStepper::Ids() const {
  std::vector<pid_t> ids;
  for (const auto& [id, tracee] : tracees_) ids.push_back(id);
  return ids;
}

// Held threads are released first, so that a parent in vfork that waits for one can stop.
void CallStepper::LetGoOf(pid_t id) {
  Tracee& tracee = tracees_[id];
  if (!tracee.stopped) {
    const auto stop = NextStop(id);
    if (!stop && !IsDeadLeader(id)) return;
    if (!stop || stop->ended) {
      tracees_.erase(id);
      return;
    }
    tracee.stopped = stop->event == 0 && stop->signal == SIGSTOP;
    if (!tracee.stopped) {
      if (stop->event != 0) HandleEvent(id, stop->event);
      const bool is_signal = stop->event == 0 && stop->signal != kCallStop;
      ptrace(PTRACE_CONT, id, nullptr, is_signal ? stop->signal : 0);
      return;
    }
  }
  if (ptrace(PTRACE_DETACH, id, nullptr, 0) == 0) {
    tracees_.erase(id);
  } else {
    tracee.stopped = false;  // it dies; its end is told next
  }
}

bool CallStepper::AllAreFree() {
  for (const pid_t id : Ids()) LetGoOf(id);
  return tracees_.empty();
}

// A thread that runs again may end the process, and with it the threads that are still held. Then
// we have to collect those: until that is done, the process does not count as ended.
void CallStepper::Release() {
  for (const auto& [id, tracee] : tracees_) {
    if (!tracee.stopped && !tracee.is_new) syscall(SYS_tkill, id, SIGSTOP);
  }
  AwaitAll([this] { return AllAreFree(); }, "stop to be let go");
}

// A thread that began a moment ago may not have been reported yet.
void CallStepper::Collect() {
  for (const pid_t thread : Threads(leader_)) {
    tracees_.try_emplace(thread, Tracee{.is_new = false});
  }
  tracees_.erase(leader_);
  Release();
}

}  // namespace pidfall
