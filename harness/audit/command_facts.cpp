#include "harness/audit/command_facts.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/kernel/endpoint.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

bool IsOneOf(std::string_view name, const std::vector<std::string_view>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// With one of these a shell does more than split words.
bool IsPlain(std::string_view text) {
  return text.find_first_of("$`;|&<>(){}*?#~\n") == std::string_view::npos;
}

bool SetsVariable(const std::string& word) {
  const std::size_t equals = word.find('=');
  return equals != std::string::npos && equals > 0 && word.front() != '-' &&
         word.find('/') > equals;
}

std::string ProgramName(const std::string& path) { return std::filesystem::path(path).filename(); }

bool IsShell(const std::string& program) {
  return IsOneOf(ProgramName(program), {"sh", "bash", "dash", "ash", "zsh"});
}

// They start the server as a child, by a name of its own.
bool IsLauncher(const std::string& program) {
  return IsOneOf(ProgramName(program),
                 {"npm", "npx", "yarn", "pnpm", "bun", "make", "bundle", "foreman", "honcho", "uv",
                  "poetry", "pipenv", "docker", "docker-compose", "podman", "systemctl"});
}

// `exec A=b web --port 1`: the words of a shell's text, and the variables before them.
class ShellText {
 public:
  explicit ShellText(const std::string& text) {
    if (!IsPlain(text)) return;
    words_ = SplitWords(text).value_or(std::vector<std::string>());
    while (!words_.empty() && (words_.front() == "exec" || SetsVariable(words_.front()))) {
      if (words_.front() != "exec") variables_.push_back(words_.front());
      words_.erase(words_.begin());
    }
  }
  const std::vector<std::string>& words() const { return words_; }
  const std::vector<std::string>& variables() const { return variables_; }

 private:
  std::vector<std::string> words_;
  std::vector<std::string> variables_;
};

// "8080", ":8080", "127.0.0.1:8080", "tcp://[::]:8080"
std::optional<int> PortIn(const std::string& value) {
  const std::size_t colon = value.rfind(':');
  const auto port = WholeNumber(colon == std::string::npos ? value : value.substr(colon + 1));
  return port && *port > 0 && *port <= kLastPort ? port : std::nullopt;
}

// An option without its dashes, in lower case, `_` as `-`.
std::string PlainName(std::string_view option) {
  option.remove_prefix(std::min(option.find_first_not_of('-'), option.size()));
  std::string name(option);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '_' ? '-' : static_cast<char>(tolower(c)); });
  return name;
}

// Not --db-port and the like: those are the ports of others.
bool NamesPort(std::string_view name) {
  return IsOneOf(
      name, {"port", "http-port", "https-port", "listen-port", "bind-port", "server.port",
             "server-port", "bind", "listen", "addr", "address", "listen-address", "listen-addr",
             "http-address", "http-addr", "web.listen-address", "bind-address"});
}

bool NamesPidFile(std::string_view name) {
  return IsOneOf(name, {"pid-file", "pidfile", "pid", "pid-path", "pidpath"});
}

// `see` gets each option's name with its value, of `--name value` and of `--name=value`.
template <typename See>
void ForEachOption(const std::vector<std::string>& words, const See& see) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() < 2 || word.front() != '-') continue;
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) {
      see(PlainName(word.substr(0, equals)), word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      see(PlainName(word), words[i + 1]);
    }
  }
}

// A `%` or `$` is filled in by the supervisor.
bool IsFilledInLater(const std::string& text) {
  return text.find_first_of("%${") != std::string::npos;
}

std::string AbsolutePidFile(const std::string& path, const std::string& folder) {
  if (path.empty() || path == "-" || IsFilledInLater(path)) return "";
  if (path.front() != '/' && folder.empty()) return "";
  return (std::filesystem::path(folder) / path).lexically_normal();
}

std::string GuardsDuplicate(const std::vector<std::string>& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  const auto guard = std::find_if(words.begin(), end, [](const std::string& word) {
    return ProgramName(word) == "pidfall-guard";
  });
  if (guard == end || end == words.end()) return "";
  std::string answer = "exit";
  bool is_patient = true;
  ForEachOption({guard, end}, [&](const std::string& name, const std::string& value) {
    if (name == "on-duplicate") answer = value;
    if (name == "patience") is_patient = false;
  });
  return is_patient ? answer : "";
}

// Modules of Python that serve, their port as the only word that is no option: 8000 without one.
bool IsServingModule(const std::string& name) {
  return name == "http.server" || name == "SimpleHTTPServer";
}

// Where the words after `-m http.server` begin; 0: there is no such command.
std::size_t AfterServingModule(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    if (!ProgramName(words[i]).starts_with("python")) continue;
    for (std::size_t at = i + 1; at + 1 < words.size() && words[at].starts_with('-'); ++at) {
      if (words[at] == "-m") return IsServingModule(words[at + 1]) ? at + 2 : 0;
    }
    return 0;
  }
  return 0;
}

std::optional<int> PortOfPythonsServer(const std::vector<std::string>& words) {
  constexpr int kDefault = 8000;
  const std::size_t begin = AfterServingModule(words);
  if (begin == 0) return std::nullopt;
  for (std::size_t i = begin; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) return PortIn(words[i]);
    if (IsOneOf(words[i], {"-b", "--bind", "-d", "--directory", "-p", "--protocol"})) ++i;
  }
  return kDefault;
}

void AddPort(std::optional<int> port, std::vector<int>* ports) {
  if (port && std::find(ports->begin(), ports->end(), *port) == ports->end()) {
    ports->push_back(*port);
  }
}

void ReadOptions(const Job& job, CommandFacts* facts) {
  AddPort(PortOfPythonsServer(facts->words), &facts->ports);
  ForEachOption(facts->words, [&](const std::string& name, const std::string& value) {
    if (NamesPort(name)) AddPort(PortIn(value), &facts->ports);
    const bool is_number = value.find_first_not_of("0123456789") == std::string::npos;
    if (facts->pid_file.empty() && NamesPidFile(name) && !is_number) {
      facts->pid_file = AbsolutePidFile(value, job.working_directory);
    }
  });
}

}  // namespace

CommandFacts FactsOf(const Job& job) {
  CommandFacts facts{.words = job.command, .ports = job.ports};
  facts.pid_file = AbsolutePidFile(job.pid_file, job.working_directory);
  const bool has_shell =
      facts.words.size() == 3 && IsShell(facts.words[0]) && facts.words[1] == "-c";
  if (has_shell) {
    const ShellText text(job.command[2]);
    facts.is_script = text.words().empty();
    if (!facts.is_script) facts.words = text.words();
    for (const std::string& variable : text.variables()) {
      if (variable.starts_with("PORT=")) AddPort(PortIn(variable.substr(5)), &facts.ports);
    }
  }
  if (!facts.words.empty() && IsLauncher(facts.words.front())) facts.is_script = true;
  const auto port = job.environment.find("PORT");
  if (port != job.environment.end()) AddPort(PortIn(port->second), &facts.ports);
  if (!facts.is_script) facts.guards_duplicate = GuardsDuplicate(facts.words);
  // In a container a port or a file is not the machine's.
  if (job.image.empty()) ReadOptions(job, &facts);
  return facts;
}

std::string ExecLine(const std::string& script) {
  constexpr std::string_view kToTheLog = "2>&1";
  constexpr std::string_view kExec = "exec ";
  std::vector<std::string> found;
  for (const TextLine& line : LinesOf(script)) {
    std::string_view text = Trim(line.text);
    if (text.ends_with(kToTheLog)) text = Trim(text.substr(0, text.size() - kToTheLog.size()));
    if (!text.starts_with(kExec)) continue;
    // `exec >log` executes nothing.
    const std::string_view command = Trim(text.substr(kExec.size()));
    if (command.find_first_of("<>0123456789") != 0) found.emplace_back(text);
  }
  return found.size() == 1 && IsPlain(found.front()) ? found.front() : "";
}

}  // namespace pidfall
