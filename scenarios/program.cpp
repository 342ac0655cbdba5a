#include "scenarios/program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "harness/process/program_folder.h"

namespace pidfall {
namespace {

constexpr Duration kRunBound = std::chrono::minutes(4);

std::vector<std::string> Environment(std::vector<std::string> variables) {
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

}  // namespace

Child StartPidfall(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& variables, int output,
                   std::function<void()> prepare) {
  std::vector<std::string> command = {ProgramFolder() + "/pidfall"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return Launch({.command = command,
                 .environment = Environment(variables),
                 .output = output,
                 .before_exec = std::move(prepare)});
}

Ran RunPidfall(const std::vector<std::string>& arguments, const std::vector<std::string>& variables,
               std::function<void()> prepare) {
  const std::string folder = MakeFolder();
  const std::string path = folder + "/output";
  const UniqueFd output = OpenFile(path, O_WRONLY | O_CREAT, 0600);
  const Child child = StartPidfall(arguments, variables, output.get(), std::move(prepare));
  const bool ended = WaitForEnd(child, kRunBound);
  if (!ended) SendSignal(child, SIGKILL);
  Ran ran{Reap(child), ReadFile(path)};
  std::filesystem::remove_all(folder);
  if (!ended) throw std::runtime_error("pidfall did not end within four minutes: " + ran.output);
  return ran;
}

std::string MakeFolder() {
  std::string path = (std::filesystem::temp_directory_path() / "pidfall-test-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) ThrowErrno("create " + path);
  return path;
}

}  // namespace pidfall
