#include "harness/stage/hint.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

namespace pidfall {
namespace {

constexpr std::string_view kLightBulb = "\xF0\x9F\x92\xA1";

bool Hints(const std::string& line) {
  return line.find(kLightBulb) != std::string::npos || line.find("Try: ") != std::string::npos ||
         line.find("try: ") != std::string::npos;
}

// Not to its end: whoever left the group may have the other one open for ever.
std::string ReadWhatIsThere(int fd) {
  constexpr size_t kPipeHolds = 65536;
  std::string held(kPipeHolds, '\0');
  if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) ThrowErrno("read the hint's output");
  const ssize_t n = read(fd, held.data(), held.size());
  held.resize(static_cast<size_t>(std::max<ssize_t>(n, 0)));
  return held;
}

}  // namespace

std::string HintedCommand(std::string_view output) {
  std::istringstream lines{std::string(output)};
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.rfind(": ");
    if (Hints(line) && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

Shelled RunInShell(const std::string& command, Duration bound) {
  Pipe output = MakePipe();
  const Child shell = Launch({.command = {"/bin/sh", "-c", command},
                              .environment = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"},
                              .output = output.write.get(),
                              // What it starts must end with it.
                              .before_exec = [] { setpgid(0, 0); }});
  output.write.Reset();
  WaitForEnd(shell, bound);
  kill(-shell.pid, SIGKILL);  // before the shell is reaped, which keeps the group's number ours
  Shelled shelled{.ending = Reap(shell)};
  shelled.output = ReadWhatIsThere(output.read.get());
  return shelled;
}

}  // namespace pidfall
