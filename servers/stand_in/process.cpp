#include "servers/stand_in/process.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <sstream>

namespace pidfall::stand_in {
namespace {

std::string Of(pid_t pid, const std::string& file) {
  return ReadWhole("/proc/" + std::to_string(pid) + "/" + file);
}

// The first word behind `key`.
std::string Word(const std::string& text, const std::string& key) {
  const size_t at = text.find(key);
  if (at == std::string::npos) return "";
  std::istringstream rest(text.substr(at + key.size()));
  std::string word;
  rest >> word;
  return word;
}

}  // namespace

std::string ReadWhole(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; file >= 0 && (got = read(file, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<size_t>(got));
  }
  if (file >= 0) close(file);
  return text;
}

std::string ProgramName(pid_t pid) { return Of(pid, "comm"); }

std::string ProgramFile(pid_t pid) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/" + std::to_string(pid) + "/exe";
  const ssize_t size = readlink(link.c_str(), path.data(), path.size());
  return {path.data(), size > 0 ? static_cast<size_t>(size) : 0};
}

bool IsProcess(pid_t pid) {
  const std::string status = Of(pid, "status");
  return Word(status, "\nTgid:") == std::to_string(pid) && Word(status, "\nState:") != "Z";
}

std::string StartTicks(pid_t pid) {
  const std::string stat = Of(pid, "stat");
  // The name in brackets may hold blanks.
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  constexpr int kStartTime = 20;  // behind the name
  std::string field;
  for (int i = 0; i < kStartTime; ++i) fields >> field;
  return field;
}

std::string StartByWallClock(pid_t pid) {
  const std::string ticks = StartTicks(pid);
  const std::string boot = Word(ReadWhole("/proc/stat"), "\nbtime");
  if (ticks.empty() || boot.empty()) return "";
  return std::to_string(std::stol(boot) + std::stol(ticks) / sysconf(_SC_CLK_TCK));
}

std::string HostName() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace pidfall::stand_in
