#include "harness/supervisor/systemd_unit.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/supervisor/systemd.h"
#include "harness/supervisor/systemd_files.h"
#include "harness/supervisor/systemd_words.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

class UnitReader {
 public:
  explicit UnitReader(const std::vector<NamedText>& files) : unit_(files.front().name) {
    for (const NamedText& file : files) {
      not_modelled_.clear();
      for (const UnitAssignment& assignment : ParseAssignments(file)) Read(assignment);
      NoteNotModelled(file.name, not_modelled_, &service_.notes);
    }
    Finish();
  }

  std::unique_ptr<Policy> Make() { return MakeSystemdPolicy(rules_, service_); }

 private:
  using Handler = void (UnitReader::*)(const UnitAssignment&);

  // Both sections: StartLimit... stood in [Service] before version 230, and is still read there.
  void Read(const UnitAssignment& assignment) {
    static const std::map<std::string_view, Handler> handlers = {
        {"Restart", &UnitReader::ReadRestart},
        {"RestartSec", &UnitReader::ReadRestartSec},
        {"RestartSteps", &UnitReader::ReadRestartSteps},
        {"RestartMaxDelaySec", &UnitReader::ReadRestartMaxDelay},
        {"StartLimitIntervalSec", &UnitReader::ReadLimitInterval},
        {"StartLimitInterval", &UnitReader::ReadLimitInterval},
        {"StartLimitBurst", &UnitReader::ReadLimitBurst},
        {"SuccessExitStatus", &UnitReader::ReadSuccess},
        {"RestartPreventExitStatus", &UnitReader::ReadPrevent},
        {"RestartForceExitStatus", &UnitReader::ReadForce},
        {"Type", &UnitReader::ReadType},
        {"PIDFile", &UnitReader::ReadPidFile},
        {"TimeoutStopSec", &UnitReader::ReadStopTimeout},
        {"TimeoutSec", &UnitReader::ReadStopTimeout},
        {"KillMode", &UnitReader::ReadKillMode},
        {"ExecStart", &UnitReader::ReadExecStart},
        {"Environment", &UnitReader::ReadEnvironment},
        {"WorkingDirectory", &UnitReader::ReadFolder},
        {"Description", &UnitReader::Skip},
        {"Documentation", &UnitReader::Skip},
    };
    if (assignment.section == "Install" || assignment.section.starts_with("X-")) return;
    const auto found = handlers.find(assignment.key);
    if (found == handlers.end()) {
      not_modelled_.emplace_back(assignment.key, assignment.line);
    } else {
      (this->*found->second)(assignment);
    }
  }

  void Skip(const UnitAssignment&) {}

  [[noreturn]] static void Refuse(const UnitAssignment& at, const std::string& what) {
    throw BadInput(at.file, at.line, fmt::format("{}={}: {}", at.key, at.value, what));
  }

  static std::optional<SupervisorTime> Span(const UnitAssignment& at) {
    const auto span = ParseTimeSpan(at.value);
    if (!span) Refuse(at, "not a time span such as 500ms, 5s or 1min 30s");
    return span->length;
  }

  static int Number(const UnitAssignment& at) {
    const auto number = WholeNumber(at.value);
    if (!number) Refuse(at, "not a whole number");
    return *number;
  }

  static std::vector<std::string> Words(const UnitAssignment& at) {
    auto words = SplitWords(at.value);
    if (!words) Refuse(at, "a quote is not closed");
    return std::move(*words);
  }

  void ReadRestart(const UnitAssignment& at) {
    const auto restart = ParseSystemdRestart(at.value);
    if (!restart) {
      Refuse(at,
             "none of no, on-success, on-failure, on-abnormal, on-watchdog, on-abort and always");
    }
    rules_.restart = *restart;
    restart_ = at;
  }

  void ReadRestartSec(const UnitAssignment& at) {
    const auto span = Span(at);
    if (!span) Refuse(at, "never restarts");
    rules_.restart_sec = *span;
  }
  void ReadRestartSteps(const UnitAssignment& at) { rules_.restart_steps = Number(at); }
  void ReadRestartMaxDelay(const UnitAssignment& at) { rules_.restart_max_delay = Span(at); }
  void ReadLimitBurst(const UnitAssignment& at) { rules_.start_limit_burst = Number(at); }
  void ReadLimitInterval(const UnitAssignment& at) {
    rules_.start_limit_interval = Span(at).value_or(SupervisorTime::max() / 2);
  }

  // systemd.service(5): TimeoutStopSec=0 is infinity too.
  void ReadStopTimeout(const UnitAssignment& at) {
    rules_.stop_timeout = Span(at);
    if (rules_.stop_timeout == SupervisorTime(0)) rules_.stop_timeout.reset();
  }

  void ReadSuccess(const UnitAssignment& at) { ReadStatuses(at, &rules_.success); }
  void ReadPrevent(const UnitAssignment& at) { ReadStatuses(at, &rules_.prevent); }
  void ReadForce(const UnitAssignment& at) { ReadStatuses(at, &rules_.force); }

  // A list; an empty assignment begins it anew.
  static void ReadStatuses(const UnitAssignment& at, ExitStatusSet* into) {
    if (at.value.empty()) *into = {};
    for (const std::string& word : Words(at)) {
      if (!AddExitStatus(word, into)) Refuse(at, "'" + word + "' is no exit status and no signal");
    }
  }

  void ReadType(const UnitAssignment& at) {
    static const std::map<std::string_view, SystemdType> types = {
        {"simple", SystemdType::kSimple},   {"exec", SystemdType::kExec},
        {"idle", SystemdType::kSimple},     {"dbus", SystemdType::kSimple},
        {"forking", SystemdType::kForking}, {"notify", SystemdType::kNotify},
        {"oneshot", SystemdType::kOneshot}, {"notify-reload", SystemdType::kNotify}};
    const auto type = types.find(at.value);
    if (type == types.end()) Refuse(at, "no such type");
    rules_.type = type->second;
    if (at.value == "dbus") {
      service_.notes.push_back(
          fmt::format("{}:{}: Type=dbus is taken as simple", at.file, at.line));
    }
  }

  void ReadPidFile(const UnitAssignment& at) {
    // {pid_file} of an incident file is whole, too.
    const bool whole = at.value.empty() || at.value.front() == '/' || at.value.front() == '{';
    rules_.pid_file = whole ? at.value : "/run/" + at.value;
  }

  void ReadKillMode(const UnitAssignment& at) {
    static const std::map<std::string_view, bool> modes = {
        {"control-group", true}, {"mixed", true}, {"process", false}, {"none", false}};
    const auto mode = modes.find(at.value);
    if (mode == modes.end()) Refuse(at, "none of control-group, mixed, process and none");
    rules_.ends_cgroup = mode->second;
  }

  void ReadExecStart(const UnitAssignment& at) {
    if (at.value.empty()) {
      exec_starts_.clear();
      return;
    }
    exec_starts_.push_back(at);
  }

  void ReadEnvironment(const UnitAssignment& at) {
    if (at.value.empty()) service_.job.environment.clear();
    for (const std::string& word : Words(at)) {
      const std::size_t equals = word.find('=');
      if (equals == 0 || equals == std::string::npos) Refuse(at, "'" + word + "' sets nothing");
      service_.job.environment[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }

  // A `-` before it: it need not exist.
  void ReadFolder(const UnitAssignment& at) {
    service_.job.working_directory = at.value.starts_with('-') ? at.value.substr(1) : at.value;
  }

  // systemd refuses to load such units too, but only its log tells the reason.
  void Finish() {
    if (exec_starts_.empty()) throw BadInput(unit_, 0, "no ExecStart: there is nothing to run");
    if (exec_starts_.size() > 1 && rules_.type != SystemdType::kOneshot) {
      throw BadInput(exec_starts_[1].file, exec_starts_[1].line,
                     "a second ExecStart, which only Type=oneshot may have");
    }
    const bool again =
        rules_.restart == SystemdRestart::kAlways || rules_.restart == SystemdRestart::kOnSuccess;
    if (again && rules_.type == SystemdType::kOneshot) {
      Refuse(*restart_, "systemd refuses it for Type=oneshot");
    }
    UseCommand(exec_starts_.back());
    service_.job.label = unit_.substr(unit_.rfind('/') + 1);
    service_.job.is_one_shot = rules_.type == SystemdType::kOneshot;
    if (service_.job.label.find("@.") != std::string::npos) service_.job.copies = 0;  // a template
  }

  // Prefixes of systemd.service(5): `-` makes a failure a success, the others change how it runs.
  void UseCommand(const UnitAssignment& at) {
    service_.job.command = Words(at);
    std::string& program = service_.job.command.front();
    const std::size_t path = program.find_first_not_of("@-:+!|");
    if (path == std::string::npos) Refuse(at, "no program");
    rules_.ignores_failure = program.substr(0, path).find('-') != std::string::npos;
    if (program.substr(0, path).find('@') != std::string::npos && service_.job.command.size() > 1) {
      service_.job.command.erase(service_.job.command.begin() + 1);
    }
    service_.job.command.front().erase(0, path);
    if (at.value.find_first_of("%$") == std::string::npos) return;
    service_.notes.push_back(fmt::format(
        "{}:{}: specifiers and variables in ExecStart are not expanded", at.file, at.line));
  }

  std::string unit_;
  SystemdRules rules_;
  Service service_;
  std::vector<UnitAssignment> exec_starts_;
  std::optional<UnitAssignment> restart_;
  std::vector<std::pair<std::string, int>> not_modelled_;
};

}  // namespace

std::unique_ptr<Policy> ParseSystemdUnit(const std::vector<NamedText>& files) {
  return UnitReader(files).Make();
}

std::unique_ptr<Policy> ReadSystemdUnit(const std::string& file) {
  return ParseSystemdUnit(ReadUnitFiles(file));
}

}  // namespace pidfall
