// One instance of a program at a time, kept by the kernel. The smallest correct program:
//
//   #include "guard/guard.h"
//
//   int main() {
//     auto instance =
//         pidfall::guard::Acquire({.name = "My Server", .pid_file = "/run/my-server/server.pid"});
//     if (!instance) return pidfall::guard::Explain(instance);
//     // ... serve; nobody else does while `instance` lives ...
//   }
//
// How it works: ownership is a lock that the kernel holds for the process on `server.pid.lock`, a
// file that is made once and never removed. The kernel releases it however the process ends, so
// nothing is ever stale. `server.pid` only tells people and tools the pid; it may be deleted at
// any time. A pid in a file never makes an owner, and no process is killed because of it.
//
// It does not promise that two machines exclude each other through a network file system
// (refused unless `any_file_system`), that a user who may write to the folder cannot sabotage
// the lock by removing it (Watch() notices and repairs what it can), or that the program
// stops by itself when that happens.
//
// Acquire and Release may be called from any thread; one Instance from one thread at a time.
// Linux 6.1 or later. For macOS it compiles and links but was never run, and Watch() is missing.
// For C see guard/guard_c.h; for other programs the command pidfall-guard.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pidfall::guard {

// A contender's behaviour when an owner lives.
enum class OnDuplicate {
  kExit,      // give the outcome kBusy at once
  kWait,      // stand by, blocked on the lock; take over when the owner ends
  kTakeOver,  // ask the owner to end, then wait for the lock
  kAuto,      // kWait when a supervisor started us, kExit when a person did
};

// The meaning of a child that outlives the owner.
enum class Children {
  kInert,           // nothing: the child's copy of the lock is closed as it is forked
  kPartOfInstance,  // the instance lives on in it: no other starts until the child has ended, too
};

// When this copy counts as ready: for the service manager (READY=1), the ready file and
// `pidfall-guard status --of`. Owning the lock is one thing, serving is another. A roll-out that
// stops the old copy only when the new one is ready never ends if the new one must own the lock to
// be ready: use kStandingBy there.
enum class ReadyWhen {
  kUntold,      // the guard does not say: the program has probes of its own
  kServing,     // once the program calls Ready()
  kOwner,       // as soon as it is the owner
  kStandingBy,  // and also while it stands by
};

enum class Outcome {
  kAcquired,
  kBusy,         // an owner lives; Instance::owner() names it
  kHeldHere,     // this process holds it already, through another Instance
  kForbidden,    // the files are another user's, whether an owner lives or not: refused
  kHostile,      // a link, FIFO, folder or foreign file is where ours should be; left untouched
  kUnsupported,  // locks cannot be had or trusted here
  kTrouble,      // the file system failed; Instance::reason() has path and cause
  // A signal handler ran while standing by: one installed without SA_RESTART, for std::signal()
  // restarts the wait; with a `patience`, under kTakeOver or for an older version, any. End, or
  // acquire again.
  kInterrupted,
};

// The state that the run before us left, for programs that recover after a crash.
enum class Previous { kNone, kClean, kCrash, kOtherBoot, kOtherNamespace, kGarbage };

struct Owner {
  pid_t pid = 0;           // 0: not known
  bool verified = false;   // the pid is the owner's for certain, not a recycled number
  bool plain = false;      // an older program, guarded only by a plain pid file
  std::string supervisor;  // "launchd", "systemd", ...; empty: a person
  std::string unit;        // what the supervisor calls it
};

struct Options {
  std::string name = {};                // what messages call the program
  std::filesystem::path pid_file = {};  // the lock is beside it: pid_file + ".lock"
  OnDuplicate on_duplicate = OnDuplicate::kExit;
  std::optional<std::chrono::milliseconds> patience = {};  // bounds kWait; kTakeOver has 10 s
  Children children = Children::kInert;
  std::function<void(const Owner&)> before_waiting = {};  // "standing by for PID n"
  std::function<void(const Owner&)> ask = {};  // kTakeOver: a politer request before SIGTERM
  // The command line of an older version guarded by a plain pid file; empty: this program.
  std::vector<std::string> older_command = {};
  ReadyWhen ready_when = ReadyWhen::kUntold;
  // Exists while this copy is ready. Each copy needs its own: two on one machine need two.
  std::filesystem::path ready_file = {};
  bool one_file = false;         // lock pid_file itself, as pidfile(3) and flock(1) do
  bool also_ofd = false;         // an OFD lock too, which fcntl users and NFS servers see
  bool any_file_system = false;  // also where locks may not exclude: NFS, SMB, 9p, FUSE
  bool durable = false;          // the pid file survives a power loss
};

class Instance {
 public:
  struct State;  // private to the guard's own sources
  Instance(Instance&&) noexcept;
  Instance& operator=(Instance&&) noexcept;
  ~Instance();  // as Release()

  explicit operator bool() const { return outcome() == Outcome::kAcquired; }
  Outcome outcome() const;
  // The failure: on which object, why, and what to do; empty when acquired.
  const std::string& reason() const;
  // The owner that keeps us out now.
  Owner owner() const;
  Previous previous() const;
  const Options& options() const;

  // It serves: READY=1 for the service manager that NOTIFY_SOCKET names, and the ready file. False
  // where nothing was acquired, in a forked child, and when the file could not be written.
  bool Ready();

  // Lets the next instance in and removes the pid file, if it is still ours. Does nothing in a
  // forked child, when nothing was acquired, and when called again.
  void Release();

  // Daemonizing: Acquire, SetChildren(kPartOfInstance), fork, and in the last child Publish(),
  // which makes it the owner; the parents end by _exit. Watch() only there and after that: a
  // parent's watcher would take the child's file for a replaced one.
  void SetChildren(Children children);
  bool Publish();

  // Restarting in place: after this, exec the same program; its Acquire adopts the lock, which
  // is free at no moment in between. False: the descriptor could not be passed on.
  bool PrepareExec();

  // From now on a thread notices when our files are removed or replaced, publishes the pid file
  // again (and locks a new lock file, if no other process has), and reports what happened in words.
  // False: no thread watches (nothing acquired, one_file, no thread or inotify available, macOS).
  // The lock excludes others as before; only its sabotage would go unnoticed.
  // `report` is called on that thread and must not call this Instance, except for a last Release()
  // that no other thread calls.
  bool Watch(std::function<void(const std::string&)> report);

 private:
  friend class Acquisition;
  explicit Instance(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Never throws; never sleeps; blocks only under kWait, kTakeOver and kAuto.
Instance Acquire(Options options);

// Statuses of Explain, beside the duplicate's.
inline constexpr int kStatusInterrupted = 0;   // a stop signal came while standing by
inline constexpr int kStatusForbidden = 1;     // another user's; the same as in the report's guard
inline constexpr int kStatusUnavailable = 69;  // a stranger has the port
inline constexpr int kStatusMisuse = 70;       // kHeldHere
inline constexpr int kStatusUnsupported = 71;
inline constexpr int kStatusHostile = 73;
inline constexpr int kStatusTrouble = 74;

// Prints for people, on standard output, why there is no instance, and gives the exit status. Use
// 75 for duplicates where the supervisor can be told what it means; never 78, which launchd also
// reports when it could not start the program at all.
int Explain(const Instance& instance, int duplicate_status = 0);

}  // namespace pidfall::guard
