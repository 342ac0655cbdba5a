#include "harness/audit/copies.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr std::size_t kShortName = 15;  // TASK_COMM_LEN

std::string NameOf(const std::string& path) { return fs::path(path).filename(); }

// They execute the rest of their words in their own place.
bool IsWrapper(const std::string& program) {
  static const std::set<std::string> wrappers = {
      "env",       "nice",      "ionice",  "chpst",         "setuidgid", "s6-setuidgid",
      "softlimit", "sudo",      "setpriv", "runuser",       "gosu",      "su-exec",
      "stdbuf",    "setsid",    "nohup",   "chroot",        "taskset",   "numactl",
      "tini",      "dumb-init", "flock",   "pidfall-guard", "chrt"};
  return wrappers.contains(NameOf(program));
}

// The program of a script's first line.
bool IsInterpreter(const std::string& program) {
  static const std::set<std::string> interpreters = {"sh",   "bash", "dash",   "ash", "zsh",
                                                     "perl", "ruby", "node",   "php", "lua",
                                                     "deno", "bun",  "nodejs", "ksh", "env"};
  const std::string name = NameOf(program);
  return interpreters.contains(name) || name.starts_with("python");
}

// "serve.py", "./serve", but no option, number or address.
bool IsRelativePath(const std::string& word) {
  if (word.empty() || word.front() == '-' || word.front() == '/') return false;
  if (word.find_first_not_of("0123456789.:") == std::string::npos) return false;
  return word.find_first_of("/.") != std::string::npos;
}

// A word, and the folder that it counts from.
struct Placed {
  const std::string& word;
  const std::string& folder;
};

std::string Absolute(const Placed& placed) {
  return (fs::path(placed.folder) / placed.word).lexically_normal();
}

bool IsSameWord(const Placed& one, const Placed& other) {
  const bool relative = IsRelativePath(one.word) || IsRelativePath(other.word);
  if (!relative) return one.word == other.word;
  // A relative path in a folder that is not known proves nothing.
  const auto unknown = [](const Placed& placed) {
    return placed.word.front() != '/' && placed.folder.empty();
  };
  if (one.word.empty() || other.word.empty() || unknown(one) || unknown(other)) return false;
  return Absolute(one) == Absolute(other);
}

// From these places to the end of both.
bool AreSameWords(const AuditedService& service, std::size_t from, const LiveProcess& process,
                  std::size_t at) {
  const Words& ours = service.facts.words;
  const Words& theirs = process.words;
  if (from >= ours.size() || ours.size() - from != theirs.size() - at) return false;
  if (NameOf(ours[from]) != NameOf(theirs[at])) return false;
  for (std::size_t i = 1; from + i < ours.size(); ++i) {
    if (!IsSameWord({ours[from + i], service.folder}, {theirs[at + i], process.folder})) {
      return false;
    }
  }
  return true;
}

bool IsSupervised(const AuditedService& service, const LiveProcess& process) {
  return !service.unit.empty() && process.unit == service.unit;
}

bool IsCertain(const AuditedService& service, const LiveProcess& process) {
  if (process.is_in_container || !service.policy->job().image.empty()) return false;
  return IsSupervised(service, process) || HasItsWords(service, process);
}

// "nginx: master process /usr/sbin/nginx", or a short name that is the name of one of its words.
bool HasItsName(const LiveProcess& process, const std::string& word) {
  const std::string name = NameOf(word);
  if (name.empty() || word.front() == '-' || IsInterpreter(name) || IsWrapper(name)) return false;
  return process.program == name.substr(0, kShortName) ||
         (!process.words.empty() && process.words.front().starts_with(name + ":"));
}

// The folders aside, which may not be to be seen.
bool HasWordsLikeIts(const AuditedService& service, const LiveProcess& process) {
  return std::equal(service.facts.words.begin(), service.facts.words.end(), process.words.begin(),
                    process.words.end(), [](const std::string& one, const std::string& other) {
                      return NameOf(one) == NameOf(other);
                    });
}

// The processes above it, its parent first.
std::vector<pid_t> Above(const Machine& machine, pid_t pid) {
  std::vector<pid_t> above;
  for (auto at = machine.processes.find(pid); at != machine.processes.end();
       at = machine.processes.find(at->second.parent)) {
    above.push_back(at->second.parent);
    if (above.size() > machine.processes.size()) break;  // read while it changed
  }
  return above;
}

bool IsBelow(const Machine& machine, pid_t pid, pid_t other) {
  const std::vector<pid_t> above = Above(machine, pid);
  return std::find(above.begin(), above.end(), other) != above.end();
}

}  // namespace

bool HasItsWords(const AuditedService& service, const LiveProcess& process) {
  const Words& ours = service.facts.words;
  const Words& theirs = process.words;
  if (service.facts.is_script || ours.empty() || theirs.empty()) return false;
  if (AreSameWords(service, 0, process, 0)) return true;
  // A script, behind its interpreter and at most one argument of that.
  constexpr std::size_t kMostBefore = 2;
  for (std::size_t before = 1; before <= kMostBefore && before < theirs.size(); ++before) {
    if (IsInterpreter(theirs.front()) && AreSameWords(service, 0, process, before)) return true;
  }
  for (std::size_t from = 1; IsWrapper(ours.front()) && from < ours.size(); ++from) {
    if (AreSameWords(service, from, process, 0)) return true;
  }
  return false;
}

bool MayBe(const AuditedService& service, const LiveProcess& process) {
  if (process.is_in_container) return false;
  const Words& words = service.facts.words;
  return HasWordsLikeIts(service, process) ||
         std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return HasItsName(process, word); });
}

std::vector<Copy> CopiesOf(const AuditedService& service, const Machine& machine) {
  std::vector<const LiveProcess*> certain;
  for (const auto& [pid, process] : machine.processes) {
    if (IsCertain(service, process)) certain.push_back(&process);
  }
  std::stable_sort(certain.begin(), certain.end(),
                   [](const auto* one, const auto* other) { return one->began < other->began; });
  std::vector<Copy> copies;
  bool has_supervised = false;
  for (const LiveProcess* process : certain) {
    const bool is_child = std::any_of(copies.begin(), copies.end(), [&](const Copy& copy) {
      return IsBelow(machine, process->pid, copy.pid);
    });
    const bool supervised = IsSupervised(service, *process);
    // All processes of a control group are one copy.
    if (is_child || (supervised && has_supervised)) continue;
    has_supervised = has_supervised || supervised;
    copies.push_back({process->pid, supervised});
  }
  return copies;
}

bool IsKin(const AuditedService& service, const Machine& machine, pid_t pid) {
  const auto found = machine.processes.find(pid);
  if (found == machine.processes.end()) return false;
  if (IsCertain(service, found->second) || MayBe(service, found->second)) return true;
  const std::vector<Copy> copies = CopiesOf(service, machine);
  return std::any_of(copies.begin(), copies.end(), [&](const Copy& copy) {
    return IsBelow(machine, pid, copy.pid) || IsBelow(machine, copy.pid, pid);
  });
}

}  // namespace pidfall
