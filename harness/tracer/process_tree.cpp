#include "harness/tracer/process_tree.h"

#include <poll.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <sstream>
#include <string>

#include "harness/kernel/process.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK |
                          PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;

pid_t ProcessOf(pid_t thread) {
  std::istringstream status(ReadOrEmpty("/proc/" + std::to_string(thread) + "/status"));
  const std::string key = "Tgid:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) return std::stoi(line.substr(key.size()));
  }
  return thread;
}

Ending EndingOf(int status) {
  if (WIFEXITED(status)) return {.status = WEXITSTATUS(status)};
  return {.signal = WTERMSIG(status)};
}

}  // namespace

ProcessTree::ProcessTree(pid_t held, Held how) : leader_(held) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = UniqueFd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  Add(held, {});
  if (how == kAfterExec) return;
  tracees_[held].is_new = false;
  Continue(held, 0);
}

ProcessTree::~ProcessTree() { Kill(); }

bool ProcessTree::AwaitChange(Duration bound) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(bound);
  const timespec timeout{.tv_sec = seconds.count(), .tv_nsec = (bound - seconds).count()};
  pollfd event{signals_.get(), POLLIN, 0};
  if (ppoll(&event, 1, &timeout, nullptr) != 1) return false;
  signalfd_siginfo info{};
  while (read(signals_.get(), &info, sizeof(info)) > 0) {
  }
  return true;
}

std::optional<ProcessTree::Stop> ProcessTree::Next(Duration bound) {
  const auto deadline = Clock::now() + bound;
  for (;;) {
    if (auto stop = Scan()) return stop;
    const Duration left = deadline - Clock::now();
    if (tracees_.empty() || left <= Duration::zero()) return std::nullopt;
    if (!AwaitChange(left)) return Scan();
  }
}

// Tracees that a look adds are looked at, too. A child may stop before its parent's fork is
// reported: then its SIGCHLD was already read, and a parent in vfork would wait for it for ever.
std::optional<ProcessTree::Stop> ProcessTree::Scan() {
  std::set<pid_t> looked;
  const auto is_due = [&looked](const auto& entry) {
    return !entry.second.held && !looked.contains(entry.first);
  };
  for (;;) {
    const auto due = std::find_if(tracees_.begin(), tracees_.end(), is_due);
    if (due == tracees_.end()) return std::nullopt;
    const pid_t thread = due->first;
    looked.insert(thread);
    if (auto stop = Look(thread)) return stop;
  }
}

// Continues it until it stands at a call, runs or has ended.
std::optional<ProcessTree::Stop> ProcessTree::Look(pid_t thread) {
  for (int status = 0;;) {
    const pid_t told = waitpid(thread, &status, WNOHANG | __WALL);
    if (told == 0) return std::nullopt;
    if (told < 0) {
      tracees_.erase(thread);
      return std::nullopt;
    }
    if (!WIFSTOPPED(status)) {
      HandleEnd(thread, status);
      return std::nullopt;
    }
    if (auto stop = Handle(thread, status)) return stop;
  }
}

std::optional<ProcessTree::Stop> ProcessTree::Handle(pid_t thread, int status) {
  Tracee& tracee = tracees_[thread];
  const int signal = WSTOPSIG(status), event = status >> 16;
  const bool of_our_making = std::exchange(tracee.is_new, false);
  if (of_our_making) ptrace(PTRACE_SETOPTIONS, thread, nullptr, kOptions);
  if (signal == kCallStop) {
    if (auto stop = HandleCall(thread, tracee)) return stop;
  }
  if (event != 0) HandleEvent(thread, event);
  const bool is_signal = !of_our_making && event == 0 && signal != kCallStop;
  Continue(thread, is_signal ? signal : 0);
  return std::nullopt;
}

std::optional<ProcessTree::Stop> ProcessTree::HandleCall(pid_t thread, Tracee& tracee) {
  __ptrace_syscall_info info{};
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) <= 0) return std::nullopt;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
    tracee.call = {.number = static_cast<long>(info.entry.nr)};
    std::copy(std::begin(info.entry.args), std::end(info.entry.args),
              tracee.call.arguments.begin());
  } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
    tracee.call.result = info.exit.rval;
  } else {
    return std::nullopt;
  }
  tracee.held = true;
  tracee.in_vfork = false;
  return Stop{.thread = thread,
              .call = tracee.call,
              .returned = info.op == PTRACE_SYSCALL_INFO_EXIT,
              .process = tracee.process,
              .parent = tracee.parent};
}

void ProcessTree::Add(pid_t thread, const Tracee& maker) {
  const pid_t process = ProcessOf(thread);
  const pid_t parent = process == maker.process ? maker.parent : maker.process;
  tracees_.try_emplace(thread, Tracee{.process = process, .parent = parent});
  seen_.insert(process);
}

void ProcessTree::HandleEvent(pid_t thread, int event) {
  unsigned long message = 0;
  if (ptrace(PTRACE_GETEVENTMSG, thread, nullptr, &message) != 0) return;
  const auto other = static_cast<pid_t>(message);
  if (event == PTRACE_EVENT_VFORK) tracees_[thread].in_vfork = true;
  if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
    Add(other, Tracee(tracees_[thread]));
  }
  // A thread that executes takes its first thread's number.
  if (event == PTRACE_EVENT_EXEC && other != thread) tracees_.erase(other);
}

void ProcessTree::HandleEnd(pid_t thread, int status) {
  if (thread == leader_) ending_ = EndingOf(status);
  tracees_.erase(thread);
}

void ProcessTree::Continue(pid_t thread, int signal) {
  tracees_[thread].held = false;
  ptrace(PTRACE_SYSCALL, thread, nullptr, signal);
}

void ProcessTree::Resume(pid_t thread) {
  if (tracees_.contains(thread)) Continue(thread, 0);
}

// A parent in vfork waits for its child in state D: there, too, are a process that reads a disk,
// and one that copies its memory in fork.
bool ProcessTree::Sleeps() const {
  return std::all_of(tracees_.begin(), tracees_.end(), [](const auto& entry) {
    const char state = entry.second.held ? 'S' : StateOfThread(entry.first);
    return state == 'S' || (state == 'D' && entry.second.in_vfork);
  });
}

bool ProcessTree::SleepsForGood() const {
  const auto all = Processes();
  return !all.empty() && Sleeps() && std::all_of(all.begin(), all.end(), WaitsWithoutTimeout);
}

std::vector<pid_t> ProcessTree::Processes() const {
  std::set<pid_t> all;
  for (const auto& [thread, tracee] : tracees_) all.insert(tracee.process);
  return {all.begin(), all.end()};
}

// A child that it forks while it dies is stopped, and becomes ours, too.
void ProcessTree::Collect(pid_t thread) {
  for (int status = 0;;) {
    if (waitpid(thread, &status, __WALL) != thread) break;
    if (!WIFSTOPPED(status)) return HandleEnd(thread, status);
    if (const int event = status >> 16; event != 0) HandleEvent(thread, event);
    if (!tracees_.contains(thread)) return;
    kill(thread, SIGKILL);
  }
  tracees_.erase(thread);
}

// A thread that began a moment ago may not have been reported yet.
void ProcessTree::FindThreads() {
  for (const pid_t process : Processes()) {
    for (const pid_t thread : Threads(process)) Add(thread, {});
  }
}

// The end of a first thread is reported only when all others have been collected. Processes whose
// parents ended before them must be collected again, by us as their new parent.
void ProcessTree::Kill() {
  while (!tracees_.empty()) {
    for (const pid_t process : Processes()) kill(process, SIGKILL);
    FindThreads();
    const auto other = std::find_if(tracees_.begin(), tracees_.end(), [](const auto& entry) {
      return entry.first != entry.second.process;
    });
    Collect(other != tracees_.end() ? other->first : tracees_.begin()->first);
  }
  for (const pid_t process : seen_) waitpid(process, nullptr, WNOHANG | __WALL);
}

// Since Linux 6.12 a thread with a short slice runs soon after each wake-up, also on a busy
// processor: a traced call needs two wake-ups. Older kernels ignore it.
static void AskForShortSlices() {
  // The kernel's sched_attr: its header conflicts with <sched.h>.
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns, deadline_ns, period_ns;
  } attributes{};
  attributes.size = sizeof(attributes);
  attributes.policy = SCHED_OTHER;
  attributes.nice = getpriority(PRIO_PROCESS, 0);
  attributes.runtime_ns = 100'000;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

int ProcessorCount() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof(allowed), &allowed);
  return std::max(CPU_COUNT(&allowed), 1);
}

void PinToOneProcessor(size_t index) {
  cpu_set_t allowed, one;
  CPU_ZERO(&allowed);
  CPU_ZERO(&one);
  sched_getaffinity(0, sizeof(allowed), &allowed);
  size_t left = index % static_cast<size_t>(ProcessorCount());
  for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed) && left-- == 0) CPU_SET(cpu, &one);
  }
  sched_setaffinity(0, sizeof(one), &one);
  AskForShortSlices();
}

}  // namespace pidfall
