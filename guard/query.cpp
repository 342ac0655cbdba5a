#include "guard/query.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "guard/holder.h"
#include "guard/identity.h"
#include "guard/refused.h"
#include "guard/small_file.h"
#include "guard/supervisor.h"

namespace pidfall::guard {
namespace {

Answered Unknown(std::string why) { return {State::kUnknown, {}, {}, std::move(why)}; }

// The record counts only if it is the holder's: the kernel may name another process.
Answered Running(Holder holder) {
  const bool its_own = holder.record && holder.record->pid == holder.owner.pid;
  const RunState run_state = its_own ? holder.record->state : RunState::kAlive;
  return {State::kRunning, std::move(holder.owner), std::move(holder.process), "", run_state};
}

// No process holds a lock: then the pid file decides.
Answered ByContent(const Folder& folder) {
  const auto text = ReadFileAt(folder.descriptor.get(), folder.pid_name);
  if (!text && errno == ENOENT) return {State::kNotRunning, {}, {}, "no pid file"};
  if (!text) return Unknown("cannot read " + folder.PidPath() + ": " + std::strerror(errno));
  // A clean end in one-file mode leaves it so.
  if (text->empty()) return {State::kNotRunning, {}, {}, "an empty pid file"};
  const auto pid = ParsePid(*text);
  if (!pid) return Unknown(folder.PidPath() + " holds no pid");
  const Descriptor process = OpenProcess(*pid);
  const bool alive = process.valid() && Alive(process);
  if (!alive) return {State::kDeadWithFile, {.pid = *pid}, {}, "the process has ended"};
  Answered plain = Unknown("PID " + std::to_string(*pid) +
                           " lives, and nothing shows that it is the owner and not a stranger");
  plain.owner = {.pid = *pid, .plain = true};
  return plain;
}

// No process locks the lock file. In one-file mode, and under pidfile(3) and flock(1), the pid file
// itself is locked.
Answered WithoutOwner(const Folder& folder) {
  struct stat status;
  if (fstatat(folder.descriptor.get(), folder.pid_name.c_str(), &status, AT_SYMLINK_NOFOLLOW) ==
      0) {
    Holder locker = FindLocker({status.st_dev, status.st_ino});
    if (locker.owner.pid > 0) return Running(std::move(locker));
  }
  return ByContent(folder);
}

// Another user's lock file: we cannot read it, but the kernel tells every user which process locks
// it.
Answered WithoutRecord(const Folder& folder) {
  struct stat status;
  if (fstatat(folder.descriptor.get(), folder.lock_name.c_str(), &status, AT_SYMLINK_NOFOLLOW) !=
      0) {
    return WithoutOwner(folder);
  }
  const pid_t pid = LockingProcess({status.st_dev, status.st_ino});
  return pid > 0 ? Answered{State::kRunning, {.pid = pid}, {}, ""} : WithoutOwner(folder);
}

bool MayLiveElsewhere(const Holder& holder) {
  return holder.record && holder.record->state != RunState::kEnded && holder.in_other_namespace;
}

Answered FromLockFile(const Folder& folder, const Descriptor& lock) {
  struct stat status;
  if (fstat(lock.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Unknown(folder.LockPath() + " is not a regular file");
  }
  const FileKey key = {status.st_dev, status.st_ino};
  Holder holder = FindHolder(lock.get(), key);
  if (holder.process.valid() || LockingProcess(key) > 0) return Running(std::move(holder));
  if (MayLiveElsewhere(holder)) {
    return Unknown("PID " + std::to_string(holder.owner.pid) +
                   " of another pid namespace (a container) signed in and never out");
  }
  return WithoutOwner(folder);
}

// A killed process ends, unless the kernel keeps it: a patience of 0 is for the owner, not for
// that.
constexpr std::chrono::seconds kKilledBound{5};

std::string SignalAndWait(const Answered& running, int signal, std::chrono::milliseconds patience) {
  const bool sent = SendSignal(running.process, running.owner.pid, signal);
  if (!sent && errno != ESRCH) return std::strerror(errno);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  return WaitUntilEnded(running.process, deadline) ? "" : "it did not end in time";
}

// The end of a process is not yet the end of the instance: when only a child has the lock, the
// kernel still names the process that took it.
std::string WhoHasItNow(const std::filesystem::path& pid_file, pid_t ended) {
  const Answered now = Ask(pid_file);
  if (now.state != State::kRunning) return "";
  if (now.owner.pid == ended) return "; a child of it keeps the lock";
  return "; PID " + std::to_string(now.owner.pid) + " has the lock now";
}

}  // namespace

Answered Ask(const std::filesystem::path& pid_file) {
  try {
    Options options;
    options.pid_file = pid_file;
    const Folder folder = OpenFolder(options);
    const Descriptor lock(openat(folder.descriptor.get(), folder.lock_name.c_str(),
                                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (lock.valid()) return FromLockFile(folder, lock);
    return errno == ENOENT ? WithoutOwner(folder) : WithoutRecord(folder);
  } catch (const Refused& refused) {
    return Unknown(refused.reason);
  }
}

Stopped Stop(const std::filesystem::path& pid_file, std::chrono::milliseconds patience,
             bool force) {
  const Answered answered = Ask(pid_file);
  if (answered.state == State::kNotRunning || answered.state == State::kDeadWithFile) {
    return {true, "not running"};
  }
  if (!answered.process.valid()) {
    return {false, "nobody was signalled: " +
                       (answered.why.empty() ? "the owner cannot be verified" : answered.why)};
  }
  const std::string pid = "PID " + std::to_string(answered.owner.pid);
  std::string failure = SignalAndWait(answered, SIGTERM, patience);
  if (!failure.empty() && force) failure = SignalAndWait(answered, SIGKILL, kKilledBound);
  if (!failure.empty()) return {false, pid + ": " + failure};
  const std::string again =
      StopCommand({answered.owner.supervisor, answered.owner.unit}, geteuid());
  return {true, pid + " has ended" + WhoHasItNow(pid_file, answered.owner.pid) +
                    (again.empty() ? "" : "; its supervisor may start it again, unless: " + again)};
}

}  // namespace pidfall::guard
