#include "harness/report/ci_snippet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

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
      pidfall check --html pidfall.html --junit pidfall.xml{options} -- \
        {command}
  artifacts:
    when: always
    paths: [pidfall.html]
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
pidfall_check(NAME {name}{options}
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

std::string CtestText(const CiCheck& check) {
  std::string options, command;
  bool is_value = false;
  for (const std::string& word : check.options) {
    options += is_value ? ' ' + CmakeQuoted(word) : "\n  " + CmakeKey(word);
    is_value = !is_value && word != "--unsandboxed";
  }
  for (const std::string& word : check.command) command += ' ' + CmakeQuoted(word);
  const std::string program = std::filesystem::path(check.command.front()).stem();
  return fmt::format(kCtest, fmt::arg("name", CmakeQuoted(program)), fmt::arg("options", options),
                     fmt::arg("command", command));
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
