#include "harness/stage/commands.h"

#include <signal.h>
#include <unistd.h>

#include "harness/input/text_parts.h"
#include "harness/process/shell.h"
#include "harness/stage/quotation.h"

namespace pidfall {
namespace {

constexpr Duration kCommandBound = std::chrono::seconds(15);

constexpr int kMeantForOthers[] = {SIGHUP, SIGINT, SIGTERM};

// kill -1 reaches every process in the sandbox, also the harness.
class DeafToSignals {
 public:
  DeafToSignals() { HandleAllBy(SIG_IGN); }
  DeafToSignals(const DeafToSignals&) = delete;
  DeafToSignals& operator=(const DeafToSignals&) = delete;
  ~DeafToSignals() { HandleAllBy(SIG_DFL); }

 private:
  static void HandleAllBy(void (*handler)(int)) {
    for (const int number : kMeantForOthers) signal(number, handler);
  }
};

std::string FilledIn(const Stage& stage, const std::string& command) {
  return stage.LaunchOf({.command = {command}}, -1, "command").command.front();
}

LaunchOptions LaunchInGroup(const Stage& stage, pid_t group) {
  LaunchOptions launch = stage.LaunchOf({}, -1, "command");
  launch.before_exec = [prepare = launch.before_exec, group] {
    prepare();
    if (group != 0 && setpgid(0, group) != 0) ThrowErrno("join group " + std::to_string(group));
  };
  return launch;
}

}  // namespace

Ending RunCommand(Stage& stage, const std::string& command, pid_t group) {
  const DeafToSignals deaf;
  const std::string script = FilledIn(stage, command);
  const ShellRun run = RunInShell(script, kCommandBound, LaunchInGroup(stage, group));
  if (!run.ended_by_itself) throw Broken("the command did not end within 15 s: " + command);
  stage.Did("run " + script);
  stage.Saw(run.ending.Describe() + ", printed \"" + Quotation(FirstLine(run.output)) + "\"");
  return run.ending;
}

Child RepeatCommand(Stage& stage, const std::string& command) {
  const std::string script = FilledIn(stage, command);
  stage.Did("run it again and again: " + script);
  return StartShell("while :; do " + script + "; done", LaunchInGroup(stage, 0));
}

}  // namespace pidfall
