#include "harness/stage/hint.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <sstream>

namespace pidfall {
namespace {

constexpr std::string_view kLightBulb = "\xF0\x9F\x92\xA1";

bool Hints(const std::string& line) {
  return line.find(kLightBulb) != std::string::npos || line.find("Try: ") != std::string::npos ||
         line.find("try: ") != std::string::npos;
}

std::string ReadToEnd(int fd) {
  std::string all;
  std::array<char, 4096> chunk{};
  for (ssize_t n = 0; (n = read(fd, chunk.data(), chunk.size())) > 0;) {
    all.append(chunk.data(), static_cast<size_t>(n));
  }
  return all;
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
  if (!WaitForEnd(shell, bound)) kill(-shell.pid, SIGKILL);
  Shelled shelled{.ending = Reap(shell)};
  shelled.output = ReadToEnd(output.read.get());
  return shelled;
}

}  // namespace pidfall
