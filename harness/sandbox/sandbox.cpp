#include "harness/sandbox/sandbox.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

#include "harness/process/clone.h"
#include "harness/sandbox/devices.h"
#include "harness/sandbox/foreign.h"
#include "harness/sandbox/init.h"
#include "harness/sandbox/kernel_files.h"
#include "harness/sandbox/landlock.h"
#include "harness/sandbox/mount_points.h"
#include "harness/sandbox/mounts.h"
#include "harness/sandbox/signal_filter.h"
#include "harness/sandbox/system_log.h"
#include "harness/sandbox/trial.h"
#include "harness/sandbox/users.h"

namespace pidfall {
namespace {

constexpr uint64_t kNamespaces =
    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

// Users for root to change to, in no passwd file: above the ids that Debian gives out (to 59999)
// and below the first subordinate range (100000).
constexpr uid_t kOrdinaryUser = 61001;
constexpr uid_t kSecondUser = 61002;

using Story = std::function<std::string(const World&)>;

struct Pipes {
  Pipe lifeline = MakePipe();
  Pipe result = MakePipe();
  Pipe go = MakePipe();
};

World MakeWorld(bool full, const SandboxOptions& options, std::optional<uid_t> subordinate) {
  World world{.full = full, .outside = options.outside, .holds_sandboxes = options.holds_sandboxes};
  const bool is_root = geteuid() == 0;
  world.ordinary_user = is_root ? kOrdinaryUser : geteuid();
  world.second_user = is_root ? kSecondUser : subordinate.value_or(0);
  return world;
}

int Direct(World& world, const Story& story, int result) {
  world.result = result;
  WriteAll(result, story(world), "the result pipe");
  return 0;
}

// Closes the descriptors that a fork of the harness inherits: the lifelines of other sandboxes.
void KeepOnly(const Pipes& pipes) {
  const std::array<int, 3> kept = {pipes.lifeline.read.get(), pipes.result.write.get(),
                                   pipes.go.read.get()};
  const int highest = *std::max_element(kept.begin(), kept.end());
  for (int fd = STDERR_FILENO + 1; fd < highest; ++fd) {
    if (std::find(kept.begin(), kept.end(), fd) == kept.end()) close(fd);
  }
  close_range(static_cast<unsigned>(highest) + 1, ~0U, 0);
}

// As under a supervisor: a person's Ctrl-C reaches only the harness, and a program that reads the
// terminal gets an error instead of being stopped (SIGTTIN) in a background group. The keys of the
// session stay outside, too.
void LeaveSession() {
  setsid();
  syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
}

bool WasToldToGo(int go) {
  char byte = 0;
  return read(go, &byte, 1) == 1;
}

// World-writable, and often of an owner that cannot be copied up.
const std::vector<std::string> kSharedFolders = {"/tmp", "/var/tmp", "/run/lock"};

const ViewPlan& RememberedPlan(const std::string& base, std::vector<std::string> own_layer) {
  // What a user may do differs.
  using Key = std::tuple<uid_t, std::string, std::vector<std::string>>;
  static std::map<Key, ViewPlan> plans;
  const auto& foreign = WritableForeignFolders();
  own_layer.insert(own_layer.end(), kSharedFolders.begin(), kSharedFolders.end());
  own_layer.insert(own_layer.end(), foreign.begin(), foreign.end());
  const Key key(geteuid(), base, own_layer);
  const auto known = plans.find(key);
  if (known != plans.end()) return known->second;
  return plans.emplace(key, PlanView(base, own_layer)).first->second;
}

void BuildDeployed(World& world, const std::string& base, const ViewPlan& plan) {
  world.view = EnterView(base, plan);
  world.folder = std::string(kViewFolder) + "/stage";
  if (mkdir(world.folder.c_str(), 0755) != 0) ThrowErrno("create " + world.folder);
}

void BuildWorld(World& world, const std::string& base, const ViewPlan* plan) {
  KeepMountsPrivate();
  BringLoopbackUp();
  if (plan != nullptr) return BuildDeployed(world, base, *plan);
  if (world.holds_sandboxes) {
    MountBareProc();
  } else {
    for (const std::string& path : KernelMounts()) MakeReadOnly(path);
    ReplaceDevices(base);
    MountProc();
  }
  MountFolder(base);
  world.folder = base;
}

// Opens it before the view hides it. No exec inherits the descriptor.
UniqueFd OpenOutside(World& world) {
  if (world.outside.empty()) return {};
  UniqueFd folder = OpenFile(world.outside, O_PATH | O_DIRECTORY);
  world.outside = "/proc/self/fd/" + std::to_string(folder.get());
  return folder;
}

// Where sandboxes are made inside, /dev is the machine's.
SystemLog CollectSystemLog(World& world) {
  if (world.holds_sandboxes) return {};
  world.system_log = world.folder + "/system.log";
  SystemLog log(kSystemLogPath, world.system_log);
  world.system_log_socket = log.socket();
  return log;
}

int FullInit(const Pipes& pipes, World world, const std::string& base, const ViewPlan* plan,
             const Story& story) {
  SetProcessTitle();
  LeaveSession();
  KeepOnly(pipes);
  if (!WasToldToGo(pipes.go.read.get())) return 1;
  const UniqueFd outside = OpenOutside(world);
  BuildWorld(world, base, plan);
  const SystemLog log = CollectSystemLog(world);
  return RunFullInit(pipes.lifeline.read.get(), log,
                     [&] { return Direct(world, story, pipes.result.write.get()); });
}

std::string MakeTemporaryFolder() {
  std::string path = (std::filesystem::temp_directory_path() / "pidfall-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) ThrowErrno("create " + path);
  // Other users work in here, too, when root runs the suite.
  chmod(path.c_str(), 0755);
  return path;
}

int PlainInit(const Pipes& pipes, World world, const Story& story) {
  SetProcessTitle();
  LeaveSession();
  KeepOnly(pipes);
  world.folder = MakeTemporaryFolder();
  return RunPlainInit(pipes.lifeline.read.get(), world.folder, [&] {
    // Without a pid namespace a faulty target could signal the whole machine.
    LandlockScopesSignals() ? ForbidSignalsToOthers() : ForbidSignalsToAll();
    return Direct(world, story, pipes.result.write.get());
  });
}

Child StartFull(Pipes& pipes, const SandboxOptions& options, const Story& story) {
  KernelMounts();  // read here, where all are visible, and only once
  const auto subordinate = options.second_user ? SubordinateUser() : std::nullopt;
  const std::string base = ChoosePrivateFolder(options.keep_visible);
  const ViewPlan* plan = options.as_deployed ? &RememberedPlan(base, options.own_layer) : nullptr;
  const World world = MakeWorld(true, options, subordinate);
  Child init =
      Clone({.namespaces = kNamespaces}, [&] { return FullInit(pipes, world, base, plan, story); });
  try {
    MapUsers(init.pid, subordinate);
  } catch (...) {
    SendSignal(init, SIGKILL);
    Reap(init);
    throw;
  }
  WriteAll(pipes.go.write.get(), "g", "the sandbox's pipe");
  return init;
}

bool IsForcedPlain() {
  const char* forced = getenv("PIDFALL_SANDBOX");
  return forced != nullptr && std::string(forced) == "plain";
}

std::string FindObstacle() {
  KernelMounts();  // as before a sandbox
  return TryInNamespaces({.namespaces = kNamespaces & ~uint64_t{CLONE_NEWUSER}}, [] {
    World world;
    BuildWorld(world, ChoosePrivateFolder({}), nullptr);
  });
}

}  // namespace

Sandbox Sandbox::Open(const SandboxOptions& options, const Story& story) {
  const bool full = FullSandboxWorks();
  Pipes pipes;
  Sandbox sandbox;
  sandbox.init_ = full ? StartFull(pipes, options, story) : Clone({}, [&] {
    return PlainInit(pipes, MakeWorld(false, options, std::nullopt), story);
  });
  sandbox.result_ = std::move(pipes.result.read);
  sandbox.lifeline_ = std::move(pipes.lifeline.write);
  return sandbox;
}

int Sandbox::Close(Duration bound) {
  lifeline_.Reset();
  if (!WaitForEnd(init_, bound)) SendSignal(init_, SIGKILL);
  return std::max(Reap(init_).status - kEndedBySignal, 0);
}

const std::string& FullSandboxObstacle() {
  static const std::string kForced = "PIDFALL_SANDBOX=plain";
  if (IsForcedPlain()) return kForced;
  static const std::string kFound = FindObstacle();
  return kFound;
}

}  // namespace pidfall
