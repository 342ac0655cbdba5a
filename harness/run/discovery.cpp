#include "harness/run/discovery.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "harness/input/secrets.h"
#include "harness/observe/listeners.h"
#include "harness/observe/pid_file_search.h"
#include "harness/process/elapsed.h"
#include "harness/run/pool.h"
#include "harness/stage/answers.h"
#include "harness/stage/departure.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// Unlike the numbers in other files, so that a file that holds it is the pid file.
constexpr pid_t kDistinctPid = 26731;

class Discovery {
 public:
  Discovery(const Target& target, const World& world)
      : target_(target), world_(world), stage_(target, world) {}

  Found Run() {
    const auto start = Clock::now();
    StartOptions options;
    if (world_.full) options.pid = kDistinctPid;
    Instance& instance = stage_.Start(options);
    AwaitStart(instance);
    found_.started_after_ms = MillisecondsSince(start);
    found_.read_only = world_.view.read_only;
    if (!found_.stays) return Explain(instance);
    AwaitRest(instance);
    if (EndedByItself(instance)) return found_;
    Look(instance);
    // Before any request: some lose their lock by it, and then a second start fails on the port.
    Instance& last = TryDuplicate(instance);
    if (EndedByItself(last)) return found_;
    LookForAnswer();
    StopIt(last);
    LookForAnotherPort();
    LookForSameSocket();
    return found_;
  }

 private:
  // Waits until it listens, or stays without a port, or everything has ended. A process that sleeps
  // for a time may be a slow start or a target that wakes by the clock: it gets the whole time.
  void AwaitStart(Instance& instance) {
    const bool over = stage_.WaitUntil(
        [&] {
          const auto processes = instance.Processes();
          if (processes.empty() && instance.ended()) return true;
          found_.listeners = ListenersOf(processes);
          found_.stays = IsListening() || (!target_.port && HasComeToRest(instance));
          return found_.stays;
        },
        target_.start_timeout);
    if (over || target_.port) return;
    Settling settling = SettlingOn(stage_);
    found_.stays =
        stage_.WaitUntil([&] { return See(stage_, instance, settling).stays(); }, kSettlesFor);
  }

  // It may still open more addresses, and its launcher may not have ended yet.
  void AwaitRest(Instance& instance) {
    if (found_.listeners.empty()) return;
    Settling settling(Settling::Port::kExpected);
    stage_.WaitUntil(
        [&] {
          settling.See(LookAt(instance, true, !ListenersOf({instance.pid()}).empty()));
          return settling.settled().has_value();
        },
        kBusyAfter + kLauncherBound);
    found_.listeners = ListenersOf(instance.Processes());
  }

  // It was not signalled, and there was no other start.
  bool EndedByItself(const Instance& instance) {
    stage_.Update();
    const bool goes_on = !instance.ended() || !instance.Processes().empty();
    if (goes_on || instance.ended_at() > second_start_) return false;
    found_.stays = false;
    const std::chrono::duration<double> lived = instance.ended_at() - instance.started_at();
    found_.why_not = fmt::format(
        "it served, and ended by itself with {} after {:.1f} s; its standard input is "
        "/dev/null, as a service's is",
        instance.ending()->Describe(), lived.count());
    return true;
  }

  void LookForAnswer() {
    const Target asked = Complete(target_, found_);
    if (!asked.port || asked.is_udp) return;
    found_.answers = AnswersAt({asked.address, *asked.port}, asked.health_path);
  }

  bool IsListening() const {
    return std::any_of(found_.listeners.begin(), found_.listeners.end(),
                       [&](const Listener& l) { return !target_.port || l.port == stage_.port(); });
  }

  // A start-up may rest for a moment, too: for a helper, or for an answer of another server.
  static bool HasComeToRest(const Instance& instance) {
    constexpr Duration kListensWithin = std::chrono::seconds(1);
    return instance.age() >= kListensWithin && !instance.Processes().empty() && IsAtRest(instance);
  }

  std::string Obstacle(const Instance& instance) const {
    if (instance.ending()) return "it ended with " + instance.ending()->Describe();
    const auto bound = target_.start_timeout.count();
    if (target_.port && !found_.listeners.empty()) {
      return fmt::format("it listens on port {}, but did not on port {} within {} s",
                         found_.listeners.front().port, *target_.port, bound);
    }
    return fmt::format("it neither listened nor came to rest within {} s", bound);
  }

  Found Explain(const Instance& instance) {
    const std::string output = WithoutSecrets(instance.output());
    constexpr size_t kTail = 400;
    const std::string tail = output.size() > kTail ? output.substr(output.size() - kTail) : output;
    found_.why_not = Obstacle(instance);
    found_.why_not += tail.empty() ? "; it printed nothing" : "; its last output:\n" + tail;
    return found_;
  }

  void Look(Instance& instance) {
    const auto processes = instance.Processes();
    found_.processes = static_cast<int>(processes.size());
    found_.in_background = instance.ended();
    if (instance.ending()) found_.launcher_ending = instance.ending()->Describe();
    found_.unix_sockets = UnixListenersOf(processes);
    for (const pid_t pid : processes) {
      for (const HeldLock& lock : HeldLocks(pid)) {
        const bool is_known = std::ranges::find(found_.locks, lock) != found_.locks.end();
        if (!is_known) found_.locks.push_back(lock);
      }
    }
    found_.written = Written(world_.view);
    found_.links = FindLinks(found_.written, processes);
    LookForSafeguardFile(instance);
  }

  void LookForSafeguardFile(Instance& instance) {
    LookForPidFile(instance);
    if (found_.pid_file) return;
    found_.makes_other_thing = target_.pid_file && !NamedFileIsThere() && IsPartOfAName();
    found_.lock_file = NamedFileIsThere() ? stage_.pid_file() : FindLockFile(found_.locks);
    if (!found_.lock_file) return;
    found_.file_owner = ReadState(*found_.lock_file).owner;
    found_.file_is_binary = IsBinary(*found_.lock_file);
  }

  // A larger file is a database, say.
  bool NamedFileIsThere() const {
    constexpr size_t kLargest = 4096;
    const FileState file = ReadState(stage_.pid_file());
    return target_.pid_file && S_ISREG(file.mode) && file.content.size() <= kLargest;
  }

  // A folder or socket of the path that it was told, say, or a file with that and more as its name.
  bool IsPartOfAName() const {
    const std::filesystem::path path(stage_.pid_file());
    std::error_code gone;
    const auto is_so = [&](const std::filesystem::directory_entry& entry) {
      return entry.path().string().starts_with(path.string());
    };
    return std::ranges::any_of(std::filesystem::directory_iterator(path.parent_path(), gone),
                               is_so);
  }

  void LookForPidFile(Instance& instance) {
    AwaitFile(stage_, [&] {
      found_.pid_file = PidFileOf(instance.Processes());
      return found_.pid_file && BeginsWithNumber(*found_.pid_file, instance.Processes());
    });
    if (!found_.pid_file) return;
    found_.file_owner = ReadState(*found_.pid_file).owner;
    found_.has_plain_pid_file = IsPlainPidFile(*found_.pid_file, instance.Processes());
    found_.file_ends_line = EndsLine(*found_.pid_file);
  }

  std::optional<std::string> PidFileOf(const std::vector<pid_t>& processes) const {
    if (target_.pid_file && LooksLikePidFile(stage_.pid_file(), processes)) {
      return stage_.pid_file();
    }
    if (NamedFileIsThere()) return std::nullopt;
    return FindPidFile(Written(world_.view), processes);
  }

  // Asked once, so that every scenario judges by the same answer. Returns the instance to go on
  // with: a start that takes over ends the first one.
  Instance& TryDuplicate(Instance& owner) {
    second_start_ = Clock::now();
    Instance& second = stage_.Start();
    const std::optional<Outcome> outcome = SettledAs(second);
    const bool took_over = owner.Processes().empty() && outcome == Outcome::kServes;
    found_.duplicate = took_over ? "takes over" : DescribeDuplicate(outcome, second);
    if (took_over) return second;
    if (outcome == Outcome::kEnded && second.ending()->signal == 0) {
      found_.duplicate_exit = second.ending()->status;
    }
    if (outcome != Outcome::kEnded) stage_.KillTree(second);
    if (outcome == Outcome::kEnded) TryDuplicateElsewhere();
    return owner;
  }

  // On the owner's own port the start may have ended because of the port, with another status.
  void TryDuplicateElsewhere() {
    const bool has_file = found_.pid_file || found_.lock_file;
    if (target_.duplicate_exit || !has_file || !Mentions(target_.command, "{port}")) return;
    Instance& elsewhere = stage_.Start({.port = stage_.OtherPort()});
    const std::optional<Outcome> outcome = SettledAs(elsewhere);
    if (outcome == Outcome::kEnded && elsewhere.ending()->signal == 0) {
      found_.elsewhere_exit = elsewhere.ending()->status;
    }
    if (outcome != Outcome::kEnded) stage_.KillTree(elsewhere);
  }

  // A slow start is a slow duplicate.
  Duration DuplicateBound() const {
    return kDuplicateBound +
           std::chrono::milliseconds(static_cast<int64_t>(found_.started_after_ms));
  }

  std::optional<Outcome> SettledAs(Instance& second) {
    try {
      const Outcome outcome = Settle(stage_, second, DuplicateBound());
      // The stage does not know the port, so a start that only stays seems to serve.
      const bool stays = outcome == Outcome::kServes && !found_.listeners.empty() &&
                         ListenersOf(second.Processes()).empty();
      return stays || outcome == Outcome::kWaits ? AfterStaying(second) : outcome;
    } catch (const Broken&) {
      if (GivesUp(second)) return std::nullopt;
      return Outcome::kWaits;
    }
  }

  // Some starts try to bind their port for seconds before they give up. A start that does not give
  // up stands by.
  bool GivesUp(Instance& second) {
    found_.standby_polls = !stage_.Gone(second, Stage::kSettleBound);
    return !found_.standby_polls;
  }

  // It retries for a while, or stands by.
  Outcome AfterStaying(Instance& second) {
    const bool ends = IsAtRest(second) ? stage_.Gone(second, Duration::zero()) : GivesUp(second);
    return ends ? Outcome::kEnded : Outcome::kWaits;
  }

  std::string DescribeDuplicate(const std::optional<Outcome>& outcome,
                                const Instance& second) const {
    if (!outcome) {
      const std::chrono::duration<double> bound = DuplicateBound();
      return fmt::format("neither ends nor stands by within {:.1f} s", bound.count());
    }
    if (outcome == Outcome::kServes) return "serves too";
    return outcome == Outcome::kWaits ? "stands by" : "ends with " + second.ending()->Describe();
  }

  void StopIt(Instance& instance) {
    const auto start = Clock::now();
    const Recipient recipient = RecipientOf(instance);
    stage_.Signal(instance, SIGTERM);
    constexpr Duration kLongestStop = std::chrono::seconds(5);
    if (!Ends(stage_, instance, recipient, kLongestStop)) return;
    const std::string how =
        found_.in_background || !instance.ending() ? "" : instance.ending()->Describe() + " ";
    found_.ends_on_sigterm = how + fmt::format("after {:.0f} ms", MillisecondsSince(start));
    found_.pid_file_left = found_.pid_file && ReadState(*found_.pid_file).exists;
  }

  // A socket whose name holds a number or a random word cannot identify it.
  void LookForSameSocket() {
    if (target_.port || !found_.listeners.empty() || found_.unix_sockets.empty()) return;
    stage_.EndAll();
    const Instance& again = stage_.Start();
    stage_.WaitUntil(
        [&] {
          for (const std::string& name : UnixListenersOf(again.Processes())) {
            const bool is_same =
                std::ranges::find(found_.unix_sockets, name) != found_.unix_sockets.end();
            if (is_same) found_.unix_socket = name;
          }
          return found_.unix_socket.has_value() || again.ended();
        },
        Stage::kSettleBound);
  }

  // A server bound to port 0 gets another port each time.
  void LookForAnotherPort() {
    if (target_.port || found_.listeners.empty()) return;
    const int port = found_.listeners.front().port;
    if (port < kFirstEphemeralPort || Mentions(target_.command, std::to_string(port))) return;
    stage_.EndAll();
    Instance& again = stage_.Start();
    std::vector<Listener> listeners;
    stage_.WaitUntil(
        [&] {
          listeners = ListenersOf(again.Processes());
          return !listeners.empty() || again.ended();
        },
        target_.start_timeout);
    const bool same = std::any_of(listeners.begin(), listeners.end(),
                                  [&](const Listener& listener) { return listener.port == port; });
    if (listeners.empty() || same) return;
    found_.next_port = listeners.front().port;
    if (!found_.pid_file && !found_.lock_file) LookForPortFile(listeners.front().port);
  }

  // Clients of such a server read its port from a file, and so does its next start.
  void LookForPortFile(int port) {
    AwaitFile(stage_, [&] {
      found_.lock_file = FindFileOfNumber(Written(world_.view), port);
      return found_.lock_file.has_value();
    });
    if (found_.lock_file) found_.file_owner = ReadState(*found_.lock_file).owner;
  }

  const Target& target_;
  const World& world_;
  Stage stage_;
  Found found_;
  Clock::time_point second_start_ = Clock::time_point::max();
};

Found Find(const Target& target, const World& world) {
  try {
    return Discovery(target, world).Run();
  } catch (const std::exception& error) {
    return {.why_not = error.what()};
  }
}

}  // namespace

Found Discover(const Target& target) {
  constexpr std::chrono::seconds kBesidesStart{60};
  return FoundFromJson(RunStory({.sandbox = SandboxFor(target),
                                 .tell = [&](const World& w) { return ToJson(Find(target, w)); },
                                 .bound = target.start_timeout + kBesidesStart}));
}

}  // namespace pidfall
