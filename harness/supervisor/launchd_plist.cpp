#include "harness/supervisor/launchd_plist.h"

#include <fmt/format.h>

#include <utility>

#include "harness/input/bad_input.h"
#include "harness/supervisor/launchd.h"
#include "harness/supervisor/plist.h"

namespace pidfall {
namespace {

using std::chrono::seconds;

// launchd drops a larger interval with a warning only its log shows (core.c 2808).
constexpr std::int64_t kLargestInterval = std::int64_t{1} << 32;

class AgentReader {
 public:
  AgentReader(const std::string& name, const PlistValue& root, LaunchdEra era) : name_(name) {
    rules_.era = era;
    if (root.dict() == nullptr) throw BadInput(name, root.line, "not a dictionary of launchd keys");
    for (const PlistEntry& entry : *root.dict()) Read(entry);
    UseProgram();
    if (job_.label.empty()) throw BadInput(name, 0, "no Label: launchd refuses such a job");
  }

  std::unique_ptr<Policy> Make() { return MakeLaunchdPolicy(rules_, {job_, notes_}); }

 private:
  void Read(const PlistEntry& entry) {
    const auto is = [&entry](const char* key) { return SameKey(entry.key, key); };
    if (is("Label")) return ReadString(entry, job_.label);
    if (is("Program")) return ReadString(entry, program_);
    if (is("ProgramArguments")) return ReadArguments(entry);
    if (is("WorkingDirectory")) return ReadString(entry, job_.working_directory);
    if (is("EnvironmentVariables")) return ReadEnvironment(entry);
    if (is("RunAtLoad")) return ReadBoolean(entry, rules_.run_at_load);
    if (is("KeepAlive")) return ReadKeepAlive(entry);
    if (is("OnDemand")) return ReadOnDemand(entry);
    if (is("ThrottleInterval")) return ReadInterval(entry, rules_.throttle);
    if (is("ExitTimeOut")) return ReadInterval(entry, rules_.exit_timeout.emplace(0));
    if (is("StartInterval")) return ReadInterval(entry, rules_.start_interval);
    if (is("AbandonProcessGroup")) return ReadBoolean(entry, rules_.abandon_process_group);
    if (is("LaunchOnlyOnce")) return ReadBoolean(entry, rules_.launch_only_once);
    ReadOther(entry);
  }

  // Program is executed, also where the first argument has another name.
  void UseProgram() {
    if (program_.empty()) return;
    if (job_.command.empty()) job_.command.resize(1);
    job_.command.front() = program_;
  }

  void Note(const PlistEntry& entry, const std::string& text) {
    notes_.push_back(entry.value.line > 0
                         ? fmt::format("{}:{}: {} {}", name_, entry.value.line, entry.key, text)
                         : fmt::format("{}: {} {}", name_, entry.key, text));
  }

  void NoteWrongType(const PlistEntry& entry) {
    Note(entry, fmt::format("is {}: launchd ignores it", entry.value.type()));
  }

  void ReadString(const PlistEntry& entry, std::string& into) {
    if (entry.value.string() == nullptr) return NoteWrongType(entry);
    into = *entry.value.string();
  }

  void ReadBoolean(const PlistEntry& entry, bool& into) {
    if (entry.value.boolean() == nullptr) return NoteWrongType(entry);
    into = *entry.value.boolean();
  }

  void ReadArguments(const PlistEntry& entry) {
    if (entry.value.array() == nullptr) return NoteWrongType(entry);
    for (const PlistValue& argument : *entry.value.array()) {
      if (argument.string() == nullptr) {
        throw BadInput(name_, argument.line,
                       fmt::format("an argument is {}, not a string", argument.type()));
      }
      job_.command.push_back(*argument.string());
    }
  }

  void ReadEnvironment(const PlistEntry& entry) {
    if (entry.value.dict() == nullptr) return NoteWrongType(entry);
    for (const PlistEntry& variable : *entry.value.dict()) {
      if (variable.value.string() == nullptr) {
        NoteWrongType(variable);
      } else {
        job_.environment[variable.key] = *variable.value.string();
      }
    }
  }

  void ReadInterval(const PlistEntry& entry, seconds& into) {
    const std::int64_t* value = entry.value.integer();
    if (value == nullptr) return NoteWrongType(entry);
    if (*value < 0) throw BadInput(name_, entry.value.line, entry.key + " is negative");
    if (*value > kLargestInterval) throw BadInput(name_, entry.value.line, entry.key + " is huge");
    into = seconds(*value);
  }

  // A dictionary does not change the flag that the boolean sets (core.c 2408 and 2918).
  void ReadKeepAlive(const PlistEntry& entry) {
    if (entry.value.dict() == nullptr) return ReadBoolean(entry, rules_.keep_alive);
    for (const PlistEntry& reason : *entry.value.dict()) ReadReasonToLive(reason);
  }

  void ReadReasonToLive(const PlistEntry& reason) {
    const auto is = [&reason](const char* key) { return SameKey(reason.key, key); };
    if (is("SuccessfulExit")) return ReadReason(reason, rules_.successful_exit);
    if (is("Crashed")) return ReadReason(reason, rules_.crashed);
    if (is("AfterInitialDemand")) return ReadBoolean(reason, rules_.after_initial_demand);
    if (is("NetworkState")) return ReadNetworkState(reason);
    if (is("OtherJobEnabled")) return ReadOtherJobs(reason);
    Note(reason, "inside KeepAlive is not simulated: it counts as never true");
  }

  void ReadNetworkState(const PlistEntry& reason) {
    ReadReason(reason, rules_.network_state);
    Note(reason, rules_.era == LaunchdEra::kModern
                     ? "inside KeepAlive is ignored since macOS 10.10"
                     : "inside KeepAlive: a network is taken to be up");
  }

  void ReadOtherJobs(const PlistEntry& reason) {
    if (reason.value.dict() == nullptr) return NoteWrongType(reason);
    Note(reason, "inside KeepAlive: no other job is loaded here");
    for (const PlistEntry& job : *reason.value.dict()) {
      const bool* wanted = job.value.boolean();
      if (wanted != nullptr && !*wanted) rules_.other_job_missing = true;
    }
  }

  void ReadReason(const PlistEntry& entry, std::optional<bool>& into) {
    if (entry.value.boolean() == nullptr) return NoteWrongType(entry);
    into = *entry.value.boolean();
  }

  // The older name of the same flag, with the opposite value.
  void ReadOnDemand(const PlistEntry& entry) {
    bool on_demand = true;
    ReadBoolean(entry, on_demand);
    rules_.keep_alive = rules_.keep_alive || !on_demand;
  }

  // Sockets and the like start it on demand; paths of logs and nice values change no start. Both
  // are named.
  void ReadOther(const PlistEntry& entry) {
    static constexpr const char* kSilent[] = {"StandardOutPath", "StandardErrorPath"};
    for (const char* key : kSilent) {
      if (SameKey(entry.key, key)) return;
    }
    Note(entry, "is not simulated");
  }

  std::string name_;
  LaunchdRules rules_;
  Job job_;
  std::string program_;
  std::vector<std::string> notes_;
};

}  // namespace

std::unique_ptr<Policy> ReadLaunchdPlist(const std::string& file, LaunchdEra era) {
  return AgentReader(file, ReadPlist(file), era).Make();
}

std::unique_ptr<Policy> ParseLaunchdPlist(const std::string& name, std::string_view bytes,
                                          LaunchdEra era) {
  return AgentReader(name, ParsePlist(name, bytes), era).Make();
}

}  // namespace pidfall
