// A process, as /proc shows it. It may have ended meanwhile: then there is no answer.
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

// Its current effective user; none of a process that is gone.
std::optional<uid_t> UserOf(pid_t pid);

std::vector<pid_t> AllPids();

// Every descendant of `root`, children before grandchildren and the older before the younger;
// without `root` itself.
std::vector<ProcessInfo> Descendants(pid_t root);

// The same for repeated questions, on a machine with many other processes. Cached: a process that
// is no descendant never becomes one, and is skipped until its pid is reused.
class Lineage {
 public:
  explicit Lineage(pid_t root) : root_(root) {}
  std::vector<ProcessInfo> Descendants();

 private:
  using Inodes = std::map<pid_t, ino_t>;

  std::vector<ProcessInfo> ReadAllButStrangers();
  bool HasOrphans(const std::vector<ProcessInfo>& all) const;

  pid_t root_;
  Inodes present_;    // of the folders in /proc at the last look
  Inodes strangers_;  // among them
};

// The ids of its threads; the first thread's is the pid.
std::vector<pid_t> Threads(pid_t pid);

// As in ProcessInfo, of one thread alone; X: it has ended.
char StateOfThread(pid_t thread);

// How long a thread has run so far, and how long it waited for a processor that others had.
struct ProcessorTime {
  std::chrono::nanoseconds ran{0}, waited{0};
};

// The times of its threads, by the thread's id. Empty where the kernel does not count them.
std::map<pid_t, ProcessorTime> ProcessorTimes(pid_t pid);

// The value of NAME in the environment that the process was executed with.
std::optional<std::string> InitialVariable(pid_t pid, const std::string& name);

// Every thread is stopped by a signal, or blocked in a call that has no timeout: a lock, pause,
// poll without end.
bool WaitsWithoutTimeout(pid_t pid);

// It sleeps, or was stopped by a signal, by ProcessInfo's state.
constexpr bool IsAsleep(char state) { return state == 'S' || state == 'T'; }

// How often its first thread got a processor or lost it. Other threads may tick for ever (Java's
// do), and are not counted.
uint64_t ContextSwitches(pid_t pid);

// Some thread is blocked in flock or a blocking fcntl lock.
bool WaitsForLock(pid_t pid);

// Some thread is blocked because no process reads its output.
bool WaitsToWrite(pid_t pid);

// Some thread is blocked while it opens a file: a FIFO whose other end nobody opens.
bool WaitsInOpen(pid_t pid);

// "/proc/PID/", or the folder of a thread that lives on: of a first thread that has ended the
// kernel shows no descriptors, although the others have them.
std::string FolderWithDescriptors(pid_t pid);
// The inode numbers of the sockets that it holds open.
std::set<uint64_t> OpenSockets(pid_t pid);

}  // namespace pidfall
