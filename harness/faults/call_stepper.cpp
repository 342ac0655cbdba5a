#include "harness/faults/call_stepper.h"

#include <poll.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <string>
#include <vector>

#include "harness/probe/process.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long kOptions =
    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
constexpr int kCallStop = SIGTRAP | 0x80;  // what PTRACE_O_TRACESYSGOOD makes of it
constexpr std::chrono::milliseconds kLook{2};

bool IsFork(int event) { return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK; }

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
    if (poll(&event, 1, static_cast<int>(kLook.count())) != 1) return false;
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

// Which arguments are paths depends on the call; what is no address of it reads as nothing.
bool NamesPath(const Call& call, const std::string& prefix) {
  std::string found(prefix.size(), '\0');
  const iovec here{found.data(), found.size()};
  return std::any_of(call.arguments.begin(), call.arguments.end(), [&](uint64_t argument) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): another process's address, never followed here.
    const iovec there{reinterpret_cast<void*>(argument), prefix.size()};
    const ssize_t n = process_vm_readv(call.thread, &here, 1, &there, 1, 0);
    return n == static_cast<ssize_t>(prefix.size()) && found == prefix;
  });
}

CallStepper CallStepper::ForHeld(pid_t pid) {
  CallStepper stepper(pid);
  stepper.tracees_[pid] = {};
  return stepper;
}

CallStepper CallStepper::ForRunning(pid_t pid) {
  CallStepper stepper(pid);
  for (const pid_t thread : Threads(pid)) {
    // A thread may have ended since it was listed.
    if (ptrace(PTRACE_ATTACH, thread, nullptr, nullptr) != 0 && errno != ESRCH) {
      ThrowErrno("trace pid " + std::to_string(pid));
    }
    stepper.tracees_[thread] = {.is_thread = true};
  }
  stepper.AwaitFirstStops();
  return stepper;
}

// Before anything is sent to the process: of two signals the lower number is delivered first, and
// a SIGTERM would be taken for the SIGSTOP of our own making.
void CallStepper::AwaitFirstStops() {
  for (auto tracee = tracees_.begin(); tracee != tracees_.end();) {
    const bool stopped = waitpid(tracee->first, nullptr, __WALL | WUNTRACED) == tracee->first;
    if (!stopped) {
      tracee = tracees_.erase(tracee);
      continue;
    }
    ptrace(PTRACE_SETOPTIONS, tracee->first, nullptr, kOptions);
    tracee->second.is_new = false;
    tracee->second.stopped = true;
    ++tracee;
  }
}

// The leader's end is left for whoever started it.
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
  return when(call);
}

void CallStepper::FollowChild(pid_t parent) {
  unsigned long child = 0;
  if (ptrace(PTRACE_GETEVENTMSG, parent, nullptr, &child) == 0) {
    tracees_[static_cast<pid_t>(child)] = {};
  }
}

// True when it is held.
bool CallStepper::Handle(pid_t id, const Stop& stop, const HoldWhen& when) {
  if (stop.ended) {
    tracees_.erase(id);
    return false;
  }
  Tracee& tracee = tracees_[id];
  tracee.stopped = true;
  const bool of_our_making = tracee.is_new;
  if (of_our_making) ptrace(PTRACE_SETOPTIONS, id, nullptr, kOptions);
  tracee.is_new = false;
  if (stop.signal == kCallStop && ShouldHold(id, when)) return true;
  if (IsFork(stop.event)) FollowChild(id);
  const bool is_signal = !of_our_making && stop.event == 0 && stop.signal != kCallStop;
  Resume(id, is_signal ? stop.signal : 0);
  return false;
}

bool CallStepper::HandleStops(const HoldWhen& when) {
  std::vector<pid_t> ids;
  for (const auto& [id, tracee] : tracees_) ids.push_back(id);
  for (const pid_t id : ids) {
    const auto stop = NextStop(id);
    if (stop && Handle(id, *stop, when)) return true;
  }
  return false;
}

bool CallStepper::RunUntil(const HoldWhen& when, const std::function<bool()>& is_over,
                           Duration bound) {
  const ChildSignals signals;
  const auto deadline = Clock::now() + bound;
  for (const auto& [id, tracee] : tracees_) {
    if (tracee.stopped) Resume(id, 0);
  }
  while (!tracees_.empty()) {
    if (HandleStops(when)) return true;
    if (!signals.Await() && (is_over() || Clock::now() >= deadline)) return false;
  }
  return false;
}

// False: it has ended.
bool CallStepper::Halt(pid_t id) {
  if (tracees_[id].stopped) return true;
  if (!tracees_[id].is_new) syscall(SYS_tkill, id, SIGSTOP);
  for (siginfo_t info{};;) {
    // Ends: a stop was asked for, and a tracee cannot refuse it.
    constexpr int kNext = WSTOPPED | WEXITED | __WALL;
    const int look = id == leader_ ? WNOWAIT : 0;
    if (waitid(P_PID, static_cast<id_t>(id), &info, kNext | look) != 0) return false;
    if (info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED) return false;
    if (look != 0) waitid(P_PID, static_cast<id_t>(id), &info, WSTOPPED | __WALL);
    if (tracees_[id].is_new || info.si_status == SIGSTOP) return true;
    const int event = info.si_status >> 8;
    if (IsFork(event)) FollowChild(id);
    const bool is_signal = event == 0 && info.si_status != kCallStop;
    ptrace(PTRACE_CONT, id, nullptr, is_signal ? info.si_status : 0);
  }
}

// A thread that runs again may end the process, and those still held with it. They are then ours to
// collect: until that is done, the process does not count as ended.
void CallStepper::Release() {
  while (!tracees_.empty()) {
    const pid_t id = tracees_.begin()->first;
    const bool detached = Halt(id) && ptrace(PTRACE_DETACH, id, nullptr, 0) == 0;
    if (!detached && id != leader_) waitpid(id, nullptr, __WALL);
    tracees_.erase(id);
  }
}

void CallStepper::Collect() {
  for (const auto& [id, tracee] : tracees_) {
    if (!tracee.is_thread || id == leader_) continue;
    // A stop that was on its way comes before the end.
    for (int status = 0; waitpid(id, &status, __WALL) == id && WIFSTOPPED(status);) {
    }
  }
  std::erase_if(tracees_, [&](const auto& entry) {
    return entry.second.is_thread || entry.first == leader_;
  });
  Release();
}

}  // namespace pidfall
