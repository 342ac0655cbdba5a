// What /proc says of a process. Everything may have ended meanwhile: then there is no answer.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pidfall {

struct ProcessInfo {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?';      // R, S, D, T (stopped), t (traced), Z: of a live thread, if there is one
  uint64_t started = 0;  // in clock ticks since the boot
  std::string program;   // comm: at most 15 characters
};

std::optional<ProcessInfo> ReadProcess(pid_t pid);

// Whose rights it has now; none of a process that is gone.
std::optional<uid_t> UserOf(pid_t pid);

// Every process below `root`, children before grandchildren and the older before the younger;
// `root` itself is not listed.
std::vector<ProcessInfo> Descendants(pid_t root);

// The same for who asks again and again, on a machine where most processes are others'. Who is no
// descendant never becomes one, and is not read again while his number is his own.
class Lineage {
 public:
  explicit Lineage(pid_t root) : root_(root) {}
  std::vector<ProcessInfo> Descendants();

 private:
  using Inodes = std::map<pid_t, ino_t>;

  std::vector<ProcessInfo> ReadAllButStrangers();
  bool HasOrphans(const std::vector<ProcessInfo>& all) const;

  pid_t root_;
  Inodes present_;    // of the folders in /proc, when last listed
  Inodes strangers_;  // among them
};

// The numbers of its threads; the first thread's is the pid.
std::vector<pid_t> Threads(pid_t pid);

// How long a thread has run so far, and waited for a processor that others had.
struct ProcessorTime {
  std::chrono::nanoseconds ran{0}, waited{0};
};

// Of each of its threads, by the thread's number. Empty where the kernel does not count it.
std::map<pid_t, ProcessorTime> ProcessorTimes(pid_t pid);

// The value of NAME in the environment that the process was executed with.
std::optional<std::string> InitialVariable(pid_t pid, const std::string& name);

// Every thread is blocked in a call that no passing of time ends: a lock, pause, poll without end,
// or is stopped by a signal.
bool WaitsWithoutTimeout(pid_t pid);

// It is older than a second and every thread of it sleeps: nothing is left to start. What waits in
// timed steps (cron) is told by this alone.
bool HasBeenIdle(pid_t pid);

// It sleeps, or was stopped by a signal, by ProcessInfo's state.
constexpr bool IsAsleep(char state) { return state == 'S' || state == 'T'; }

// How often its first thread was given a processor or lost it. Others may tick for ever (Java's
// do), and tell nothing.
uint64_t ContextSwitches(pid_t pid);

// Some thread is blocked in flock or a blocking fcntl lock.
bool WaitsForLock(pid_t pid);

// Some thread is blocked because nobody takes what it writes.
bool WaitsToWrite(pid_t pid);

// The inode numbers of the sockets that it holds open.
std::set<uint64_t> OpenSockets(pid_t pid);

}  // namespace pidfall
