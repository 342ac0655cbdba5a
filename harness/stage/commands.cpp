// The Stage's part that runs what people and scripts run beside a server: stop and status commands.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "harness/stage/stage.h"

namespace pidfall {
namespace {

constexpr Duration kCommandBound = std::chrono::seconds(15);

constexpr int kMeantForOthers[] = {SIGHUP, SIGINT, SIGTERM};

// kill -1 reaches everybody in the sandbox, the harness included.
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

std::string FirstLine(const std::string& path) {
  const std::string text = ReadFile(path);
  return text.substr(0, text.find('\n'));
}

}  // namespace

Child Stage::StartShell(const std::string& script, pid_t group) {
  StartOptions options{.command = {"/bin/sh", "-c", script}, .user = acting_as_};
  const UniqueFd output =
      OpenFile(back_room_ + "/command-output", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  LaunchOptions launch = LaunchOf(options, PlacesOf(options), output.get(), "command");
  launch.before_exec = [prepare = launch.before_exec, group] {
    prepare();
    if (group != 0 && setpgid(0, group) != 0) ThrowErrno("join group " + std::to_string(group));
  };
  return Launch(launch);
}

Ending Stage::RunCommand(const std::string& command, pid_t group) {
  const DeafToSignals deaf;
  const Child shell = StartShell(command, group);
  if (!WaitForEnd(shell, kCommandBound)) {
    SendSignal(shell, SIGKILL);
    Reap(shell);
    throw Broken("the command did not end within 15 s: " + command);
  }
  const Ending ending = Reap(shell);
  Did("run " + FillIn({command}, PlacesOf({})).front());
  Saw(ending.Describe() + ", printed \"" + FirstLine(back_room_ + "/command-output") + "\"");
  return ending;
}

Child Stage::RepeatCommand(const std::string& command) {
  Did("run it again and again: " + FillIn({command}, PlacesOf({})).front());
  return StartShell("while :; do " + command + "; done", 0);
}

}  // namespace pidfall
