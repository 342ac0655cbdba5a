#include "harness/sandbox/cures.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>

#include "harness/process/launch.h"
#include "harness/sandbox/users.h"

namespace pidfall {
namespace {

// Empty where the kernel does not have the setting.
std::string Setting(const std::string& name) {
  std::string path = "/proc/sys/" + name;
  for (char& c : path) c = c == '.' ? '/' : c;
  try {
    const std::string value = ReadFile(path);
    return value.substr(0, value.find('\n'));
  } catch (const std::system_error&) {
    return "";
  }
}

std::string Set(const std::string& assignment) { return "sudo sysctl -w " + assignment; }

bool InContainer() {
  return access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0 ||
         getenv("container") != nullptr;
}

// Docker's seccomp profile refuses unshare, AppArmor's refuses mount, and because parts of /proc
// are masked the kernel refuses a new /proc.
constexpr char kContainerCure[] =
    "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--security-opt systempaths=unconfined ... (or --privileged)";

bool Has(const std::string& program) {
  try {
    FindProgram(program);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

std::string UserName() {
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : std::to_string(geteuid());
}

}  // namespace

std::string CureOfNamespaces() {
  if (InContainer()) return kContainerCure;
  if (Setting("kernel.unprivileged_userns_clone") == "0") {
    return Set("kernel.unprivileged_userns_clone=1");
  }
  if (Setting("user.max_user_namespaces") == "0") return Set("user.max_user_namespaces=15000");
  return CureOfMounts();
}

// Ubuntu 24.04 gives the namespace, but no capabilities in it.
std::string CureOfMounts() {
  if (InContainer()) return kContainerCure;
  if (Setting("kernel.apparmor_restrict_unprivileged_userns") == "1") {
    return Set("kernel.apparmor_restrict_unprivileged_userns=0");
  }
  return "run it as root: sudo ./pidfall";
}

std::string CureOfSecondUser() {
  if (!Has("newuidmap") || !Has("newgidmap")) return "sudo apt-get install -y uidmap";
  return "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + UserName();
}

std::string CureOfPtrace() {
  if (InContainer()) return "docker run --cap-add SYS_PTRACE --security-opt seccomp=unconfined ...";
  return Set("kernel.yama.ptrace_scope=1");
}

}  // namespace pidfall
