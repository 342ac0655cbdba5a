#include "harness/stage/stage.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>
#include <sstream>
#include <system_error>

#include "harness/input/shell_quote.h"
#include "harness/kernel/process.h"
#include "harness/kernel/signal_mask.h"
#include "harness/observe/given_time.h"
#include "harness/process/shell.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// Ends and output wake us at once. No event reports that a socket began to listen, or that a
// process blocked: that is polled at these intervals, a fraction of the time so far.
constexpr Duration kFirstLook = std::chrono::microseconds(200);
constexpr int kLooksApart = 4;

// The kernel grants 64 MiB to all pipes of a user; past that, new ones hold two pages (pipe(7)).
constexpr int kOutputRoom = 256 << 10;

// Most waits are over by then, and need no count of given time.
constexpr Duration kSoon = std::chrono::milliseconds(100);

// A to Z, then A2 to Z2, ...
std::string LetterName(size_t index) {
  constexpr size_t kLetters = 26;
  const std::string letter(1, static_cast<char>('A' + index % kLetters));
  return index < kLetters ? letter : letter + std::to_string(index / kLetters + 1);
}

std::vector<std::string> Environment(const std::string& name,
                                     const std::vector<std::string>& changes) {
  std::vector<std::string> variables = changes;
  variables.push_back(std::string(kInstanceMark) + "=" + name);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const std::string key = text.substr(0, text.find('=') + 1);
    const bool replaced = std::any_of(changes.begin(), changes.end(), [&](const auto& change) {
      return change.compare(0, key.size(), key) == 0;
    });
    if (!replaced) variables.push_back(text);
  }
  return variables;
}

std::vector<std::string> Joined(std::vector<std::string> first,
                                const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// A wait also returns the stops of a traced child, and would take them from its stepper.
bool HasEnded(pid_t child) {
  siginfo_t info{};
  const bool told =
      waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  return told && info.si_pid == child && info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED;
}

// In a private network any port is free. Elsewhere one is chosen where the command takes one.
bool HasPortOfItsOwn(const Target& target, bool full) {
  return *target.port != 0 && (full || !Mentions(target.command, "{port}"));
}

std::set<std::string> FilesIn(const std::string& folder) {
  std::set<std::string> names;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) {
    names.insert(entry.path().filename());
  }
  return names;
}

}  // namespace

Stage::Stage(const Target& target, const World& world)
    : target_(target),
      world_(world),
      folder_(world.folder + "/run"),
      harness_folder_(world.folder + "/harness"),
      home_(world.folder + "/home"),
      pid_file_(target.pid_file.value_or("{pid_file}")) {
  if (mkdir(folder_.c_str(), 0755) != 0) ThrowErrno("create " + folder_);
  if (mkdir(harness_folder_.c_str(), 0755) != 0) ThrowErrno("create " + harness_folder_);
  if (mkdir(home_.c_str(), 0755) != 0 || chmod(home_.c_str(), 01777) != 0) {
    ThrowErrno("create " + home_);
  }
  if (pid_file_ == "{pid_file}") pid_file_ = folder_ + "/server.pid";
  folder_ = std::filesystem::path(pid_file_).parent_path();
  // Many start scripts make it at the first start: /run is empty after a boot.
  if (world.full) std::filesystem::create_directories(folder_);
  // The file of a copy in production names no process in here.
  if (world.full && target.as_deployed && target.pid_file) unlink(pid_file_.c_str());
  others_ = FilesIn(folder_);
  if (target.makes_folder) own_folder_.emplace(folder_);
  // A file of an earlier run at a path of the machine; RealFiles puts back the machine's own file.
  if (!world.full && target.pid_file && pid_file_ == target.pid_file) unlink(pid_file_.c_str());
  if (target.port) port_ = HasPortOfItsOwn(target, world.full) ? *target.port : OtherPort();
  StartNeeds();
}

// The programs that the target needs run beside it for the whole story, in the same private
// network.
void Stage::StartNeeds() {
  for (const std::string& command : target_.needs) {
    needs_.push_back(
        StartShell(FillIn({command}, PlacesOf({})).front(),
                   {.environment = Environment("needs", {}), .folder = target_.folder}));
  }
}

int Stage::OtherPort() { return claims_.emplace_back().port(); }

uid_t Stage::acting_user() const {
  return acting_as_ == User::kOrdinary ? world_.ordinary_user : geteuid();
}

Places Stage::PlacesOf(const StartOptions& options) const {
  return {options.port.value_or(port_), options.pid_file.value_or(pid_file_), options.host, folder_,
          ShellCommand(target_.command)};
}

// A bundled server keeps its notes at home, and another user cannot enter ours. In every locale the
// libraries give causes in English: SaysCause looks for that.
std::vector<std::string> Stage::Changes(const StartOptions& options) const {
  std::vector<std::string> changes = Joined(target_.environment, options.environment);
  changes.emplace_back("LANGUAGE=en");
  const bool other_home = options.user != User::kOwn && geteuid() == 0;
  if (!target_.as_deployed || other_home) changes.push_back("HOME=" + home_);
  return changes;
}

LaunchOptions Stage::LaunchOf(const StartOptions& asked, int output,
                              const std::string& name) const {
  StartOptions options = asked;
  if (options.user == User::kOwn) options.user = acting_as_;
  const Places places = PlacesOf(options);
  const auto& command = options.command.empty() ? target_.command : options.command;
  LaunchOptions launch{
      .command = FillIn(command, places),
      .environment = Environment(name, Changes(options)),
      .folder = options.folder.empty() ? target_.folder : options.folder,
      .output = output,
      .pid = options.pid,
      .namespaces = options.contained ? CLONE_NEWPID | CLONE_NEWNS : 0ULL,
      .before_exec =
          [name, prepare = PrepareChild(options, places, world_)] {
            SetMark(name);
            prepare();
          },
      .own_memory = options.user != User::kOwn || options.boot_offset.count() != 0};
  launch.command.insert(launch.command.end(), options.arguments.begin(), options.arguments.end());
  launch.command.insert(launch.command.begin(), options.under.begin(), options.under.end());
  return launch;
}

Instance& Stage::Start(const StartOptions& options) {
  if (own_folder_ && instances_.empty()) own_folder_->LeaveToTheStart();
  const std::string name = LetterName(instances_.size());
  Pipe output = MakePipe();
  // A smaller pipe only means more wake-ups.
  fcntl(output.read.get(), F_SETPIPE_SZ, kOutputRoom);
  Child child = [&] {
    try {
      return Launch(LaunchOf(options, output.write.get(), name));
    } catch (const std::system_error& error) {
      if (options.held) SkipIfForbidden(error);
      throw Broken(error.what());
    }
  }();
  evidence_.Did("start " + name + " (pid " + std::to_string(child.pid) + ")");
  const Instance& started = instances_.emplace_back(
      census_, name, std::move(child), std::move(output.read), options.port.value_or(port_));
  const bool apart =
      options.port.value_or(port_) != port_ && options.pid_file.value_or(pid_file_) != pid_file_;
  if (!evidence_.is_muted()) evidence_.chronicle().Begin(started, apart);
  return instances_.back();
}

void Stage::Did(const std::string& what) {
  evidence_.Did(what);
  if (!evidence_.is_muted()) evidence_.chronicle().NoteFault(what);
}

// Of earlier starts, if all are over. False: there are none.
// There were others, and nothing runs any more.
bool Stage::OthersAreOver() const {
  const auto is_over = [](const Instance& each) {
    return each.ended() && each.Processes().empty();
  };
  return instances_.size() > 1 && std::ranges::all_of(instances_, is_over);
}

bool Stage::RemoveLeftovers() {
  const bool any_left = OthersAreOver();
  const auto files = any_left ? SafeguardFiles(*this) : std::vector<std::string>();
  for (const std::string& file : files) {
    Did("remove " + file + ", which an owner left that was killed");
    std::filesystem::remove_all(file);
  }
  const bool had_folder = any_left && own_folder_ && std::filesystem::remove_all(folder_) > 0;
  return had_folder || !files.empty();
}

Instance& Stage::StartOwner(const StartOptions& options) {
  Instance* owner = &Start(options);
  Outcome outcome = Settle(*this, *owner, target_.start_timeout);
  if (outcome == Outcome::kEnded && RemoveLeftovers()) {
    owner = &Start(options);
    outcome = Settle(*this, *owner, target_.start_timeout);
  }
  if (outcome == Outcome::kServes) {
    AwaitOwnersFile(*this);
    target_user_ = UserOf(owner->MainProcess().value_or(owner->pid()));
    return *owner;
  }
  // What was left cannot be removed here: a semaphore, or a file at a place unknown. Another
  // command may fail for another reason.
  if (outcome == Outcome::kEnded && OthersAreOver() && options.command.empty()) {
    ExpectServes(*this, *owner, "C3", "no other copy runs any more");
  }
  throw Broken(
      "the target never served" +
      std::string(owner->ending() ? ", it ended with " + owner->ending()->Describe() : "") +
      "; it printed " + owner->Printed());
}

void Stage::Update() {
  for (Instance& instance : instances_) instance.Update();
  census_.Forget();  // only a later census shows the children of a reaped process
  for (Instance& instance : instances_) instance.NoteWhatIsLeft();
  ReapAdopted();
}

// Daemons become our children once their parents have ended: unreaped, they would keep their pids.
void Stage::ReapAdopted() {
  std::istringstream children(ReadFile("/proc/thread-self/children"));
  const auto is_known = [&](pid_t pid) {
    const auto has_pid = [&](const auto& known) { return known.pid() == pid; };
    return std::any_of(instances_.begin(), instances_.end(), has_pid) ||
           std::any_of(bystanders_.begin(), bystanders_.end(), has_pid);
  };
  for (pid_t pid = 0; children >> pid;) {
    if (!is_known(pid) && HasEnded(pid)) waitpid(pid, nullptr, WNOHANG);
  }
}

void Stage::WaitForActivity(Duration at_most) {
  std::vector<pollfd> events;
  for (const Instance& instance : instances_) {
    if (!instance.ended()) events.push_back({instance.child().pidfd.get(), POLLIN, 0});
    if (instance.output_fd() >= 0) events.push_back({instance.output_fd(), POLLIN, 0});
  }
  const timespec bound{.tv_sec = 0, .tv_nsec = at_most.count()};
  ppoll(events.data(), events.size(), &bound, nullptr);
}

bool Stage::LookUntil(const std::function<bool()>& condition, Clock::time_point began,
                      Duration bound, Duration longest_look) {
  const auto deadline = Clock::now() + bound;
  for (;;) {
    {
      const Census::Look look(census_);
      Update();
      evidence_.chronicle().Watch(*this);
      if (condition()) return true;
    }
    const auto now = Clock::now();
    if (now >= deadline) return false;
    const Duration interval =
        std::clamp<Duration>((now - began) / kLooksApart, kFirstLook, longest_look);
    WaitForActivity(std::min<Duration>(interval, deadline - now));
  }
}

std::vector<std::map<pid_t, ProcessorTime>> ProcessorTimesOfAll(const Stage& stage) {
  const Census::Look look(stage.census());
  std::vector<std::map<pid_t, ProcessorTime>> all;
  for (const Instance& instance : stage.instances()) all.push_back(ProcessorTimesOf(instance));
  return all;
}

bool Stage::WaitUntil(const std::function<bool()>& condition, Duration bound,
                      Duration longest_look) {
  const auto began = Clock::now();
  if (LookUntil(condition, began, std::min(bound, kSoon), longest_look)) return true;
  GivenTime given([&] { return ProcessorTimesOfAll(*this); });
  for (Duration left = bound - kSoon; left > Duration::zero();) {
    const Duration pause = std::min(left, kSoon);
    if (LookUntil(condition, began, pause, longest_look)) return true;
    left = bound - kSoon - given.SoFar(pause);
  }
  return false;
}

namespace {

// The kernel passes over threads that a tracer holds. With no tracer, the first thread gets the
// signal of a process, and in many servers (all in Python) only that thread acts on it.
void SendToFirstThread(pid_t pid, int signal) { syscall(SYS_tgkill, pid, pid, signal); }

}  // namespace

bool Stage::Gone(const Instance& instance, Duration bound) {
  return WaitUntil([&] { return instance.ended() && instance.Processes().empty(); }, bound);
}

void Stage::Signal(Instance& instance, int signal) {
  const std::string name = std::string("SIG") + sigabbrev_np(signal);
  evidence_.Did("send " + name + " to " + instance.name());
  evidence_.chronicle().Watch(*this);  // what it did until then
  evidence_.chronicle().NoteSignal(instance, name);
  const auto main = instance.MainProcess();
  if (!main) return;
  if (instance.IsHeld() && TakesSignal(*main, signal)) return SendToFirstThread(*main, signal);
  if (*main == instance.pid()) return SendSignal(instance.child(), signal);
  // A daemon: its pid cannot be reused, because only we can reap it.
  kill(*main, signal);
}

void Stage::TerminateAll(Instance& instance) {
  const auto all = instance.Processes();
  const auto main = instance.MainProcess();
  Signal(instance, SIGTERM);
  for (const pid_t pid : all) {
    if (pid != main) kill(pid, SIGTERM);
  }
}

void Stage::Kill(Instance& instance) {
  const auto main = instance.MainProcess();
  Signal(instance, SIGKILL);
  instance.CollectFromHolder();
  const auto is_gone = [&] { return !main || instance.MainProcess() != main; };
  if (!WaitUntil(is_gone, kSettleBound)) {
    throw Broken(instance.name() + " did not end after SIGKILL");
  }
}

void Stage::KillTree(Instance& instance) {
  Kill(instance);
  for (const pid_t pid : instance.Processes()) kill(pid, SIGKILL);
  if (!WaitUntil([&] { return instance.Processes().empty(); }, kSettleBound)) {
    throw Broken("what " + instance.name() + " left did not end after SIGKILL");
  }
}

void Stage::Stop(Instance& instance) {
  TerminateAll(instance);
  if (!WaitUntil([&] { return !instance.MainProcess(); }, kSettleBound)) {
    throw NotApplicable(instance.name() + " does not end on SIGTERM (see stop/sigterm)");
  }
}

void Stage::EndAll() {
  for (Instance& instance : instances_) {
    if (!instance.ended() || !instance.Processes().empty()) KillTree(instance);
  }
}

Bystander& Stage::StartBystander(BystanderOptions options) {
  if (!options.user) options.user = target_user_;
  Bystander& bystander = bystanders_.emplace_back(options);
  const std::string name = "bystander (pid " + std::to_string(bystander.pid()) + ")";
  evidence_.Did("start a " + name + (options.answers ? " that answers HTTP on the port" : ""));
  if (!evidence_.is_muted()) evidence_.chronicle().BeginStranger(name);
  return bystander;
}

}  // namespace pidfall
