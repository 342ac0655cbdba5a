#include "harness/kernel/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <sstream>
#include <system_error>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

std::string ProcPath(pid_t pid, const std::string& rest) {
  return "/proc/" + std::to_string(pid) + "/" + rest;
}

std::string ThreadPath(pid_t pid, pid_t thread, const std::string& rest) {
  return ProcPath(pid, "task/" + std::to_string(thread)).append("/").append(rest);
}

void ForEachEntry(const std::string& path, const std::function<void(const dirent&)>& see) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()), closedir);
  if (!folder) return;
  while (const dirent* entry = readdir(folder.get())) {
    if (entry->d_name[0] != '.') see(*entry);
  }
}

std::vector<std::string> ListFolder(const std::string& path) {
  std::vector<std::string> names;
  ForEachEntry(path, [&](const dirent& entry) { names.emplace_back(entry.d_name); });
  return names;
}

// The entries that are named by a number.
std::vector<pid_t> NumbersIn(const std::string& folder) {
  std::vector<pid_t> numbers;
  ForEachEntry(folder, [&](const dirent& entry) {
    const auto number = static_cast<pid_t>(strtol(entry.d_name, nullptr, 10));
    if (number > 0) numbers.push_back(number);
  });
  return numbers;
}

// One line of /proc/PID/task/TID/syscall: "running", or the number and six arguments in hex.
struct BlockedCall {
  long number = -1;
  std::array<uint64_t, 6> arguments{};
};

std::optional<BlockedCall> ParseBlockedCall(const std::string& line) {
  std::istringstream in(line);
  BlockedCall call;
  if (!(in >> call.number)) return std::nullopt;
  in >> std::hex;
  for (uint64_t& argument : call.arguments) {
    std::string word;
    in >> word;
    argument = strtoull(word.c_str(), nullptr, 16);
  }
  return call;
}

// A reader of /proc/locks makes every caller of flock(2) wait a moment, also one that does not wait
// for the lock.
bool IsLockCall(const BlockedCall& call) {
  const bool waits_in_flock =
      call.number == SYS_flock && (call.arguments[1] & (LOCK_NB | LOCK_UN)) == 0;
  const bool waits_in_fcntl = call.number == SYS_fcntl &&
                              (call.arguments[1] == F_SETLKW || call.arguments[1] == F_OFD_SETLKW);
  return waits_in_flock || waits_in_fcntl;
}

bool IsWrite(const BlockedCall& call) {
  return call.number == SYS_write || call.number == SYS_writev;
}

// The index of the timeout among the arguments, and its value for "no end".
struct TimedCall {
  long number;
  size_t argument;
  bool in_milliseconds;  // -1 means no end; else it is a pointer, and null means no end
};

constexpr TimedCall kTimedCalls[] = {
#ifdef SYS_poll
    {SYS_poll, 2, true},
#endif
#ifdef SYS_epoll_wait
    {SYS_epoll_wait, 3, true},
#endif
#ifdef SYS_select
    {SYS_select, 4, false},
#endif
    {SYS_epoll_pwait, 3, true}, {SYS_ppoll, 2, false},
    {SYS_pselect6, 4, false},   {SYS_rt_sigtimedwait, 2, false},
    {SYS_futex, 3, false},
};

constexpr long kEndlessCalls[] = {
#ifdef SYS_pause
    SYS_pause,
#endif
    SYS_rt_sigsuspend, SYS_accept, SYS_accept4, SYS_read,   SYS_recvfrom,
    SYS_recvmsg,       SYS_wait4,  SYS_waitid,  SYS_openat,
};

bool HasNoTimeout(const BlockedCall& call) {
  if (IsLockCall(call)) return true;
  for (const TimedCall& timed : kTimedCalls) {
    if (timed.number != call.number) continue;
    const uint64_t value = call.arguments.at(timed.argument);
    return timed.in_milliseconds ? static_cast<int32_t>(value) == -1 : value == 0;
  }
  return std::find(std::begin(kEndlessCalls), std::end(kEndlessCalls), call.number) !=
         std::end(kEndlessCalls);
}

template <typename Predicate>
std::vector<bool> MapThreads(pid_t pid, Predicate predicate) {
  std::vector<bool> answers;
  for (const std::string& thread : ListFolder(ProcPath(pid, "task"))) {
    const auto call = ParseBlockedCall(ReadOrEmpty(ProcPath(pid, "task/" + thread + "/syscall")));
    answers.push_back(call.has_value() && predicate(*call));
  }
  return answers;
}

std::optional<ProcessInfo> ParseStat(pid_t pid, const std::string& stat) {
  // The name may hold blanks and parentheses: it ends at the last one.
  const size_t open = stat.find('('), close = stat.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  ProcessInfo info{.pid = pid, .program = stat.substr(open + 1, close - open - 1)};
  // proc(5): fields 3, 4 and 22.
  unsigned long long started = 0;
  sscanf(stat.c_str() + close + 1,
         " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
         &info.state, &info.parent, &started);
  info.started = started;
  return info;
}

// A main thread that has ended shows as a zombie while other threads go on: then one of those is
// read instead.
pid_t LiveThread(pid_t pid) {
  for (const pid_t thread : Threads(pid)) {
    const auto info = ParseStat(pid, ReadOrEmpty(ThreadPath(pid, thread, "stat")));
    if (info && info->state != 'Z' && info->state != 'X') return thread;
  }
  return pid;
}

// When it is half reaped its parent reads as 0, while its children may still be listed as its own.
bool IsGoing(const ProcessInfo& process) {
  return process.parent == 0 && (process.state == 'Z' || process.state == 'X');
}

// Those of `all` below `root`, children before grandchildren.
std::vector<ProcessInfo> Below(pid_t root, const std::vector<ProcessInfo>& all) {
  std::vector<ProcessInfo> found;
  const auto add_children = [&](pid_t parent) {
    std::copy_if(all.begin(), all.end(), std::back_inserter(found),
                 [&](const ProcessInfo& process) { return process.parent == parent; });
  };
  add_children(root);
  for (size_t i = 0; i < found.size(); ++i) add_children(found[i].pid);
  return found;
}

}  // namespace

std::optional<ProcessInfo> ReadProcess(pid_t pid) {
  auto info = ParseStat(pid, ReadOrEmpty(ProcPath(pid, "stat")));
  if (!info || info->state != 'Z') return info;
  const auto live = ParseStat(pid, ReadOrEmpty(ThreadPath(pid, LiveThread(pid), "stat")));
  return live ? live : info;
}

// No folder in /proc gets the inode of an earlier one: the next process with a pid has another
// inode.
std::vector<ProcessInfo> Lineage::ReadAllButStrangers() {
  std::vector<ProcessInfo> all;
  present_.clear();
  ForEachEntry("/proc", [&](const dirent& entry) {
    const auto pid = static_cast<pid_t>(strtol(entry.d_name, nullptr, 10));
    if (pid <= 0) return;
    const auto stranger = strangers_.find(pid);
    const bool is_stranger = stranger != strangers_.end() && stranger->second == entry.d_ino;
    if (is_stranger) {
      present_[pid] = entry.d_ino;
    } else if (const auto info = ReadProcess(pid); info && !IsGoing(*info)) {
      all.push_back(*info);
      present_[pid] = entry.d_ino;
    }
  });
  std::stable_sort(all.begin(), all.end(), [](const ProcessInfo& one, const ProcessInfo& other) {
    return one.started < other.started;
  });
  return all;
}

// A process ended while the list was read, and its children have got another parent since.
bool Lineage::HasOrphans(const std::vector<ProcessInfo>& all) const {
  return std::any_of(all.begin(), all.end(), [&](const ProcessInfo& process) {
    return process.parent != 0 && !present_.contains(process.parent);
  });
}

std::vector<ProcessInfo> Lineage::Descendants() {
  constexpr int kMostLooks = 3;
  std::vector<ProcessInfo> all = ReadAllButStrangers();
  for (int looks = 1; looks < kMostLooks && HasOrphans(all); ++looks) all = ReadAllButStrangers();
  std::vector<ProcessInfo> found = Below(root_, all);
  if (HasOrphans(all)) return found;
  strangers_ = present_;
  for (const ProcessInfo& process : found) strangers_.erase(process.pid);
  return found;
}

std::vector<ProcessInfo> Descendants(pid_t root) { return Lineage(root).Descendants(); }

std::vector<pid_t> AllPids() { return NumbersIn("/proc"); }

std::vector<pid_t> Threads(pid_t pid) { return NumbersIn(ProcPath(pid, "task")); }

char StateOfThread(pid_t thread) {
  const std::string folder = "/proc/" + std::to_string(thread);
  const auto info = ParseStat(thread, ReadOrEmpty(folder + "/stat"));
  if (!info) return 'X';
  // A thread shows S from the moment at which it means to sleep. Where others get the processor
  // just then, it stays runnable for long, and need not sleep in the end: then `syscall` says
  // "running" (task_current_syscall in the kernel's lib/syscall.c).
  const bool may_run =
      info->state == 'S' && ReadOrEmpty(folder + "/syscall").starts_with("running");
  return may_run ? 'R' : info->state;
}

std::map<pid_t, ProcessorTime> ProcessorTimes(pid_t pid) {
  std::map<pid_t, ProcessorTime> times;
  for (const pid_t thread : Threads(pid)) {
    std::istringstream line(ReadOrEmpty(ThreadPath(pid, thread, "schedstat")));
    int64_t ran = 0, waited = 0;
    if (!(line >> ran >> waited)) continue;
    times[thread] = {std::chrono::nanoseconds(ran), std::chrono::nanoseconds(waited)};
  }
  return times;
}

uint64_t ContextSwitches(pid_t pid) {
  std::istringstream status(ReadOrEmpty(ProcPath(pid, "status")));
  uint64_t switches = 0;
  for (std::string line; std::getline(status, line);) {
    if (line.find("ctxt_switches:") == std::string::npos) continue;
    switches += strtoull(line.c_str() + line.find(':') + 1, nullptr, 10);
  }
  return switches;
}

std::optional<std::string> InitialVariable(pid_t pid, const std::string& name) {
  const std::string environment = ReadOrEmpty(ProcPath(pid, "environ"));
  const std::string prefix = name + "=";
  for (size_t at = 0; at < environment.size();) {
    const size_t end = std::min(environment.find('\0', at), environment.size());
    if (environment.compare(at, prefix.size(), prefix) == 0) {
      return environment.substr(at + prefix.size(), end - at - prefix.size());
    }
    at = end + 1;
  }
  return std::nullopt;
}

bool WaitsWithoutTimeout(pid_t pid) {
  const auto info = ReadProcess(pid);
  if (!info) return false;
  if (info->state == 'T') return true;
  // Not waiting: it runs, or waits for a disk, which shows as the same calls as waiting for a peer.
  if (info->state == 'R' || info->state == 'D') return false;
  const auto answers = MapThreads(pid, HasNoTimeout);
  return !answers.empty() && std::find(answers.begin(), answers.end(), false) == answers.end();
}

std::optional<uid_t> UserOf(pid_t pid) {
  const std::string status = ReadOrEmpty(ProcPath(pid, "status"));
  const std::string field = "\nUid:";
  const size_t at = status.find(field);
  if (at == std::string::npos) return std::nullopt;
  std::istringstream ids(status.substr(at + field.size()));
  uid_t real = 0, effective = 0;
  ids >> real >> effective;
  return effective;
}

bool WaitsForLock(pid_t pid) {
  const auto answers = MapThreads(pid, IsLockCall);
  return std::find(answers.begin(), answers.end(), true) != answers.end();
}

bool WaitsToWrite(pid_t pid) {
  const auto answers = MapThreads(pid, IsWrite);
  return std::find(answers.begin(), answers.end(), true) != answers.end();
}

bool WaitsInOpen(pid_t pid) {
  const auto answers =
      MapThreads(pid, [](const BlockedCall& call) { return call.number == SYS_openat; });
  return std::find(answers.begin(), answers.end(), true) != answers.end();
}

std::string FolderWithDescriptors(pid_t pid) {
  const bool any = !ListFolder(ProcPath(pid, "fd")).empty();
  return any ? ProcPath(pid, "") : ThreadPath(pid, LiveThread(pid), "");
}

std::set<uint64_t> OpenSockets(pid_t pid) {
  std::set<uint64_t> inodes;
  const std::string folder = FolderWithDescriptors(pid) + "fd/";
  for (const std::string& fd : ListFolder(folder)) {
    std::array<char, 64> link{};
    const ssize_t n = readlink((folder + fd).c_str(), link.data(), link.size() - 1);
    constexpr std::string_view kPrefix = "socket:[";
    if (n <= 0 || !std::string_view(link.data()).starts_with(kPrefix)) continue;
    inodes.insert(strtoull(link.data() + kPrefix.size(), nullptr, 10));
  }
  return inodes;
}

}  // namespace pidfall
