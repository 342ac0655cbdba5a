#include "harness/sandbox/landlock.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

constexpr int kFirstVersionWithScopes = 6;
constexpr uint64_t kScopeSignal = 1 << 1;
constexpr unsigned kAskVersion = 1;

// Debian 12's <linux/landlock.h> ends after the first member.
struct Ruleset {
  uint64_t handled_access_fs = 0;
  uint64_t handled_access_net = 0;
  uint64_t scoped = kScopeSignal;
};

}  // namespace

bool LandlockScopesSignals() {
  if (getenv("PIDFALL_NO_LANDLOCK") != nullptr) return false;
  return syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion) >= kFirstVersionWithScopes;
}

void ForbidSignalsToOthers() {
  const Ruleset wanted;
  const UniqueFd ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &wanted, sizeof(wanted), 0)));
  if (!ruleset) ThrowErrno("create a Landlock ruleset");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ThrowErrno("set no_new_privs");
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) ThrowErrno("enter Landlock");
}

}  // namespace pidfall
