#include "harness/supervisor/monitrc.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/monit.h"
#include "harness/supervisor/monit_statements.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

// Beyond this a simulation says nothing new, and sums stay far from overflow.
constexpr SupervisorTime kLongestTime = std::chrono::hours(24 * 366);

// The words of a statement one by one, without those that monit itself ignores.
class Phrase {
 public:
  Phrase(const std::string& file, const MonitStatement& statement)
      : file_(file), statement_(statement) {
    static constexpr std::string_view kNoise[] = {"and", "are",   "as",   "for",     "has", "is",
                                                  "of",  "on",    "only", "program", "the", "to",
                                                  "use", "using", "with", "within"};
    for (const MonitWord& word : statement) {
      const bool is_noise = std::any_of(std::begin(kNoise), std::end(kNoise),
                                        [&](std::string_view noise) { return word.Is(noise); });
      if (!is_noise) words_.push_back(&word);
    }
  }

  bool Take(std::string_view keyword) {
    if (ended() || !words_[at_]->Is(keyword)) return false;
    ++at_;
    return true;
  }
  bool TakeEither(std::string_view one, std::string_view plural) {
    return Take(one) || Take(plural);
  }

  // The next word, which must be there.
  const MonitWord& Text(const std::string& what) {
    if (ended()) Refuse(what + " is missing");
    return *words_[at_++];
  }

  int Number(const std::string& what) {
    const std::string& text = Text(what).text;
    const auto number = WholeNumber(text);
    if (!number || *number == 0) Refuse(what + " '" + text + "' is no whole number above 0");
    return *number;
  }

  SupervisorTime Seconds(const std::string& what) {
    return std::min<SupervisorTime>(seconds(Number(what)), kLongestTime);
  }

  // True where a number (of cycles) comes now.
  bool HasNumber() const { return !ended() && WholeNumber(words_[at_]->text).has_value(); }

  void SkipTo(std::string_view keyword) {
    while (!ended() && !words_[at_]->Is(keyword)) ++at_;
  }

  void ExpectEnd() const {
    if (!ended()) Refuse("'" + words_[at_]->text + "' begins no statement");
  }

  bool ended() const { return at_ == words_.size(); }
  int line() const { return statement_.front().line; }

  // The line is that of the word in question.
  [[noreturn]] void Refuse(const std::string& why) const {
    const std::size_t at = ended() ? words_.size() - 1 : at_;
    const int line = words_.empty() ? statement_.front().line : words_[at]->line;
    throw BadInput(file_, line, statement_.front().text + ": " + why);
  }

 private:
  const std::string& file_;
  const MonitStatement& statement_;
  std::vector<const MonitWord*> words_;
  std::size_t at_ = 0;
};

struct ProcessCheck {
  std::string name;
  MonitStatement head;
  std::vector<MonitStatement> statements;
};

struct ControlFile {
  std::optional<SupervisorTime> cycle;
  std::vector<ProcessCheck> processes;
  std::vector<std::pair<std::string, int>> not_modelled;  // of its settings for all services
};

class ControlReader {
 public:
  explicit ControlReader(const std::string& file) : file_(file) {}

  ControlFile Read(const std::string& text) {
    for (MonitStatement& statement : ReadMonitStatements(file_, text)) Take(std::move(statement));
    return std::move(read_);
  }

 private:
  void Take(MonitStatement statement) {
    Phrase phrase(file_, statement);
    if (phrase.Take("set")) return TakeSetting(phrase);
    if (phrase.Take("check")) return TakeCheck(phrase, statement);
    if (phrase.Take("include")) {
      read_.not_modelled.emplace_back("include", phrase.line());
    } else if (in_process_) {
      read_.processes.back().statements.push_back(std::move(statement));
    } else if (!has_checks_) {
      phrase.Refuse("stands before any `check`");
    }
  }

  void TakeSetting(Phrase& phrase) {
    if (phrase.Take("daemon")) {
      read_.cycle = phrase.Seconds("the length of a cycle");
      if (phrase.Take("start")) read_.not_modelled.emplace_back("start delay", phrase.line());
      return;
    }
    for (const char* setting : {"onreboot", "limits"}) {
      if (phrase.Take(setting)) {
        read_.not_modelled.emplace_back(std::string("set ") + setting, phrase.line());
      }
    }
  }

  void TakeCheck(Phrase& phrase, const MonitStatement& statement) {
    has_checks_ = true;
    in_process_ = phrase.Take("process");
    if (!in_process_) return;
    const MonitWord& name = phrase.Text("the process's name");
    const auto same = [&](const ProcessCheck& other) { return other.name == name.text; };
    if (std::any_of(read_.processes.begin(), read_.processes.end(), same)) {
      throw BadInput(file_, name.line, "a second `check process " + name.text + "`");
    }
    read_.processes.push_back({name.text, statement, {}});
  }

  std::string file_;
  ControlFile read_;
  bool in_process_ = false;
  bool has_checks_ = false;
};

const ProcessCheck& ProcessNamed(const std::string& file, const ControlFile& control,
                                 const std::string& process) {
  const std::vector<ProcessCheck>& all = control.processes;
  if (process.empty() && all.size() == 1) return all.front();
  if (process.empty()) {
    throw BadInput(file, 0,
                   all.empty() ? "no `check process` in it"
                               : "say which process is meant: monit:" + file + "#NAME");
  }
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const ProcessCheck& check) { return check.name == process; });
  if (found == all.end()) throw BadInput(file, 0, "no `check process " + process + "`");
  return *found;
}

class CheckReader {
 public:
  CheckReader(const std::string& file, const ControlFile& control, const ProcessCheck& check,
              SupervisorTime above)
      : file_(file), not_modelled_(control.not_modelled) {
    rules_.cycle = control.cycle.value_or(above);
    service_.job.label = check.name;
    service_.job.ends_when_server_runs = true;
    ReadHead(check.head);
    for (const MonitStatement& statement : check.statements) Read(statement);
    if (service_.job.command.empty() && rules_.never.empty()) rules_.never = "no start program";
    NoteNotModelled(file, not_modelled_, &service_.notes);
    if (control.cycle) return;
    service_.notes.push_back(
        fmt::format("{}: no `set daemon` in it: {} is taken", file, FormatDuration(above)));
  }

  std::unique_ptr<Policy> Make() { return MakeMonitPolicy(rules_, service_); }

 private:
  using Handler = void (CheckReader::*)(Phrase&);

  // check process NAME with pidfile FILE; also: with path FILE, matching PATTERN.
  void ReadHead(const MonitStatement& head) {
    Phrase phrase(file_, head);
    phrase.Take("check");
    phrase.Take("process");
    phrase.Text("its name");
    if (phrase.TakeEither("pidfile", "path")) {
      service_.job.pid_file = phrase.Text("the pid file").text;
    } else if (phrase.TakeEither("matching", "match")) {
      phrase.Text("the pattern");
      not_modelled_.emplace_back("matching", phrase.line());
    } else {
      phrase.Refuse("neither `with pidfile FILE` nor `matching PATTERN`");
    }
    phrase.ExpectEnd();
  }

  void Read(const MonitStatement& statement) {
    static const std::map<std::string_view, Handler> handlers = {
        {"start", &CheckReader::ReadStart},       {"if", &CheckReader::ReadIf},
        {"every", &CheckReader::ReadEvery},       {"mode", &CheckReader::ReadMode},
        {"onreboot", &CheckReader::ReadOnReboot}, {"group", &CheckReader::ReadGroup}};
    Phrase phrase(file_, statement);
    for (const auto& [keyword, handler] : handlers) {
      if (phrase.Take(keyword)) return (this->*handler)(phrase);
    }
    Note(phrase, phrase.Take("not") ? "not every" : statement.front().text);
  }

  void Note(const Phrase& phrase, std::string key) {
    not_modelled_.emplace_back(std::move(key), phrase.line());
  }

  // start program = "COMMAND" as uid X and gid Y with timeout N seconds
  void ReadStart(Phrase& phrase) {
    const MonitWord& command = phrase.Text("the program");
    auto words = SplitWords(command.text);
    if (!words || words->empty()) {
      throw BadInput(file_, command.line, "start: no program, or a quote is not closed");
    }
    service_.job.command = std::move(*words);
    while (!phrase.ended()) {
      if (phrase.Take("timeout")) {
        rules_.start_timeout = phrase.Seconds("the timeout");
        phrase.TakeEither("second", "seconds");
      } else if (!TakeUser(phrase, "uid") && !TakeUser(phrase, "gid")) {
        phrase.ExpectEnd();
      }
    }
  }

  bool TakeUser(Phrase& phrase, const char* keyword) {
    if (!phrase.Take(keyword)) return false;
    phrase.Text("the user or group");
    Note(phrase, keyword);
    return true;
  }

  void ReadIf(Phrase& phrase) {
    if (phrase.HasNumber()) return ReadLimit(phrase);
    phrase.Take("does");
    if (phrase.Take("not") && phrase.Take("exist")) return ReadMissing(phrase);
    Note(phrase, "if");
  }

  // if 5 restarts within 6 cycles then unmonitor
  void ReadLimit(Phrase& phrase) {
    MonitLimit limit{.restarts = phrase.Number("the number of restarts")};
    if (!phrase.TakeEither("restart", "restarts")) return Note(phrase, "if");
    limit.cycles = phrase.Number("the number of cycles");
    if (!phrase.TakeEither("cycle", "cycles")) phrase.Refuse("no `cycles` after their number");
    if (limit.restarts > limit.cycles) {
      phrase.Refuse("more restarts than cycles, of which each has one at most");
    }
    const std::string action = Action(phrase);
    if (action == "unmonitor" || action == "timeout" || action == "stop") {
      rules_.limits.push_back(limit);
    }
  }

  // Without this statement its absence starts it. With it, only these two do (measured).
  void ReadMissing(Phrase& phrase) {
    if (!phrase.ended() && phrase.HasNumber()) Note(phrase, "if not exist for cycles");
    const std::string action = Action(phrase);
    if (action != "restart" && action != "start") rules_.never = "if not exist then " + action;
  }

  static std::string Action(Phrase& phrase) {
    phrase.SkipTo("then");
    if (!phrase.Take("then")) phrase.Refuse("no `then` in it");
    for (const char* action :
         {"alert", "exec", "restart", "start", "stop", "timeout", "unmonitor"}) {
      if (phrase.Take(action)) return action;
    }
    phrase.Refuse("none of alert, exec, restart, start, stop and unmonitor after `then`");
  }

  // every 2 cycles; the others are cron's times.
  void ReadEvery(Phrase& phrase) {
    if (!phrase.HasNumber()) return Note(phrase, "every");
    const int cycles = phrase.Number("the number of cycles");
    phrase.TakeEither("cycle", "cycles");
    phrase.ExpectEnd();
    rules_.cycle = cycles > kLongestTime / rules_.cycle ? kLongestTime : rules_.cycle * cycles;
  }

  void ReadMode(Phrase& phrase) {
    if (phrase.Take("passive")) {
      rules_.never = "mode passive";
    } else if (phrase.Take("manual")) {
      rules_.never = "mode manual";
    } else if (!phrase.Take("active")) {
      phrase.Refuse("none of active, passive and manual");
    }
    phrase.ExpectEnd();
  }

  void ReadOnReboot(Phrase& phrase) {
    if (phrase.Take("nostart")) {
      rules_.never = "onreboot nostart";
    } else if (!phrase.TakeEither("start", "laststate")) {
      phrase.Refuse("none of start, nostart and laststate");
    }
    phrase.ExpectEnd();
  }

  void ReadGroup(Phrase& phrase) {
    phrase.Text("the group");
    phrase.ExpectEnd();
  }

  std::string file_;
  MonitRules rules_;
  Service service_;
  std::vector<std::pair<std::string, int>> not_modelled_;
};

// For /etc/monit/conf.d/web it is the one of /etc/monit/monitrc, which only root may read.
std::optional<SupervisorTime> CycleAbove(const fs::path& file) {
  const fs::path above = fs::absolute(file).parent_path().parent_path() / "monitrc";
  std::error_code error;
  if (!fs::exists(above, error)) return std::nullopt;
  try {
    return ControlReader(above).Read(ReadText(above)).cycle;
  } catch (const BadInput&) {
    return std::nullopt;  // it is an error of its own where it is asked for
  }
}

}  // namespace

std::unique_ptr<Policy> ParseMonitProcess(const std::string& name, const std::string& text,
                                          const std::string& process, SupervisorTime above) {
  const ControlFile control = ControlReader(name).Read(text);
  return CheckReader(name, control, ProcessNamed(name, control, process), above).Make();
}

std::vector<std::string> MonitProcesses(const std::string& name, const std::string& text) {
  std::vector<std::string> names;
  for (const ProcessCheck& check : ControlReader(name).Read(text).processes) {
    names.push_back(check.name);
  }
  return names;
}

std::unique_ptr<Policy> ReadMonitProcess(const std::string& file, const std::string& process) {
  return ParseMonitProcess(file, ReadText(file), process,
                           CycleAbove(file).value_or(MonitRules().cycle));
}

}  // namespace pidfall
