#include "harness/faults/namesake.h"

#include <algorithm>
#include <sstream>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

// Without the first.
std::vector<std::string> WordsOf(pid_t pid) {
  std::istringstream line(ReadOrEmpty("/proc/" + std::to_string(pid) + "/cmdline"));
  std::vector<std::string> words;
  std::string word;
  std::getline(line, word, '\0');
  while (std::getline(line, word, '\0')) words.push_back(word);
  return words;
}

}  // namespace

Child StartNamesake(Stage& stage, const std::vector<std::string>& words, pid_t pid) {
  std::vector<std::string> command = {"/bin/sh", "-c", "while :; do sleep 1000; done"};
  command.insert(command.end(), words.begin(), words.end());
  stage.Did("start a shell script whose arguments are the words of the target's command");
  Child namesake = Launch({.command = command, .environment = {"PATH=/usr/bin:/bin"}, .pid = pid});
  // The kernel shows a program's command line a moment after it has begun to execute it.
  const std::string shown = "/proc/" + std::to_string(namesake.pid) + "/cmdline";
  stage.WaitUntil([&] { return !ReadOrEmpty(shown).empty(); }, Stage::kSettleBound);
  return namesake;
}

std::vector<std::string> WordsOfItsOwn(const Instance& instance,
                                       const std::vector<std::string>& given) {
  const auto is_given = [&](const std::string& word) {
    return std::ranges::find(given, word) != given.end();
  };
  std::vector<std::string> own;
  for (const pid_t pid : instance.Processes()) {
    const auto words = WordsOf(pid);
    if (!std::ranges::all_of(words, is_given)) own.insert(own.end(), words.begin(), words.end());
  }
  return own;
}

}  // namespace pidfall
