#include "harness/supervisor/supervisord_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/text_parts.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/supervisord.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

struct ConfEntry {
  std::string key, value;
  int line = 0;
};
struct ConfSection {
  std::string name;
  std::vector<ConfEntry> entries;
  int line = 0;
};

// Python's ConfigParser with `;` comments, as supervisord's options.py sets it up.
class ConfReader {
 public:
  explicit ConfReader(std::string name) : name_(std::move(name)) {}

  std::vector<ConfSection> Read(const std::string& text) {
    for (const TextLine& line : LinesOf(text)) Take(line);
    return std::move(sections_);
  }

 private:
  // A comment begins the line, or follows a blank.
  static std::string_view WithoutComment(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool starts = i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t';
      if (text[i] == ';' && starts) return text.substr(0, i);
    }
    return text;
  }

  void Take(const TextLine& line) {
    const std::string_view raw = WithoutComment(line.text);
    const std::string_view text = Trim(raw);
    if (text.empty() || text.front() == '#') return;
    const bool indented = raw.front() == ' ' || raw.front() == '\t';
    if (indented && !sections_.empty() && !sections_.back().entries.empty()) {
      sections_.back().entries.back().value.append("\n").append(text);
    } else if (text.front() == '[') {
      TakeSection(text, line.number);
    } else {
      TakeEntry(text, line.number);
    }
  }

  void TakeSection(std::string_view text, int line) {
    if (text.back() != ']') throw BadInput(name_, line, "a section's name without its ]");
    sections_.push_back({std::string(text.substr(1, text.size() - 2)), {}, line});
  }

  void TakeEntry(std::string_view text, int line) {
    const std::size_t end = text.find_first_of("=:");
    if (end == std::string_view::npos) {
      throw BadInput(name_, line, "neither [SECTION] nor KEY=VALUE");
    }
    if (sections_.empty()) throw BadInput(name_, line, "stands before any [SECTION]");
    const std::string key(Trim(text.substr(0, end)));
    if (key.empty()) throw BadInput(name_, line, "no key before the =");
    sections_.back().entries.push_back({key, std::string(Trim(text.substr(end + 1))), line});
  }

  std::string name_;
  std::vector<ConfSection> sections_;
};

constexpr std::string_view kProgramSection = "program:";

// Its programs may stand in the included files: supervisord reads them, we don't.
std::optional<std::string> IncludeNote(const std::string& file,
                                       const std::vector<ConfSection>& sections) {
  for (const ConfSection& section : sections) {
    if (section.name != "include") continue;
    for (const ConfEntry& entry : section.entries) {
      if (entry.key != "files") continue;
      return fmt::format("{}:{}: [include] files={} is not followed: name an included file", file,
                         entry.line, entry.value);
    }
  }
  return std::nullopt;
}

const ConfSection& ProgramNamed(const std::string& file, const std::vector<ConfSection>& sections,
                                const std::string& program,
                                const std::optional<std::string>& include) {
  const ConfSection* only = nullptr;
  int programs = 0;
  for (const ConfSection& section : sections) {
    if (!section.name.starts_with(kProgramSection)) continue;
    if (section.name.substr(kProgramSection.size()) == program) return section;
    only = &section;
    ++programs;
  }
  if (programs == 0 && include) throw BadInput(*include + "; no [program:NAME] is in this one");
  if (!program.empty()) throw BadInput(file, 0, "no [program:" + program + "]");
  if (programs == 1) return *only;
  throw BadInput(file, 0,
                 programs == 0 ? "no [program:NAME] in it"
                               : "say which program is meant: supervisord:" + file + "#NAME");
}

class ProgramReader {
 public:
  ProgramReader(const std::string& file, const ConfSection& section,
                const std::optional<std::string>& include)
      : file_(file) {
    service_.job.label = section.name.substr(kProgramSection.size());
    for (const ConfEntry& entry : section.entries) Read(entry);
    NoteNotModelled(file, not_modelled_, &service_.notes);
    if (include) service_.notes.push_back(*include);
    if (service_.job.command.empty()) {
      throw BadInput(file, section.line, "[" + section.name + "] has no command");
    }
  }

  std::unique_ptr<Policy> Make() { return MakeSupervisordPolicy(rules_, service_); }

 private:
  using Handler = void (ProgramReader::*)(const ConfEntry&);

  void Read(const ConfEntry& entry) {
    static const std::map<std::string_view, Handler> handlers = {
        {"command", &ProgramReader::ReadCommand},
        {"autostart", &ProgramReader::ReadAutostart},
        {"autorestart", &ProgramReader::ReadAutorestart},
        {"startsecs", &ProgramReader::ReadStartSecs},
        {"startretries", &ProgramReader::ReadStartRetries},
        {"exitcodes", &ProgramReader::ReadExitCodes},
        {"stopwaitsecs", &ProgramReader::ReadStopWait},
        {"directory", &ProgramReader::ReadDirectory},
        {"numprocs", &ProgramReader::ReadCopies},
        {"environment", &ProgramReader::ReadEnvironment}};
    const auto found = handlers.find(entry.key);
    if (found == handlers.end()) {
      not_modelled_.emplace_back(entry.key, entry.line);
      return;
    }
    if (entry.value.find("%(") != std::string::npos) {
      service_.notes.push_back(
          fmt::format("{}:{}: %(...)s in {} is not expanded", file_, entry.line, entry.key));
    }
    (this->*found->second)(entry);
  }

  [[noreturn]] void Refuse(const ConfEntry& at, const std::string& what) const {
    throw BadInput(file_, at.line, fmt::format("{}={}: {}", at.key, at.value, what));
  }

  int Number(const ConfEntry& at) const {
    const auto number = WholeNumber(at.value);
    if (!number) Refuse(at, "not a whole number");
    return *number;
  }

  // datatypes.py, boolean.
  std::optional<bool> Boolean(const ConfEntry& at) const {
    const std::string lower = Lower(at.value);
    for (const char* yes : {"yes", "true", "on", "1"}) {
      if (lower == yes) return true;
    }
    for (const char* no : {"no", "false", "off", "0"}) {
      if (lower == no) return false;
    }
    return std::nullopt;
  }

  void ReadCommand(const ConfEntry& at) {
    auto words = SplitWords(at.value);
    if (!words || words->empty()) Refuse(at, "no command, or a quote is not closed");
    service_.job.command = std::move(*words);
  }

  void ReadAutostart(const ConfEntry& at) {
    const auto value = Boolean(at);
    if (!value) Refuse(at, "neither true nor false");
    rules_.autostart = *value;
  }

  void ReadAutorestart(const ConfEntry& at) {
    const auto value = Boolean(at);
    if (!value && at.value != "unexpected") Refuse(at, "none of true, false and unexpected");
    rules_.restart = !value   ? SupervisordRestart::kUnexpected
                     : *value ? SupervisordRestart::kAlways
                              : SupervisordRestart::kNever;
  }

  void ReadStartSecs(const ConfEntry& at) { rules_.start_secs = std::chrono::seconds(Number(at)); }
  void ReadStartRetries(const ConfEntry& at) { rules_.start_retries = Number(at); }
  void ReadStopWait(const ConfEntry& at) { rules_.stop_wait = std::chrono::seconds(Number(at)); }
  void ReadCopies(const ConfEntry& at) { service_.job.copies = Number(at); }
  void ReadDirectory(const ConfEntry& at) { service_.job.working_directory = at.value; }

  void ReadExitCodes(const ConfEntry& at) {
    rules_.exit_codes.clear();
    std::string words = at.value;
    std::replace(words.begin(), words.end(), ',', ' ');
    for (const std::string& word : SplitWords(words).value_or(std::vector<std::string>())) {
      const auto code = WholeNumber(word);
      if (!code) Refuse(at, "'" + word + "' is no exit status");
      rules_.exit_codes.insert(*code);
    }
  }

  // KEY="value",KEY2="value": a comma stands between, also inside quotes of its own.
  void ReadEnvironment(const ConfEntry& at) {
    std::string words = at.value;
    char quote = 0;
    for (char& letter : words) {
      if (quote == 0 && letter == ',') letter = ' ';
      if (quote == 0 && (letter == '"' || letter == '\'')) {
        quote = letter;
      } else if (letter == quote) {
        quote = 0;
      }
    }
    const auto split = SplitWords(words);
    if (!split) Refuse(at, "a quote is not closed");
    for (const std::string& word : *split) {
      const std::size_t equals = word.find('=');
      if (equals == 0 || equals == std::string::npos) Refuse(at, "'" + word + "' sets nothing");
      service_.job.environment[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }

  std::string file_;
  SupervisordRules rules_;
  Service service_;
  std::vector<std::pair<std::string, int>> not_modelled_;
};

}  // namespace

std::unique_ptr<Policy> ParseSupervisordProgram(const std::string& name, const std::string& text,
                                                const std::string& program) {
  const std::vector<ConfSection> sections = ConfReader(name).Read(text);
  const auto include = IncludeNote(name, sections);
  return ProgramReader(name, ProgramNamed(name, sections, program, include), include).Make();
}

std::vector<std::string> SupervisordPrograms(const std::string& name, const std::string& text) {
  std::vector<std::string> programs;
  for (const ConfSection& section : ConfReader(name).Read(text)) {
    if (!section.name.starts_with(kProgramSection)) continue;
    programs.push_back(section.name.substr(kProgramSection.size()));
  }
  return programs;
}

std::unique_ptr<Policy> ReadSupervisordProgram(const std::string& file,
                                               const std::string& program) {
  return ParseSupervisordProgram(file, ReadText(file), program);
}

}  // namespace pidfall
