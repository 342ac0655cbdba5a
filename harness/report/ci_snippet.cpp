#include "harness/report/ci_snippet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string_view>

#include "harness/input/bad_input.h"
#include "harness/input/shell_quote.h"
#include "harness/target/target.h"

namespace pidfall {
namespace {

constexpr char kGithub[] = R"(# .github/workflows/pidfall.yml
name: pidfall
on: [push, pull_request]
permissions:
  contents: read
  security-events: write
jobs:
  pidfall:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      # Install or build the server here; OWNER is where your copy of pidfall is.
      - uses: OWNER/pidfall@v{version}
        with:
{options}          command: |
            {command}
)";

constexpr char kGitlab[] = R"(# .gitlab-ci.yml
.pidfall:
  image: debian:bookworm
  before_script:
    # The package is made by `./pidfall package`; install or build the server here, too.
    - apt-get update && apt-get install -y ./pidfall_{version}_amd64.deb
  script:
    - |
      pidfall check --html pidfall.html --junit pidfall.xml --sarif pidfall.sarif{options} -- \
        {command}
  artifacts:
    when: always
    paths: [pidfall.html, pidfall.sarif]
    reports:
      junit: pidfall.xml
# The full sandbox: a runner that lets its containers make namespaces (privileged = true). A shell
# runner does, too, where its user has sudo: write `sudo pidfall` there.
pidfall:
  extends: .pidfall
  tags: [privileged]
{container})";

constexpr char kContainerJob[] =
    R"(# The plain sandbox: any runner. What it cannot judge is skipped by name.
pidfall-in-a-container:
  extends: .pidfall
)";
constexpr char kNoContainerJob[] =
    "# In any other container the command needs {port} and {pid_file}, and the plain sandbox is "
    "used.\n";

constexpr char kCtest[] = R"(# CMakeLists.txt
find_package(pidfall REQUIRED)
include(CTest)
{left_out}pidfall_check(NAME {name}{options}
  COMMAND{command})
)";

// A line break inside a word stays inside the block of YAML that it stands in.
std::string Indented(const std::string& text, std::size_t columns) {
  std::string indented;
  for (const char letter : text) {
    indented += letter;
    if (letter == '\n') indented.append(columns, ' ');
  }
  return indented;
}

std::string GithubText(const CiCheck& check) {
  constexpr std::size_t kColumns = 12;
  const std::string options = check.options.empty()
                                  ? ""
                                  : "          options: |\n            " +
                                        Indented(ShellCommand(check.options), kColumns) + '\n';
  return fmt::format(kGithub, fmt::arg("version", check.version), fmt::arg("options", options),
                     fmt::arg("command", Indented(ShellCommand(check.command), kColumns)));
}

std::string GitlabText(const CiCheck& check) {
  constexpr std::size_t kColumns = 6;
  const std::string options = (check.options.empty() ? "" : " ") + ShellCommand(check.options);
  const bool chosen = Mentions(check.command, "{port}") &&
                      (Mentions(check.command, "{pid_file}") || Mentions(check.command, "{dir}"));
  return fmt::format(kGitlab, fmt::arg("version", check.version),
                     fmt::arg("container", chosen ? kContainerJob : kNoContainerJob),
                     fmt::arg("options", Indented(options, kColumns)),
                     fmt::arg("command", Indented(ShellCommand(check.command), kColumns)));
}

// A bracket argument takes any text as it is, but for a line break at its beginning.
std::string CmakeQuoted(const std::string& word) {
  if (ShellQuoted(word) == word) return word;
  std::string equals;
  while (word.find(']' + equals) != std::string::npos) equals += '=';
  return fmt::format("[{}[{}]{}]", equals, word, equals);
}

// "--pid-file" is PID_FILE.
std::string CmakeKey(const std::string& option) {
  std::string key;
  for (const char letter : option.substr(2)) {
    key += letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
  }
  return key;
}

struct Option {
  std::string name;
  std::optional<std::string> value;
};

std::vector<Option> OptionsIn(const std::vector<std::string>& words) {
  constexpr std::string_view kFlags[] = {"--unsandboxed", "--no-skip", "--verbose"};
  std::vector<Option> options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& name = words[i];
    const bool is_flag = std::find(std::begin(kFlags), std::end(kFlags), name) != std::end(kFlags);
    options.push_back({name, is_flag ? std::nullopt : std::optional(words.at(++i))});
  }
  return options;
}

// There each scenario is a test of its own, and ctest has options for these.
bool IsLeftToCtest(const Option& option) {
  constexpr std::string_view kNames[] = {"--repeat", "--shard", "--time", "--no-skip", "--verbose"};
  return std::find(std::begin(kNames), std::end(kNames), option.name) != std::end(kNames);
}

std::string CtestText(const CiCheck& check) {
  std::string options, left_out, command;
  for (const auto& option : OptionsIn(check.options)) {
    const auto& [name, value] = option;
    if (IsLeftToCtest(option)) {
      left_out += ' ' + name + (value ? ' ' + *value : "");
    } else {
      options += "\n  " + CmakeKey(name) + (value ? ' ' + CmakeQuoted(*value) : "");
    }
  }
  if (!left_out.empty()) left_out = "# ctest has its own options instead of" + left_out + '\n';
  for (const std::string& word : check.command) command += ' ' + CmakeQuoted(word);
  const std::string program = std::filesystem::path(check.command.front()).stem();
  return fmt::format(kCtest, fmt::arg("name", CmakeQuoted(program)), fmt::arg("options", options),
                     fmt::arg("left_out", left_out), fmt::arg("command", command));
}

}  // namespace

Ci CiKind(const std::string& word) {
  if (word == "github") return Ci::kGithub;
  if (word == "gitlab") return Ci::kGitlab;
  if (word == "ctest") return Ci::kCtest;
  throw BadInput("--write-ci: '" + word + "' is not github, gitlab or ctest");
}

std::string CiSnippet(Ci kind, const CiCheck& check) {
  if (kind == Ci::kGithub) return GithubText(check);
  return kind == Ci::kGitlab ? GitlabText(check) : CtestText(check);
}

}  // namespace pidfall
