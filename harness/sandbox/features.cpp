#include "harness/sandbox/features.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>

#include "harness/process/clone.h"
#include "harness/sandbox/landlock.h"
#include "harness/sandbox/sandbox.h"
#include "harness/sandbox/users.h"

namespace pidfall {
namespace {

constexpr Duration kProbeBound = std::chrono::seconds(5);

// What a probe throws or prints inside a sandbox comes back as the detail; "" means it works.
std::string InSandbox(const SandboxOptions& options,
                      const std::function<void(const World&)>& probe) {
  if (!FullSandboxWorks()) return "needs the full sandbox";
  const auto story = [&](const World& world) -> std::string {
    try {
      probe(world);
      return "works";
    } catch (const std::exception& error) {
      return error.what();
    }
  };
  try {
    const std::string told = TellInSandbox(options, story, kProbeBound);
    return told == "works" ? "" : told;
  } catch (const std::exception& error) {
    return error.what();
  }
}

Feature MakeFeature(const std::string& name, const std::string& obstacle, const std::string& cost,
                    const std::string& cure) {
  return {.name = name,
          .available = obstacle.empty(),
          .detail = obstacle.empty() ? "works" : obstacle,
          .cost = cost,
          .cure = cure};
}

// Debian and Ubuntu each have a switch of their own against namespaces of ordinary users.
std::string NamespaceCure() {
  const auto reads = [](const char* path, const char* value) {
    std::string word;
    std::ifstream(path) >> word;
    return word == value;
  };
  if (getenv("PIDFALL_SANDBOX") != nullptr) return "unset PIDFALL_SANDBOX";
  if (reads("/proc/sys/kernel/unprivileged_userns_clone", "0")) {
    return "sysctl kernel.unprivileged_userns_clone=1";
  }
  if (reads("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")) {
    return "sysctl kernel.apparmor_restrict_unprivileged_userns=0";
  }
  if (reads("/proc/sys/user/max_user_namespaces", "0")) {
    return "sysctl user.max_user_namespaces=10000";
  }
  return "in a container: docker run --privileged (or --security-opt seccomp=unconfined "
         "--security-opt apparmor=unconfined --security-opt systempaths=unconfined)";
}

void ChoosePid(const World&) {
  constexpr pid_t kAnyNumber = 4242;
  const Child child = Clone({.pid = kAnyNumber}, [] { return 0; });
  Reap(child);
}

void MakeTimeNamespace(const World&) {
  if (unshare(CLONE_NEWTIME) != 0) ThrowErrno("make a time namespace");
}

// The file system of pidfds has had unique inode numbers since Linux 6.9.
std::string PidfdIdentity() {
  constexpr long kPidfsMagic = 0x50494446;
  const UniqueFd self(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0)));
  struct statfs info {};
  if (self && fstatfs(self.get(), &info) == 0 && info.f_type == kPidfsMagic) return "";
  utsname kernel{};
  uname(&kernel);
  return std::string("Linux ") + kernel.release + " has none (6.9 brings it)";
}

std::string SecondUser() {
  if (geteuid() == 0 || SubordinateUser()) return "";
  return "no range in /etc/subuid and /etc/subgid, or no newuidmap";
}

}  // namespace

std::vector<Feature> ProbeFeatures() {
  const std::string doctor_plain =
      "pid-reuse writes a live stranger's pid instead of recycling one; scenarios that need "
      "mounts, "
      "a private network or another user are skipped; check needs {port} and {pid_file}";
  return {
      MakeFeature("full sandbox", FullSandboxObstacle(), doctor_plain, NamespaceCure()),
      MakeFeature("copy-on-write view", InSandbox({.as_deployed = true}, [](const World&) {}),
                  "check cannot run a server at its own paths", "load overlayfs: modprobe overlay"),
      MakeFeature("chosen pids", InSandbox({}, ChoosePid), "pid-reuse is skipped",
                  "the full sandbox brings it"),
      MakeFeature("time namespace", InSandbox({}, MakeTimeNamespace),
                  "the boot-clock scenario is skipped", "a kernel with CONFIG_TIME_NS"),
      MakeFeature("second user", SecondUser(), "EPERM comes from Landlock, or is skipped",
                  "apt-get install uidmap && usermod --add-subuids 100000-165535 "
                  "--add-subgids 100000-165535 $USER"),
      MakeFeature("Landlock signal scope", LandlockScopesSignals() ? "" : "Linux 6.12 brings it",
                  "no second way to EPERM", "Linux 6.12 or later"),
      MakeFeature("pidfd identity", PidfdIdentity(),
                  "the reference guard falls back to start ticks", "Linux 6.9 or later"),
  };
}

std::string SandboxName() { return FullSandboxWorks() ? "full" : "plain"; }

}  // namespace pidfall
