#include <plist/plist.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "guard/agents.h"
#include "guard/query.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;
using Plist = std::unique_ptr<void, void (*)(plist_t)>;
constexpr size_t kMostBytes = size_t{1} << 20;

std::string ReadFile(const fs::path& path) {
  if (!fs::is_regular_file(path)) throw std::runtime_error(path.string() + ": is no regular file");
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.size() > kMostBytes) {
    throw std::runtime_error(path.string() + ": cannot be read");
  }
  return text;
}

std::string Text(plist_t node) {
  char* text = nullptr;
  const bool string = node != nullptr && plist_get_node_type(node) == PLIST_STRING;
  if (string) plist_get_string_val(node, &text);
  const std::unique_ptr<char, void (*)(void*)> owned(text, &free);
  return text == nullptr ? "" : text;
}

Agent ReadPlist(const fs::path& path) {
  const std::string text = ReadFile(path);
  plist_t root = nullptr;
  // Not plist_from_memory(), which has another parameter since libplist 2.3.
  const auto size = static_cast<uint32_t>(text.size());
  const bool is_binary = plist_is_binary(text.data(), size) != 0;
  (is_binary ? plist_from_bin : plist_from_xml)(text.data(), size, &root);
  const Plist owned(root, &plist_free);
  if (root == nullptr || plist_get_node_type(root) != PLIST_DICT) {
    throw std::runtime_error(path.string() + ": not a property list of an agent");
  }
  Agent agent{Text(plist_dict_get_item(root, "Label")), {}};
  plist_t arguments = plist_dict_get_item(root, "ProgramArguments");
  const bool given = arguments != nullptr && plist_get_node_type(arguments) == PLIST_ARRAY;
  for (uint32_t i = 0; given && i < plist_array_get_size(arguments); ++i) {
    agent.command.push_back(Text(plist_array_get_item(arguments, i)));
  }
  const std::string program = Text(plist_dict_get_item(root, "Program"));
  if (agent.command.empty() && !program.empty()) agent.command = {program};
  return agent;
}

// The words of a command line, as systemd splits it: at blanks, but not within quotes.
std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> words;
  char quote = '\0';
  bool inside = false;
  for (const char c : line) {
    const bool blank = quote == '\0' && (c == ' ' || c == '\t');
    if (!blank && !inside) words.emplace_back();
    inside = !blank;
    if (blank) continue;
    if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else {
      words.back() += c;
    }
  }
  return words;
}

Agent ReadUnit(const fs::path& path) {
  Agent agent{path.filename().string(), {}};
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("ExecStart=")) continue;
    const size_t start = line.find_first_not_of("-@:+! ", sizeof "ExecStart=" - 1);
    if (start != std::string::npos) agent.command = Split(line.substr(start));
  }
  return agent;
}

std::vector<std::string> CommandLine(const fs::path& process) {
  std::ifstream file(process / "cmdline");
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  return words;
}

// At the end of the process's command line: a script's begins with its interpreter.
bool Runs(const std::vector<std::string>& there, const Agent& agent) {
  const auto& command = agent.command;
  return !command.empty() && there.size() >= command.size() &&
         std::equal(command.rbegin(), command.rend(), there.rbegin());
}

pid_t FindProcess(const Agent& agent) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && Runs(CommandLine(entry.path()), agent)) return pid;
  }
  return 0;
}

struct NamedFile {
  fs::path path;
  Answered answered;
  bool agents = false;
};

void CheckAgent(const Agent& agent, std::vector<NamedFile>* files,
                std::vector<std::string>* findings) {
  const pid_t pid = FindProcess(agent);
  if (pid == 0) return;
  bool named = false;
  for (NamedFile& file : *files) {
    if (file.answered.owner.pid != pid) continue;
    file.agents = named = true;
  }
  if (named) return;
  findings->push_back(agent.label + ": PID " + std::to_string(pid) +
                      " runs without a pid file among those given");
}

void CheckFile(const NamedFile& file, std::vector<std::string>* findings) {
  const State state = file.answered.state;
  if (state == State::kDeadWithFile) {
    findings->push_back(file.path.string() + ": its process has ended");
  } else if (state != State::kNotRunning && file.answered.owner.pid > 0 && !file.agents) {
    findings->push_back(file.path.string() + ": PID " + std::to_string(file.answered.owner.pid) +
                        " runs another command than any agent");
  } else if (state == State::kUnknown && file.answered.owner.pid == 0) {
    findings->push_back(file.path.string() + ": " + file.answered.why);
  }
}

}  // namespace

std::vector<Agent> ReadAgents(const fs::path& folder) {
  std::vector<Agent> agents;
  if (!fs::is_directory(folder)) throw std::runtime_error(folder.string() + ": not a folder");
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& path = entry.path();
    if (path.extension() == ".plist") agents.push_back(ReadPlist(path));
    if (path.extension() == ".service") agents.push_back(ReadUnit(path));
  }
  return agents;
}

std::vector<std::string> CheckAgents(const fs::path& folder,
                                     const std::vector<fs::path>& pid_files) {
  std::vector<NamedFile> files;
  files.reserve(pid_files.size());
  for (const fs::path& path : pid_files) files.push_back({path, Ask(path)});
  std::vector<std::string> findings;
  for (const Agent& agent : ReadAgents(folder)) CheckAgent(agent, &files, &findings);
  for (const NamedFile& file : files) CheckFile(file, &findings);
  return findings;
}

}  // namespace pidfall::guard
