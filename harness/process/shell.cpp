#include "harness/process/shell.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMostKept = 64 << 10;

// Does not read to the end: a process in the background may keep the other end open for ever.
void TakeWhatIsThere(int fd, std::string& kept) {
  constexpr int kMostReads = 16;  // so that endless output does not block us
  std::array<char, 64 << 10> chunk;
  for (int reads = 0; reads < kMostReads; ++reads) {
    const ssize_t n = read(fd, chunk.data(), chunk.size());
    if (n <= 0) return;
    kept.append(chunk.data(), std::min(static_cast<size_t>(n), kMostKept - kept.size()));
  }
}

// True when the shell has ended.
bool AwaitActivity(const Child& shell, int output, Duration at_most) {
  std::array<pollfd, 2> events{pollfd{shell.pidfd.get(), POLLIN, 0}, pollfd{output, POLLIN, 0}};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at_most);
  const timespec bound{seconds.count(), (at_most - seconds).count()};
  ppoll(events.data(), events.size(), &bound, nullptr);
  return WaitForEnd(shell, Duration::zero());
}

// Reads the output meanwhile: a full pipe would block the command.
bool AwaitEnd(const Child& shell, int output, Duration bound, std::string& kept) {
  const auto deadline = Clock::now() + bound;
  for (auto now = Clock::now(); now < deadline; now = Clock::now()) {
    if (AwaitActivity(shell, output, deadline - now)) return true;
    TakeWhatIsThere(output, kept);
  }
  return false;
}

ShellRun Run(const std::string& script, Duration bound, LaunchOptions launch, bool own_group) {
  Pipe output = MakePipe();
  fcntl(output.read.get(), F_SETFL, O_NONBLOCK);
  launch.output = output.write.get();
  const Child shell = StartShell(script, std::move(launch));
  output.write.Reset();
  ShellRun run;
  run.ended_by_itself = AwaitEnd(shell, output.read.get(), bound, run.output);
  if (!run.ended_by_itself) SendSignal(shell, SIGKILL);
  // Before the shell is reaped: until then the group's id cannot be reused.
  if (own_group) kill(-shell.pid, SIGKILL);
  run.ending = Reap(shell);
  TakeWhatIsThere(output.read.get(), run.output);
  return run;
}

}  // namespace

Child StartShell(const std::string& script, LaunchOptions launch) {
  launch.command = {"/bin/sh", "-c", script};
  return Launch(launch);
}

ShellRun RunInShell(const std::string& script, Duration bound, LaunchOptions launch) {
  return Run(script, bound, std::move(launch), false);
}

ShellRun RunInShell(const std::string& script, Duration bound) {
  return Run(script, bound,
             {.environment = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"},
              .before_exec = [] { setpgid(0, 0); }},
             true);
}

}  // namespace pidfall
