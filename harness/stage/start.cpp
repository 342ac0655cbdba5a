#include "harness/stage/start.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "harness/input/text_parts.h"
#include "harness/observe/numbers.h"
#include "harness/process/fd.h"
#include "harness/sandbox/kernel_files.h"
#include "harness/sandbox/landlock.h"
#include "harness/sandbox/users.h"
#include "harness/stage/stage.h"

namespace pidfall {
namespace {

void ChangeUser(User user, const World& world) {
  if (user == User::kOrdinary && world.ordinary_user != geteuid()) BecomeUser(world.ordinary_user);
  if (user != User::kOther) return;
  if (world.second_user != 0) {
    BecomeUser(world.second_user);
  } else {
    ForbidSignalsToOthers();
  }
}

void ChangeOutput(Output output) {
  if (output == Output::kCaptured) return;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) close(fd);
  if (output == Output::kClosed) return;
  if (open("/dev/null", O_RDONLY) < 0 || open("/dev/full", O_WRONLY) < 0 || dup(1) < 0) {
    ThrowErrno("open /dev/full");
  }
}

// unshare alone moves only later children; setns moves the caller, so that exec is in it on
// every kernel since 5.6 (exec itself moves it only since 6.3).
void ShiftBootClock(std::chrono::seconds offset) {
  if (offset.count() == 0) return;
  if (unshare(CLONE_NEWTIME) != 0) ThrowErrno("make a time namespace");
  WriteFile("/proc/self/timens_offsets", "boottime " + std::to_string(offset.count()) + " 0\n");
  const UniqueFd future = OpenFile("/proc/self/ns/time_for_children", O_RDONLY);
  if (setns(future.get(), CLONE_NEWTIME) != 0) ThrowErrno("enter the time namespace");
}

void TakeHostName(const std::string& name) {
  if (name.empty()) return;
  if (unshare(CLONE_NEWUTS) != 0 || sethostname(name.data(), name.size()) != 0) {
    ThrowErrno("take the host name " + name);
  }
}

void TakePlace(pid_t number, const std::string& pid_file) {
  if (number == 0) return;
  WriteFile(pid_file, ReplaceNumber(ReadFile(pid_file), number, getpid()));
}

// The target must not inherit signals that the harness ignores or blocks.
void ResetSignals() {
  // nohup ignores SIGHUP, and a shell's & ignores SIGINT.
  for (const int ignored : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD}) {
    signal(ignored, SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

void Limit(__rlimit_resource resource, std::optional<rlim_t> most) {
  if (!most) return;
  const rlimit limit{*most, *most};
  if (setrlimit(resource, &limit) != 0) ThrowErrno("set a resource limit");
}

// Root is exempt; the harness's own limit (Instance::Processes) holds for every user. Counted per
// user namespace since Linux 5.14, so in a full sandbox the user's other processes do not count.
void LimitProcesses(bool full) {
  constexpr rlim_t kMost = 4096;
  rlimit limit{};
  if (!full || getrlimit(RLIMIT_NPROC, &limit) != 0) return;
  limit.rlim_cur = std::min(limit.rlim_cur, kMost);
  if (setrlimit(RLIMIT_NPROC, &limit) != 0) ThrowErrno("limit the processes");
}

}  // namespace

pid_t PidToAskFor(const Stage& stage, pid_t pid) { return stage.world().full ? pid : 0; }

std::vector<std::string> FillIn(const std::vector<std::string>& command, const Places& places) {
  std::vector<std::string> filled = command;
  for (std::string& word : filled) {
    ReplaceAll(word, "{command}", places.command);
    ReplaceAll(word, "{port}", std::to_string(places.port));
    ReplaceAll(word, "{pid_file}", places.pid_file);
    ReplaceAll(word, "{host}", places.host);
    ReplaceAll(word, "{dir}", places.folder);
  }
  return filled;
}

SandboxOptions SandboxFor(const Target& target) {
  SandboxOptions options{.keep_visible = {std::filesystem::current_path(), target.folder},
                         .as_deployed = target.as_deployed};
  for (const std::string& word : target.command) {
    if (word.find('/') != std::string::npos) options.keep_visible.push_back(word);
  }
  if (target.pid_file) {
    options.own_layer.push_back(std::filesystem::path(*target.pid_file).parent_path());
  }
  return options;
}

std::function<void()> PrepareChild(const StartOptions& options, const Places& places,
                                   const World& world) {
  return [options, places, world] {
    setpgid(0, 0);  // as launchd does: a group of its own
    ResetSignals();
    umask(options.umask);
    if (options.contained) MountOwnProc();
    TakeHostName(options.host_name);
    ShiftBootClock(options.boot_offset);
    TakePlace(options.takes_place_of, places.pid_file);
    ChangeUser(options.user, world);
    if (options.signals_nobody) ForbidSignalsToOthers();
    ChangeOutput(options.output);
    if (options.closed) close(*options.closed);
    Limit(RLIMIT_NOFILE, options.most_files);
    Limit(RLIMIT_FSIZE, options.most_bytes);
    LimitProcesses(world.full);
    if (options.held && ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
      ThrowErrno("hold a start");
    }
  };
}

}  // namespace pidfall
