#include "harness/supervisor/openrc_script.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/input/text_parts.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/openrc.h"
#include "harness/supervisor/shell_variables.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// openrc-run(8). Others are the script's own, for its command.
constexpr const char* kNotModelled[] = {"capabilities",
                                        "chroot",
                                        "command_user",
                                        "error_log",
                                        "error_logger",
                                        "healthcheck_delay",
                                        "healthcheck_timer",
                                        "input_file",
                                        "no_new_privs",
                                        "notify",
                                        "output_log",
                                        "output_logger",
                                        "procname",
                                        "ready",
                                        "retry",
                                        "secbits",
                                        "start_stop_daemon_args",
                                        "stopsig",
                                        "supervise_daemon_args",
                                        "umask"};

// The name of its service: that of its link in /etc/init.d.
std::string ServiceOf(const std::string& file) {
  const fs::path name = fs::path(file).filename();
  const bool is_source = name.extension() == ".initd" || name.extension() == ".openrc";
  return is_source ? name.stem() : name;
}

class OpenrcReader {
 public:
  // `files`: the one of ../conf.d, if any, and the script last.
  explicit OpenrcReader(const std::vector<std::pair<std::string, std::string_view>>& files)
      : file_(files.back().first),
        service_name_(ServiceOf(file_)),
        variables_({{"RC_SVCNAME", service_name_}, {"SVCNAME", service_name_}}) {
    for (const auto& [file, text] : files) variables_.Read(file, text);
    ReadSupervisor();
    ReadRespawns();
    ReadJob();
    for (const auto& [file, text] : files) NoteWhatIsNotModelled(file);
  }

  std::unique_ptr<Policy> Make() { return MakeOpenrcPolicy(rules_, service_); }

 private:
  // Empty where it is not set.
  std::string Value(const std::string& name) {
    const ShellVariable* variable = variables_.Find(name);
    if (variable == nullptr) return "";
    if (!variable->is_whole) Note(*variable, name + " is not expanded: only a shell can tell it");
    if (!variable->is_certain) Note(*variable, name + " is set under a condition, which is taken");
    return variable->value;
  }

  void Note(const ShellVariable& at, const std::string& what) {
    service_.notes.push_back(fmt::format("{}:{}: {}", at.file, at.line, what));
  }

  [[noreturn]] void Refuse(const std::string& name, const std::string& what) const {
    const ShellVariable& at = *variables_.Find(name);
    throw BadInput(at.file, at.line, fmt::format("{}={}: {}", name, at.value, what));
  }

  void ReadSupervisor() {
    const std::string supervisor = Value("supervisor");
    rules_.is_supervised = !supervisor.empty();
    if (supervisor.empty() || supervisor == "supervise-daemon") return;
    Refuse("supervisor",
           "only supervise-daemon is read here; of s6 and runit name the folder, as s6:FOLDER");
  }

  // An empty value is not passed on. supervise-daemon ends at once over one that it does not take.
  void ReadNumber(const std::string& name, int* number) {
    const std::string value = Value(name);
    if (value.empty()) return;
    const auto read = WholeNumber(value);
    if (!read) Refuse(name, "supervise-daemon wants a whole number");
    *number = *read;
  }

  void ReadTime(const std::string& name, SupervisorTime* time) {
    const std::string value = Value(name);
    if (value.empty()) return;
    const auto read = TimeOf(value);
    if (!read) Refuse(name, "supervise-daemon wants seconds, 1 or more; later versions also 12sec");
    *time = *read;
  }

  // `12sec` is what the later version itself says.
  static std::optional<SupervisorTime> TimeOf(std::string value) {
    if (const auto number = WholeNumber(value)) {
      if (*number == 0) return std::nullopt;
      return std::chrono::seconds(*number);
    }
    if (value.ends_with("sec")) value.resize(value.size() - 2);  // the reader of durations says s
    try {
      return ParseDuration(value);
    } catch (const BadInput&) {
      return std::nullopt;
    }
  }

  bool HasUnit(const std::string& name) {
    const std::string value = Value(name);
    return !value.empty() && !WholeNumber(value) && TimeOf(value);
  }

  void ReadRespawns() {
    if (!rules_.is_supervised) return;
    for (const char* name : {"respawn_delay", "respawn_period"}) {
      if (!HasUnit(name)) continue;
      rules_ = LaterOpenrcRules();
      Note(*variables_.Find(name), std::string(name) + " has a unit: OpenRC 0.45.2 (Debian 12) " +
                                       "would not take it, and a later version is simulated");
      break;
    }
    ReadTime("respawn_delay", &rules_.respawn_delay);
    ReadNumber("respawn_max", &rules_.respawn_max);
    ReadTime("respawn_period", &rules_.respawn_period);
  }

  // Its words are expanded once more by `eval`.
  void AddWords(const std::string& name) {
    const auto words = SplitWords(Value(name));
    if (!words) Refuse(name, "a quote is not closed");
    std::vector<std::string>& command = service_.job.command;
    command.insert(command.end(), words->begin(), words->end());
  }

  bool IsYes(const std::string& name) {
    const std::string value = Lower(Value(name));
    return value == "yes" || value == "true" || value == "on" || value == "1";
  }

  void ReadJob() {
    Job& job = service_.job;
    AddWords("command");
    if (job.command.empty()) {
      throw BadInput(file_, 0, "no `command`: what it starts stands in functions of its own");
    }
    AddWords("command_args");
    AddWords(rules_.is_supervised ? "command_args_foreground" : "command_args_background");
    job.label = service_name_;
    job.working_directory = Value("directory");
    // supervise-daemon keeps its own number in the file.
    if (!rules_.is_supervised) job.pid_file = Value("pidfile");
    job.ends_when_server_runs = !rules_.is_supervised && !IsYes("command_background");
    job.marks["RC_SVCNAME"] = service_name_;
    for (const auto& [name, variable] : variables_.all()) {
      if (variable.is_exported) job.environment[name] = variable.value;
    }
  }

  void NoteWhatIsNotModelled(const std::string& file) {
    std::vector<std::pair<std::string, int>> keys;
    for (const char* name : kNotModelled) {
      const ShellVariable* variable = variables_.Find(name);
      if (variable == nullptr || variable->file != file) continue;
      keys.emplace_back(name, variable->line);
    }
    for (const ShellFunction& function : variables_.functions()) {
      if (function.file == file) keys.emplace_back(function.name + "()", function.line);
    }
    NoteNotModelled(file, keys, &service_.notes);
  }

  std::string file_;
  std::string service_name_;
  ShellVariables variables_;
  OpenrcRules rules_;
  Service service_;
};

}  // namespace

std::unique_ptr<Policy> ParseOpenrcScript(const std::string& name, std::string_view text) {
  return OpenrcReader({{name, text}}).Make();
}

std::unique_ptr<Policy> ReadOpenrcScript(const std::string& file) {
  const fs::path folder = fs::absolute(file).parent_path();
  const std::string service = ServiceOf(file);
  const std::string text = ReadText(file);
  std::error_code error;
  for (const fs::path& settings :
       {folder.parent_path() / "conf.d" / service, folder / (service + ".confd")}) {
    if (!fs::is_regular_file(settings, error)) continue;
    const std::string first = ReadText(settings);
    return OpenrcReader({{settings, first}, {file, text}}).Make();
  }
  return ParseOpenrcScript(file, text);
}

}  // namespace pidfall
