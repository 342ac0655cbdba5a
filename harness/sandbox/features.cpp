#include "harness/sandbox/features.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "harness/process/clone.h"
#include "harness/sandbox/cures.h"
#include "harness/sandbox/kernel_files.h"
#include "harness/sandbox/landlock.h"
#include "harness/sandbox/mounts.h"
#include "harness/sandbox/sandbox.h"
#include "harness/sandbox/trial.h"
#include "harness/sandbox/users.h"

namespace pidfall {
namespace {

constexpr uint64_t kPidsAndMounts = CLONE_NEWPID | CLONE_NEWNS;

std::string TryUserNamespace() {
  return TryInNamespaces({}, [] {});
}
std::string TryProc() { return TryInNamespaces({kPidsAndMounts}, MountOwnProc); }
std::string TryNetwork() { return TryInNamespaces({CLONE_NEWNET}, BringLoopbackUp); }

// A pid that is free in a new pid namespace.
constexpr pid_t kChosen = 300;

std::string TrySetTid() {
  if (getenv("PIDFALL_NO_SET_TID") != nullptr) return "PIDFALL_NO_SET_TID";
  return TryInNamespaces({kPidsAndMounts}, [] {
    MountOwnProc();
    clone_args args{};
    pid_t wanted = kChosen;
    args.exit_signal = SIGCHLD;
    args.set_tid = reinterpret_cast<uint64_t>(&wanted);
    args.set_tid_size = 1;
    const long pid = syscall(SYS_clone3, &args, sizeof(args));
    if (pid == 0) _exit(0);
    if (pid < 0) ThrowErrno("clone3 with set_tid");
  });
}

std::string TryLastPid() {
  return TryInNamespaces({kPidsAndMounts}, [] {
    MountOwnProc();
    SetLastPid(kChosen);
  });
}

std::string TryTimeNamespace() {
  return TryInNamespaces({}, [] {
    if (unshare(CLONE_NEWTIME) != 0) ThrowErrno("make a time namespace");
  });
}

std::string TryOverlay() {
  return TryInNamespaces({CLONE_NEWNS}, [] {
    KeepMountsPrivate();
    const std::string base = ChoosePrivateFolder({});
    if (mount("pidfall", base.c_str(), "tmpfs", 0, nullptr) != 0) ThrowErrno("mount a tmpfs");
    for (const char* name : {"/lower", "/upper", "/work", "/view"}) {
      mkdir((base + name).c_str(), 0755);
    }
    const std::string options = "userxattr,lowerdir=" + base + "/lower,upperdir=" + base +
                                "/upper,workdir=" + base + "/work";
    if (mount("pidfall", (base + "/view").c_str(), "overlay", 0, options.c_str()) != 0) {
      ThrowErrno("mount an overlay with userxattr");
    }
  });
}

std::string TrySecondUser() { return geteuid() == 0 ? "" : SubordinateObstacle(); }

std::string TryLandlock() {
  if (getenv("PIDFALL_NO_LANDLOCK") != nullptr) return "PIDFALL_NO_LANDLOCK";
  return LandlockScopesSignals() ? "" : "this Landlock has no scopes (version 6 has)";
}

std::string TryPidfs() {
  constexpr long kPidfsMagic = 0x50494446;
  const UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0)));
  struct statfs info {};
  if (fstatfs(pidfd.get(), &info) == 0 && info.f_type == kPidfsMagic) return "";
  return "a pidfd has no inode number of its own";
}

// Judged by the kernel's version: before 6.14 a write would change the limit of the whole machine.
std::string TryPidMax() {
  utsname system{};
  int major = 0, minor = 0;
  uname(&system);
  if (sscanf(system.release, "%d.%d", &major, &minor) != 2) return "an unknown kernel version";
  const bool has = major > 6 || (major == 6 && minor >= 14);
  return has ? "" : std::string("Linux ") + system.release + " has one pid_max for all";
}

// On a child of ours that asked to be traced and is stopped.
std::string OnTracedChild(const std::function<std::string(pid_t)>& ask) {
  const Child child = Clone({}, [] {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) return 1;
    raise(SIGSTOP);
    return 0;
  });
  int status = 0;
  waitpid(child.pid, &status, WUNTRACED);
  if (!WIFSTOPPED(status)) return "PTRACE_TRACEME is refused";
  std::string answer = ask(child.pid);
  SendSignal(child, SIGKILL);
  Reap(child);
  return answer;
}

std::string TryPtrace() {
  return OnTracedChild([](pid_t) { return std::string(); });
}

std::string TrySetSyscallInfo() {
  constexpr int kSetSyscallInfo = 0x4212;
  return OnTracedChild([](pid_t pid) -> std::string {
    long info[16] = {};
    const auto request = static_cast<__ptrace_request>(kSetSyscallInfo);
    // EINVAL: the request is known, but not possible at this stop. EIO: it is unknown.
    const bool unknown = ptrace(request, pid, sizeof(info), &info) != 0 && errno == EIO;
    return unknown ? "ptrace does not know PTRACE_SET_SYSCALL_INFO" : "";
  });
}

std::string TryLsof() {
  try {
    FindProgram("lsof");
    return "";
  } catch (const std::system_error& error) {
    return error.what();
  }
}

struct Probe {
  const char* name;
  std::string (*obstacle)();
  const char* cost;
  std::string (*cure)();
};

constexpr char kPlain[] =
    "the plain sandbox: full and read-only disks, changed clocks, containers, printed hints and "
    "foreign files are skipped, a pid is written into a file instead of recycled, and `check` "
    "needs {port} and {pid_file}";

constexpr Probe kProbes[] = {
    {"user namespaces", TryUserNamespace, kPlain, CureOfNamespaces},
    {"/proc in a pid namespace", TryProc, kPlain, CureOfMounts},
    {"network namespaces", TryNetwork, kPlain, CureOfMounts},
    {"full sandbox", [] { return FullSandboxObstacle(); }, kPlain, CureOfNamespaces},
    {"chosen pids (set_tid)", TrySetTid, "nothing where ns_last_pid can be written",
     CureOfNamespaces},
    {"ns_last_pid", TryLastPid, "pid-reuse/thread-id",
     [] { return std::string("a kernel with CONFIG_CHECKPOINT_RESTORE=y"); }},
    {"time namespaces", TryTimeNamespace, "pid-reuse/boot-offset-changed",
     [] { return std::string("a kernel with CONFIG_TIME_NS=y"); }},
    {"a second user", TrySecondUser,
     "permission/foreign-file uses a file of root instead; permission/other-user needs Landlock",
     CureOfSecondUser},
    {"Landlock scopes", TryLandlock,
     "permission/other-user, unless there is a second user; and in the plain sandbox a target can "
     "signal your other processes, one by one: only a signal to all at once is refused",
     [] { return std::string("Linux 6.12 with lsm=...,landlock, or a second user"); }},
    {"ptrace", TryPtrace,
     "scenarios that hold a start or an end at a moment; crash-point, errors and race",
     CureOfPtrace},
    {"PTRACE_SET_SYSCALL_INFO", TrySetSyscallInfo,
     "errors/* rewrites registers instead, which needs code for each processor",
     [] { return std::string("Linux 6.16"); }},
    {"overlayfs for users", TryOverlay, "`check` cannot show a program the machine copy-on-write",
     CureOfMounts},
    {"pidfs ids", TryPidfs, "a guard compares start times, which a restored process may share",
     [] { return std::string("Linux 6.9"); }},
    {"pid_max of a namespace", TryPidMax, "recycling a pid by using up all pids",
     [] { return std::string("Linux 6.14"); }},
    {"lsof", TryLsof, "port/conflicts-hint and port/duplicates-hint",
     [] { return std::string("sudo apt-get install -y lsof"); }},
};

// "PIDFALL_SANDBOX=plain": the user set the obstacle.
bool IsOurSwitch(const std::string& obstacle) { return obstacle.starts_with("PIDFALL_"); }
std::string Name(const std::string& variable) { return variable.substr(0, variable.find('=')); }

Feature Ask(const Probe& probe) {
  std::string obstacle;
  try {
    obstacle = probe.obstacle();
  } catch (const std::exception& error) {
    obstacle = error.what();
  }
  if (obstacle.empty()) return {.name = probe.name, .available = true};
  const std::string cure = IsOurSwitch(obstacle) ? "unset " + Name(obstacle) : probe.cure();
  return {.name = probe.name, .detail = obstacle, .cost = probe.cost, .cure = cure};
}

}  // namespace

std::vector<Feature> ProbeFeatures() {
  std::vector<Feature> features;
  for (const Probe& probe : kProbes) features.push_back(Ask(probe));
  return features;
}

std::vector<std::string> CostsOfFeatures() {
  std::vector<std::string> costs;
  for (const Probe& probe : kProbes) costs.emplace_back(probe.cost);
  return costs;
}

std::string SandboxName() { return FullSandboxWorks() ? "full" : "plain"; }

}  // namespace pidfall
