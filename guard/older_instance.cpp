#include "guard/older_instance.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>

#include "guard/identity.h"
#include "guard/pid_file.h"
#include "guard/record.h"
#include "guard/refused.h"
#include "guard/same_program.h"
#include "guard/small_file.h"

namespace pidfall::guard {
namespace {

// A process starts before it writes its pid file. The two clocks have different grains: start
// times count ticks of 10 ms, file times may be whole seconds.
constexpr auto kGrain = std::chrono::seconds(1);

[[noreturn]] void ThrowHostile(const Folder& folder) {
  throw Refused(Outcome::kHostile, folder.PidPath() + " is not a regular file", 0,
                "it was left as it is; look who put it there");
}

std::chrono::system_clock::time_point ModifiedAt(const struct stat& status) {
  return std::chrono::system_clock::from_time_t(status.st_mtime);
}

bool WasThereFirst(pid_t pid, const struct stat& status) {
  const auto started = StartedAt(pid);
  return !started || *started <= ModifiedAt(status) + kGrain;
}

OlderInstance Check(pid_t pid, const struct stat& status, const Options& options) {
  OlderInstance older;
  Descriptor process = OpenProcess(pid);
  if (!process.valid() || !Alive(process)) return older;
  if (!WasThereFirst(pid, status) || !IsSameProgram(pid, options.older_command) ||
      HasGuardOfItsOwn(pid)) {
    return older;
  }
  older.another_users = !SendSignal(process, pid, 0) && errno == EPERM;
  older.pid = pid;
  if (Alive(process)) older.process = std::move(process);
  return older;
}

}  // namespace

OlderInstance FindOlder(const Folder& folder, const std::string& published, pid_t self,
                        const Options& options) {
  struct stat status;
  const int at = folder.descriptor.get();
  if (fstatat(at, folder.pid_name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
  if (!S_ISREG(status.st_mode)) ThrowHostile(folder);
  if (MarkOf(status) == published) return {};
  const auto text = ReadFileAt(at, folder.pid_name);
  if (!text && errno == ELOOP) ThrowHostile(folder);
  if (!text && errno != ENOENT) {
    throw Refused(Outcome::kTrouble, "cannot read " + folder.PidPath(), errno,
                  "it may name a running instance; look and remove it");
  }
  const auto pid = text ? ParsePid(*text) : std::nullopt;
  if (!pid || *pid == self) return {};  // a restarted container gives the same number again
  return Check(*pid, status, options);
}

}  // namespace pidfall::guard
