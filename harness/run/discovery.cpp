#include "harness/run/discovery.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "harness/observe/numbers.h"
#include "harness/probe/process.h"
#include "harness/probe/sockets.h"
#include "harness/run/pool.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/stage.h"

namespace pidfall {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HeldLock, path, kind)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Listener, port, address, shares_port, takes_ipv4)

namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

// Far from the numbers that other files hold, so that a file which holds it is the pid file.
constexpr pid_t kDistinctPid = 26731;
constexpr size_t kLargestPidFile = 4096;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::string ReadableAddress(const std::string& hex) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  std::array<uint32_t, 4> words{};
  const size_t count = hex.size() / 8;
  for (size_t i = 0; i < count; ++i) {
    words.at(i) = static_cast<uint32_t>(std::stoul(hex.substr(i * 8, 8), nullptr, 16));
  }
  inet_ntop(count == 1 ? AF_INET : AF_INET6, words.data(), text.data(), text.size());
  return text.data();
}

std::vector<Listener> ListenersOf(const std::vector<pid_t>& processes) {
  std::vector<Listener> found;
  std::set<std::pair<int, std::string>> seen;
  for (const TcpSocket& socket : TcpSocketsIn(TcpState::kListen)) {
    for (const pid_t pid : processes) {
      if (!OpenSockets(pid).contains(socket.inode)) continue;
      if (!seen.insert({socket.port, socket.address}).second) break;
      found.push_back({socket.port, ReadableAddress(socket.address), SharesPort(pid, socket.inode),
                       TakesIpv4(pid, socket.inode)});
      break;
    }
  }
  return found;
}

// A wildcard is met at the loopback: of IPv4 where it takes that, because who cannot have "::" may
// be content with "0.0.0.0" (Apache), which a stranger on ::1 does not keep it from.
std::string ReachedAt(const Listener& listener) {
  if (listener.address != "0.0.0.0" && listener.address != "::") return listener.address;
  return listener.takes_ipv4 ? "127.0.0.1" : "::1";
}

bool LooksLikePidFile(const std::string& path, const std::vector<pid_t>& processes) {
  std::error_code gone;
  if (!std::filesystem::is_regular_file(path, gone)) return false;
  if (std::filesystem::file_size(path, gone) > kLargestPidFile) return false;
  const std::string content = ReadState(path).content;
  return std::any_of(processes.begin(), processes.end(),
                     [&](pid_t pid) { return HasNumber(content, pid); });
}

// Nothing stands before the number, as in a log.
bool BeginsWithNumber(const std::string& path, const std::vector<pid_t>& processes) {
  const std::string content = ReadState(path).content;
  const size_t begin = std::min(content.find_first_not_of(" \t\n"), content.size());
  return std::any_of(processes.begin(), processes.end(), [&](pid_t pid) {
    return HasNumber(content.substr(begin, std::to_string(pid).size() + 1), pid);
  });
}

// Of several, the one that begins with the number, then the one that is called so; else the
// shortest name.
std::optional<std::string> FindPidFile(const std::vector<std::string>& written,
                                       const std::vector<pid_t>& processes) {
  std::vector<std::string> candidates;
  std::copy_if(written.begin(), written.end(), std::back_inserter(candidates),
               [&](const std::string& path) { return LooksLikePidFile(path, processes); });
  if (candidates.empty()) return std::nullopt;
  const auto rank = [&](const std::string& path) {
    return std::tuple(!BeginsWithNumber(path, processes), path.find("pid") == std::string::npos,
                      path.size());
  };
  return *std::min_element(candidates.begin(), candidates.end(),
                           [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

bool IsPlain(const std::string& path, const std::vector<pid_t>& processes) {
  const std::string content = ReadState(path).content;
  return std::any_of(processes.begin(), processes.end(),
                     [&](pid_t pid) { return IsPlainNumber(content, pid); });
}

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
    Look(instance);
    StopIt(TryDuplicate(instance));
    LookForAnotherPort();
    return found_;
  }

 private:
  // Listening, or staying without a port; over when everything has ended. What sleeps for a time
  // may be a slow start as well as a target that wakes by the clock: it gets the whole time.
  void AwaitStart(Instance& instance) {
    const bool over = stage_.WaitUntil(
        [&] {
          const auto processes = instance.Processes();
          if (processes.empty() && instance.ended()) return true;
          found_.listeners = ListenersOf(processes);
          found_.stays = IsListening() || (!target_.port && IsAtRest(processes));
          return found_.stays;
        },
        target_.start_timeout);
    if (over || target_.port) return;
    found_.stays = stage_.WaitUntil([&] { return stage_.Stays(instance); }, Stage::kSettlesFor);
  }

  // It may listen on more addresses yet, and its launcher may still be there.
  void AwaitRest(Instance& instance) {
    stage_.WaitUntil([&] { return instance.Sleeps(); }, Stage::kBusyAfter);
    if (instance.Processes().size() > 1 && ListenersOf({instance.pid()}).empty()) {
      stage_.WaitUntil([&] { return instance.ended(); }, Stage::kWaitsAfter);
    }
    found_.listeners = ListenersOf(instance.Processes());
  }

  bool IsListening() const {
    return std::any_of(found_.listeners.begin(), found_.listeners.end(),
                       [&](const Listener& l) { return !target_.port || l.port == stage_.port(); });
  }

  static bool IsAtRest(const std::vector<pid_t>& processes) {
    return !processes.empty() && std::all_of(processes.begin(), processes.end(), [](pid_t pid) {
      return HasBeenIdle(pid) && WaitsWithoutTimeout(pid);
    });
  }

  Found Explain(const Instance& instance) {
    const std::string& output = instance.output();
    constexpr size_t kTail = 400;
    const std::string tail = output.size() > kTail ? output.substr(output.size() - kTail) : output;
    found_.why_not = instance.ending()
                         ? "it ended with " + instance.ending()->Describe()
                         : fmt::format("it neither listened nor came to rest within {} s",
                                       target_.start_timeout.count());
    found_.why_not += tail.empty() ? "; it printed nothing" : "; its last output:\n" + tail;
    return found_;
  }

  void Look(Instance& instance) {
    const auto processes = instance.Processes();
    found_.processes = static_cast<int>(processes.size());
    found_.in_background = instance.ended();
    if (instance.ending()) found_.launcher_ending = instance.ending()->Describe();
    for (const UnixSocket& socket : UnixSockets()) found_.unix_sockets.push_back(socket.name);
    for (const pid_t pid : processes) {
      const auto locks = HeldLocks(pid);
      found_.locks.insert(found_.locks.end(), locks.begin(), locks.end());
    }
    found_.written = Written(world_.view);
    LookForPidFile(instance);
  }

  void LookForPidFile(Instance& instance) {
    AwaitFile(stage_, [&] {
      found_.pid_file = PidFileOf(instance.Processes());
      return found_.pid_file && BeginsWithNumber(*found_.pid_file, instance.Processes());
    });
    if (!found_.pid_file) return;
    found_.file_owner = ReadState(*found_.pid_file).owner;
    found_.has_plain_pid_file = IsPlain(*found_.pid_file, instance.Processes());
  }

  std::optional<std::string> PidFileOf(const std::vector<pid_t>& processes) const {
    if (target_.pid_file && LooksLikePidFile(stage_.pid_file(), processes)) {
      return stage_.pid_file();
    }
    return FindPidFile(Written(world_.view), processes);
  }

  // Asked once, so that every scenario judges by the same answer. Gives the one to go on with: a
  // start that takes over ends the first one.
  Instance& TryDuplicate(Instance& owner) {
    Instance& second = stage_.Start();
    const std::optional<Outcome> outcome = SettledAs(second);
    const bool took_over = owner.Processes().empty() && outcome == Outcome::kServes;
    found_.duplicate = took_over ? "takes over" : DescribeDuplicate(outcome, second);
    if (took_over) return second;
    if (outcome == Outcome::kEnded && second.ending()->signal == 0) {
      found_.duplicate_exit = second.ending()->status;
    }
    if (outcome != Outcome::kEnded) stage_.KillTree(second);
    return owner;
  }

  std::optional<Outcome> SettledAs(Instance& second) {
    try {
      const Outcome outcome = stage_.Settle(second, kDuplicateBound);
      // The stage has not been told the port, and what only stays seems to serve.
      const bool stays = outcome == Outcome::kServes && !found_.listeners.empty();
      return stays && ListenersOf(second.Processes()).empty() ? AfterStaying(second) : outcome;
    } catch (const Broken&) {
      // Many a start tries for its port for seconds before it gives up. One that does not give up
      // stands by.
      found_.standby_polls = !stage_.Gone(second, Stage::kSettleBound);
      return found_.standby_polls ? std::optional(Outcome::kWaits) : std::nullopt;
    }
  }

  // It tries again for a while, or stands by.
  Outcome AfterStaying(Instance& second) {
    const auto all = second.Processes();
    const bool waits = std::all_of(all.begin(), all.end(), WaitsWithoutTimeout);
    const Duration bound = waits ? Duration::zero() : kDuplicateBound;
    return stage_.Gone(second, bound) ? Outcome::kEnded : Outcome::kWaits;
  }

  static std::string DescribeDuplicate(const std::optional<Outcome>& outcome,
                                       const Instance& second) {
    if (!outcome) return "neither ends nor stands by within 2 s";
    if (outcome == Outcome::kServes) return "serves too";
    return outcome == Outcome::kWaits ? "stands by" : "ends with " + second.ending()->Describe();
  }

  void StopIt(Instance& instance) {
    const auto start = Clock::now();
    stage_.Signal(instance, SIGTERM);
    constexpr Duration kStopBound = std::chrono::seconds(5);
    if (!stage_.Gone(instance, kStopBound)) return;
    const std::string how =
        found_.in_background || !instance.ending() ? "" : instance.ending()->Describe() + " ";
    found_.ends_on_sigterm = how + fmt::format("after {:.0f} ms", MillisecondsSince(start));
    found_.pid_file_left = found_.pid_file && ReadState(*found_.pid_file).exists;
  }

  // Bound to port 0, it gets another one each time.
  void LookForAnotherPort() {
    constexpr int kFirstOfTheKernels = 32768;  // ip_local_port_range
    if (target_.port || found_.listeners.empty()) return;
    const int port = found_.listeners.front().port;
    if (port < kFirstOfTheKernels || Mentions(target_.command, std::to_string(port))) return;
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
    if (!listeners.empty() && !same) found_.next_port = listeners.front().port;
  }

  const Target& target_;
  const World& world_;
  Stage stage_;
  Found found_;
};

json ToJson(const Found& found) {
  return {{"stays", found.stays},
          {"started_after_ms", found.started_after_ms},
          {"listeners", found.listeners},
          {"pid_file", found.pid_file.value_or("")},
          {"has_plain_pid_file", found.has_plain_pid_file},
          {"standby_polls", found.standby_polls},
          {"next_port", found.next_port ? json(*found.next_port) : json()},
          {"file_owner", found.file_owner ? json(*found.file_owner) : json()},
          {"locks", found.locks},
          {"unix_sockets", found.unix_sockets},
          {"written", found.written},
          {"read_only", found.read_only},
          {"in_background", found.in_background},
          {"launcher_ending", found.launcher_ending},
          {"processes", found.processes},
          {"ends_on_sigterm", found.ends_on_sigterm},
          {"pid_file_left", found.pid_file_left},
          {"duplicate", found.duplicate},
          {"duplicate_exit", found.duplicate_exit ? json(*found.duplicate_exit) : json()},
          {"why_not", found.why_not}};
}

Found FromJson(const json& told) {
  Found found{.stays = told["stays"],
              .started_after_ms = told["started_after_ms"],
              .listeners = told["listeners"],
              .has_plain_pid_file = told["has_plain_pid_file"],
              .locks = told["locks"],
              .unix_sockets = told["unix_sockets"],
              .written = told["written"],
              .read_only = told["read_only"],
              .in_background = told["in_background"],
              .launcher_ending = told["launcher_ending"],
              .processes = told["processes"],
              .ends_on_sigterm = told["ends_on_sigterm"],
              .pid_file_left = told["pid_file_left"],
              .duplicate = told["duplicate"],
              .standby_polls = told["standby_polls"],
              .why_not = told["why_not"]};
  if (const std::string path = told["pid_file"]; !path.empty()) found.pid_file = path;
  if (told["file_owner"].is_number()) found.file_owner = told["file_owner"];
  if (told["next_port"].is_number()) found.next_port = told["next_port"];
  if (told["duplicate_exit"].is_number()) found.duplicate_exit = told["duplicate_exit"];
  return found;
}

Found Find(const Target& target, const World& world) {
  try {
    return Discovery(target, world).Run();
  } catch (const std::exception& error) {
    return {.why_not = error.what()};
  }
}

std::string InHome(const std::string& path) {
  const char* home = getenv("HOME");
  const std::string prefix = home != nullptr ? std::string(home) + "/" : "";
  if (prefix.size() < 2 || path.compare(0, prefix.size(), prefix) != 0) return path;
  return "~/" + path.substr(prefix.size());
}

std::string DescribeLocks(const Found& found) {
  std::string all;
  for (const HeldLock& lock : found.locks) {
    all += (all.empty() ? "" : ", ") + lock.kind + " lock on " + InHome(lock.path);
  }
  return all.empty() ? "no lock" : all;
}

}  // namespace

Found Discover(const Target& target) {
  constexpr std::chrono::seconds kBesidesStart{60};
  return FromJson(RunStory({.sandbox = SandboxFor(target),
                            .tell = [&](const World& w) { return ToJson(Find(target, w)); },
                            .bound = target.start_timeout + kBesidesStart}));
}

Target Complete(const Target& target, const Found& found) {
  Target whole = target;
  if (!whole.port && !found.listeners.empty()) whole.port = found.listeners.front().port;
  std::vector<Listener> on_its_port = found.listeners;
  std::erase_if(on_its_port, [&](const Listener& l) { return l.port != whole.port; });
  whole.addresses = std::max<size_t>(on_its_port.size(), 1);
  const auto is_ipv4 = [](const Listener& l) { return l.address.find(':') == std::string::npos; };
  std::stable_partition(on_its_port.begin(), on_its_port.end(), is_ipv4);
  if (!on_its_port.empty()) whole.address = ReachedAt(on_its_port.front());
  if (!whole.pid_file) whole.pid_file = found.pid_file;
  if (whole.pid_file == found.pid_file) whole.file_owner = found.file_owner;
  whole.standby_polls = found.standby_polls;
  whole.has_plain_pid_file = found.has_plain_pid_file;
  whole.duplicate_is_declared = whole.duplicate_exit.has_value();
  if (!whole.duplicate_exit) whole.duplicate_exit = found.duplicate_exit;
  return whole;
}

std::string JsonText(const Found& found) {
  return ToJson(found).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string Describe(const Found& found) {
  std::string text;
  for (const Listener& l : found.listeners) {
    const bool six = l.address.find(':') != std::string::npos;
    text += (text.empty() ? "" : ", ") + (six ? "[" + l.address + "]" : l.address) + ":" +
            std::to_string(l.port) + (l.shares_port ? " (SO_REUSEPORT)" : "");
  }
  if (text.empty()) text = "no port";
  text += fmt::format(" after {:.0f} ms", found.started_after_ms);
  if (found.in_background) text += ", in the background (launcher: " + found.launcher_ending + ")";
  if (found.processes > 1) text += fmt::format(", {} processes", found.processes);
  text += found.pid_file ? ", pid file " + InHome(*found.pid_file) : ", no pid file";
  text += ", " + DescribeLocks(found) + "; ";
  text += found.ends_on_sigterm.empty() ? "does not end on SIGTERM within 5 s"
                                        : "ends on SIGTERM " + found.ends_on_sigterm;
  if (found.pid_file) text += found.pid_file_left ? ", file left" : ", file removed";
  if (!found.duplicate.empty()) text += "; a duplicate " + found.duplicate;
  return text;
}

}  // namespace pidfall
