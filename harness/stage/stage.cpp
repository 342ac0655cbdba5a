#include "harness/stage/stage.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>
#include <sstream>
#include <system_error>

#include "harness/probe/http.h"
#include "harness/probe/process.h"
#include "harness/probe/sockets.h"
#include "harness/sandbox/landlock.h"
#include "harness/stage/given_time.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// Ends and output wake us at once. That a socket began to listen, or that a process blocked, is
// told by no event: it is looked up at these intervals, a fraction of what has passed.
constexpr Duration kFirstLook = std::chrono::microseconds(200);
constexpr Duration kLongestLook = std::chrono::milliseconds(10);
constexpr int kLooksApart = 4;

constexpr int kOutputRoom = 1 << 20;  // fs.pipe-max-size grants anybody that much

// Most waits are over by then, and need no account.
constexpr Duration kSoon = std::chrono::milliseconds(100);

// A launcher that is told that its daemon serves ends at once; a shell that supervises does not.
constexpr Duration kLauncherBound = 2 * kSoon;

// What talks another protocol stays silent.
constexpr Duration kAnswerBound = std::chrono::milliseconds(500);

// A to Z, then A2 to Z2, ...
std::string LetterName(size_t index) {
  constexpr size_t kLetters = 26;
  const std::string letter(1, static_cast<char>('A' + index % kLetters));
  return index < kLetters ? letter : letter + std::to_string(index / kLetters + 1);
}

std::string Quote(const std::string& text) { return text.empty() ? "nothing" : "\"" + text + "\""; }

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

std::vector<TcpSocket> Held(const std::vector<pid_t>& processes, std::vector<TcpSocket> sockets) {
  if (sockets.empty()) return sockets;
  std::set<uint64_t> open;
  for (const pid_t pid : processes) open.merge(OpenSockets(pid));
  std::erase_if(sockets, [&](const TcpSocket& socket) { return !open.contains(socket.inode); });
  return sockets;
}

bool AnyHolds(const std::vector<pid_t>& processes, const std::vector<TcpSocket>& sockets) {
  return !Held(processes, sockets).empty();
}

// Where one of two addresses is another's, many a server waits or goes on with the other one.
size_t AddressesHeld(const std::vector<pid_t>& processes, const std::vector<TcpSocket>& sockets) {
  std::set<std::string> addresses;
  for (const TcpSocket& socket : Held(processes, sockets)) addresses.insert(socket.address);
  return addresses.size();
}

// A wait tells of the stops of a traced child as well, asked or not, and would take them from its
// stepper.
bool HasEnded(pid_t child) {
  siginfo_t info{};
  const bool told =
      waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  return told && info.si_pid == child && info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED;
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
      back_room_(world.folder + "/back-room"),
      home_(world.folder + "/home"),
      pid_file_(target.pid_file.value_or("{pid_file}")) {
  if (mkdir(folder_.c_str(), 0755) != 0) ThrowErrno("create " + folder_);
  if (mkdir(back_room_.c_str(), 0755) != 0) ThrowErrno("create " + back_room_);
  if (mkdir(home_.c_str(), 0755) != 0 || chmod(home_.c_str(), 01777) != 0) {
    ThrowErrno("create " + home_);
  }
  if (pid_file_ == "{pid_file}") pid_file_ = folder_ + "/server.pid";
  folder_ = std::filesystem::path(pid_file_).parent_path();
  // Many a start script makes it at the first start: /run is empty after a boot.
  if (world.full) std::filesystem::create_directories(folder_);
  // What a copy in production wrote names nobody in here.
  if (world.full && target.as_deployed && target.pid_file) unlink(pid_file_.c_str());
  others_ = FilesIn(folder_);
  if (target.port) port_ = world.full && *target.port != 0 ? *target.port : OtherPort();
  StartNeeds();
}

// What the target needs runs beside it for the whole story, in the same private network.
void Stage::StartNeeds() {
  for (const std::string& command : target_.needs) {
    needs_.push_back(Launch({.command = {"/bin/sh", "-c", command},
                             .environment = Environment("needs", {}),
                             .folder = target_.folder}));
  }
}

int Stage::OtherPort() { return claims_.emplace_back().port(); }

void Stage::NeedFullSandbox(const std::string& what_for) const {
  if (world_.full) return;
  throw Skip(what_for + " needs namespaces (./pidfall doctor says how to get them)");
}

void Stage::NeedSecondUser() const {
  if (world_.second_user != 0 || LandlockScopesSignals()) return;
  throw Skip("a second user needs root, a range in /etc/subuid with newuidmap, or Linux 6.12");
}

void Stage::NeedKernelFile(const std::string& path, const std::string& what_for) const {
  if (access(path.c_str(), F_OK) == 0) return;
  throw Skip(what_for + " needs a kernel with " + path + " (./pidfall doctor)");
}

Places Stage::PlacesOf(const StartOptions& options) const {
  return {options.port.value_or(port_), options.pid_file.value_or(pid_file_), options.host,
          folder_};
}

// A bundled server keeps its notes at home, and another user cannot enter ours. Whatever the locale
// is, libraries say in English why they were refused: SaysCause looks for that.
std::vector<std::string> Stage::Changes(const StartOptions& options) const {
  std::vector<std::string> changes = Joined(target_.environment, options.environment);
  changes.emplace_back("LANGUAGE=en");
  const bool other_home = options.user != User::kOwn && geteuid() == 0;
  if (!target_.as_deployed || other_home) changes.push_back("HOME=" + home_);
  return changes;
}

LaunchOptions Stage::LaunchOf(const StartOptions& options, const Places& places, int output,
                              const std::string& name) const {
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
            WearMark(name);
            prepare();
          },
      .own_memory = options.user != User::kOwn || options.boot_offset.count() != 0};
  launch.command.insert(launch.command.end(), options.arguments.begin(), options.arguments.end());
  launch.command.insert(launch.command.begin(), options.under.begin(), options.under.end());
  return launch;
}

Instance& Stage::Start(const StartOptions& asked) {
  StartOptions options = asked;
  if (options.user == User::kOwn) options.user = acting_as_;
  const std::string name = LetterName(instances_.size());
  const Places places = PlacesOf(options);
  Pipe output = MakePipe();
  // Each look costs more than taking what was printed. Where the kernel grants less, it is more
  // looks.
  fcntl(output.read.get(), F_SETPIPE_SZ, kOutputRoom);
  Child child = [&] {
    try {
      return Launch(LaunchOf(options, places, output.write.get(), name));
    } catch (const std::system_error& error) {
      if (options.held) SkipIfForbidden(error);
      throw Broken(error.what());
    }
  }();
  Did("start " + name + " (pid " + std::to_string(child.pid) + ")");
  return instances_.emplace_back(census_, name, std::move(child), std::move(output.read),
                                 places.port);
}

Instance& Stage::StartOwner(const StartOptions& options) {
  Instance& owner = Start(options);
  const Outcome outcome = Settle(owner, target_.start_timeout);
  if (outcome == Outcome::kServes) {
    AwaitOwnersFile();
    return owner;
  }
  throw Broken("the target never served" +
               std::string(owner.ending() ? ", it ended with " + owner.ending()->Describe() : "") +
               "; it printed " + Quote(owner.FirstLines()));
}

std::vector<Instance*> Stage::StartTogether(const std::vector<StartOptions>& all) {
  std::vector<Instance*> started;
  for (StartOptions options : all) {
    options.held = true;
    started.push_back(&Start(options));
  }
  // Each has stopped at its first instruction; only then may the first one run.
  for (const Instance* instance : started) waitpid(instance->pid(), nullptr, WUNTRACED);
  for (Instance* instance : started) ptrace(PTRACE_DETACH, instance->pid(), nullptr, nullptr);
  return started;
}

void Stage::UpdateAll() {
  for (Instance& instance : instances_) instance.Update();
  census_.Forget();  // what a process that was reaped has left stands in a later one only
  for (Instance& instance : instances_) instance.NoteWhatIsLeft();
  ReapAdopted();
}

// Daemons are ours once their parents have left them: unreaped, they would keep their numbers.
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

void Stage::Sleepless(Duration interval) {
  std::vector<pollfd> events;
  for (const Instance& instance : instances_) {
    if (!instance.ended()) events.push_back({instance.child().pidfd.get(), POLLIN, 0});
    if (instance.output_fd() >= 0) events.push_back({instance.output_fd(), POLLIN, 0});
  }
  const timespec bound{.tv_sec = 0, .tv_nsec = interval.count()};
  ppoll(events.data(), events.size(), &bound, nullptr);
}

bool Stage::LookUntil(const std::function<bool()>& condition, Clock::time_point began,
                      Duration bound) {
  const auto deadline = Clock::now() + bound;
  for (;;) {
    {
      const Census::Moment moment(census_);
      UpdateAll();
      if (condition()) return true;
    }
    const auto now = Clock::now();
    if (now >= deadline) return false;
    const Duration interval =
        std::clamp<Duration>((now - began) / kLooksApart, kFirstLook, kLongestLook);
    Sleepless(std::min<Duration>(interval, deadline - now));
  }
}

std::vector<std::map<pid_t, ProcessorTime>> Stage::ProcessorTimes() const {
  std::vector<std::map<pid_t, ProcessorTime>> all;
  for (const Instance& instance : instances_) {
    std::map<pid_t, ProcessorTime>& times = all.emplace_back();
    for (const pid_t pid : instance.Processes()) times.merge(pidfall::ProcessorTimes(pid));
  }
  return all;
}

bool Stage::WaitUntil(const std::function<bool()>& condition, Duration bound) {
  const auto began = Clock::now();
  if (LookUntil(condition, began, std::min(bound, kSoon))) return true;
  GivenTime given(*this);
  for (Duration left = bound - kSoon; left > Duration::zero();) {
    const Duration pause = std::min(left, kSoon);
    if (LookUntil(condition, began, pause)) return true;
    left = bound - kSoon - given.SoFar(pause);
  }
  return false;
}

std::vector<TcpSocket> Stage::ListenersOn(int port) const {
  std::vector<TcpSocket> sockets = census_.Listeners();
  std::erase_if(sockets, [&](const TcpSocket& socket) { return socket.port != port; });
  return sockets;
}

bool Stage::Serves(const Instance& instance) const {
  const auto processes = instance.Processes();
  if (!target_.port || processes.empty()) return !processes.empty();
  return AddressesHeld(processes, ListenersOn(instance.port())) >= target_.addresses;
}

bool Stage::ListensAnywhere(const Instance& instance) const {
  return AnyHolds(instance.Processes(), census_.Listeners());
}

// One that leaves the serving to others ends, unless it supervises them. Until then it would pass
// for the main process.
void Stage::AwaitLauncher(const Instance& instance) {
  if (!target_.port || instance.ended()) return;
  if (AnyHolds({instance.pid()}, ListenersOn(instance.port()))) return;
  WaitUntil([&] { return instance.ended(); }, kLauncherBound);
}

bool Stage::Answers() const {
  try {
    if (target_.port) HttpGet(endpoint(), target_.health_path, kAnswerBound);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

bool Stage::Stays(const Instance& instance) {
  const auto processes = instance.Processes();
  if (processes.empty()) return false;
  // One that looks after something every moment never sleeps for long; one that prints without end
  // sleeps whenever we are slow to read.
  const bool rests = instance.age() >= kSettlesFor && instance.Sleeps() &&
                     std::none_of(processes.begin(), processes.end(), WaitsToWrite);
  return rests || instance.HasSleptFor(kSleepsAfter) ||
         std::all_of(processes.begin(), processes.end(), WaitsWithoutTimeout);
}

std::optional<pid_t> Stage::MainProcess(const Instance& instance) const {
  if (!instance.ended()) return instance.pid();
  const auto left = instance.Processes();
  return left.empty() ? std::nullopt : std::optional(left.front());
}

std::vector<const Instance*> Stage::Serving(int port) const {
  const Census::Moment moment(census_);
  std::vector<const Instance*> serving;
  for (const Instance& instance : instances_) {
    if (instance.port() == port && Serves(instance)) serving.push_back(&instance);
  }
  return serving;
}

std::optional<Outcome> Stage::OutcomeNow(Instance& instance) {
  if (instance.ended() && instance.Processes().empty()) return Outcome::kEnded;
  if (target_.port && Serves(instance)) return Outcome::kServes;
  const auto processes = instance.Processes();
  const bool waits =
      !processes.empty() && std::all_of(processes.begin(), processes.end(), WaitsWithoutTimeout);
  // Without a port, what sleeps through its time as cron does serves as well.
  if (!waits && !target_.port && Stays(instance)) return Outcome::kServes;
  if (!waits) return std::nullopt;
  const bool in_lock = std::any_of(processes.begin(), processes.end(), WaitsForLock);
  if (!target_.port && !in_lock) return Outcome::kServes;
  return Outcome::kWaits;
}

// Somebody has the port, and it has not got all of its addresses. It may be trying again.
bool Stage::GoesOnWithout(const Instance& instance) const {
  if (!target_.port || ListenersOn(instance.port()).empty()) return false;
  return instance.Sleeps() && !instance.Processes().empty();
}

bool Stage::HasBlocked(const Instance& instance) const {
  const auto processes = instance.Processes();
  return std::any_of(processes.begin(), processes.end(), WaitsForLock) ||
         instance.HasSleptFor(kWaitsAfter);
}

Outcome Stage::Settle(Instance& instance, Duration bound) {
  std::optional<Outcome> outcome;
  std::optional<Clock::time_point> serves_since, partly_since;
  const auto has_settled = [&] {
    outcome = OutcomeNow(instance);
    if (outcome != Outcome::kServes) serves_since.reset();
    if (outcome == Outcome::kServes && !instance.Sleeps()) {
      if (!serves_since) serves_since = Clock::now();
      return Clock::now() - *serves_since >= kBusyAfter;
    }
    if (!outcome && GoesOnWithout(instance)) {
      if (!partly_since) partly_since = Clock::now();
      if (Clock::now() - *partly_since >= kSettlesFor) outcome = Outcome::kWaits;
      return outcome.has_value();
    }
    // Without a port, waiting for a moment (for the log, for the folder that another start changes)
    // looks like having nothing left to do.
    const bool may_pass = outcome == Outcome::kServes && !target_.port;
    if (outcome != Outcome::kWaits && !may_pass) return outcome.has_value();
    return HasBlocked(instance);
  };
  if (!WaitUntil(has_settled, bound)) {
    throw Broken(instance.name() + " neither served, ended nor waited within " +
                 std::to_string(std::chrono::duration_cast<std::chrono::seconds>(bound).count()) +
                 " s");
  }
  if (outcome == Outcome::kServes) AwaitLauncher(instance);
  if (outcome == Outcome::kServes) Saw(instance.name() + " serves");
  if (outcome == Outcome::kWaits) Saw(instance.name() + " waits");
  if (outcome == Outcome::kEnded) {
    Saw(instance.name() + " ended" +
        (instance.ending() ? " with " + instance.ending()->Describe() : "") + ", printed " +
        Quote(instance.FirstLines()));
  }
  return *outcome;
}

bool Stage::Gone(const Instance& instance, Duration bound) {
  return WaitUntil([&] { return instance.ended() && instance.Processes().empty(); }, bound);
}

void Stage::Signal(Instance& instance, int signal) {
  Did(std::string("send SIG") + sigabbrev_np(signal) + " to " + instance.name());
  const auto main = MainProcess(instance);
  if (!main) return;
  if (*main == instance.pid()) return SendSignal(instance.child(), signal);
  // A daemon: its number cannot pass to another, because we alone can reap it.
  kill(*main, signal);
}

void Stage::TerminateAll(Instance& instance) {
  const auto all = instance.Processes();
  const auto main = MainProcess(instance);
  Terminate(instance);
  for (const pid_t pid : all) {
    if (pid != main) kill(pid, SIGTERM);
  }
}

void Stage::Kill(Instance& instance) {
  const auto main = MainProcess(instance);
  Signal(instance, SIGKILL);
  CollectStepper(instance);
  const auto is_gone = [&] { return !main || MainProcess(instance) != main; };
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

void Stage::LeaveZombie(Instance& instance) {
  instance.KeepAsZombie();
  Kill(instance);
}

void Stage::Stop(Instance& instance) {
  TerminateAll(instance);
  if (!WaitUntil([&] { return !MainProcess(instance); }, kSettleBound)) {
    throw NotApplicable(instance.name() + " does not end on SIGTERM (see stop/sigterm)");
  }
}

void Stage::EndAll() {
  for (Instance& instance : instances_) {
    if (!instance.ended() || !instance.Processes().empty()) KillTree(instance);
  }
}

Bystander& Stage::StartBystander(const BystanderOptions& options) {
  Bystander& bystander = bystanders_.emplace_back(options);
  Did("start a bystander (pid " + std::to_string(bystander.pid()) + ")");
  return bystander;
}

}  // namespace pidfall
