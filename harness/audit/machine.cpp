#include "harness/audit/machine.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/kernel/process.h"
#include "harness/kernel/sockets.h"
#include "harness/observe/file_state.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::system_clock;

std::string ProcFile(pid_t pid, const char* name) {
  return ReadOrEmpty("/proc/" + std::to_string(pid) + "/" + name);
}

std::vector<std::string> SplitAt(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

// The blanks at its end are what a title left of a longer one.
std::vector<std::string> WordsOf(pid_t pid) {
  std::vector<std::string> words = SplitAt(ProcFile(pid, "cmdline"), '\0');
  while (!words.empty() && words.back().find_first_not_of(' ') == std::string::npos) {
    words.pop_back();
  }
  return words;
}

// The innermost service of "0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.service".
std::string UnitOf(pid_t pid) {
  std::string unit;
  for (const std::string& line : SplitAt(ProcFile(pid, "cgroup"), '\n')) {
    for (const std::string& part : SplitAt(line, '/')) {
      if (part.ends_with(".service")) unit = part;
    }
  }
  return unit;
}

// proc(5): a pid in each namespace, from that of /proc to its own.
bool IsInContainer(pid_t pid) {
  constexpr std::string_view kField = "NSpid:";
  for (const std::string& line : SplitAt(ProcFile(pid, "status"), '\n')) {
    if (!line.starts_with(kField)) continue;
    std::istringstream pids(line.substr(kField.size()));
    pid_t outer = 0, inner = 0;
    return static_cast<bool>(pids >> outer >> inner);
  }
  return false;
}

std::string FolderOf(pid_t pid) {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd", error);
  return error ? "" : folder.string();
}

Clock::time_point BootTime() {
  constexpr std::string_view kField = "btime ";
  for (const std::string& line : SplitAt(ReadOrEmpty("/proc/stat"), '\n')) {
    if (!line.starts_with(kField)) continue;
    return Clock::time_point(std::chrono::seconds(std::atoll(line.c_str() + kField.size())));
  }
  return {};
}

std::optional<LiveProcess> ReadLive(pid_t pid, Clock::time_point boot) {
  const auto info = ReadProcess(pid);
  if (!info || info->state == 'Z' || info->state == 'X') return std::nullopt;
  const auto ticks = std::chrono::duration<double>(static_cast<double>(info->started) /
                                                   static_cast<double>(sysconf(_SC_CLK_TCK)));
  return LiveProcess{.pid = pid,
                     .parent = info->parent,
                     .user = UserOf(pid).value_or(0),
                     .program = info->program,
                     .words = WordsOf(pid),
                     .folder = FolderOf(pid),
                     .unit = UnitOf(pid),
                     .is_in_container = IsInContainer(pid),
                     .began = boot + std::chrono::duration_cast<Clock::duration>(ticks)};
}

std::map<pid_t, LiveProcess> LiveProcesses() {
  const Clock::time_point boot = BootTime();
  std::map<pid_t, LiveProcess> processes;
  for (const pid_t pid : AllPids()) {
    if (auto process = ReadLive(pid, boot)) processes.emplace(pid, std::move(*process));
  }
  return processes;
}

std::vector<OpenPort> OpenPorts(const std::map<pid_t, LiveProcess>& processes) {
  std::map<uint64_t, std::vector<pid_t>> holders;
  for (const auto& [pid, process] : processes) {
    for (const uint64_t inode : OpenSockets(pid)) holders[inode].push_back(pid);
  }
  std::vector<OpenPort> ports;
  std::vector<TcpSocket> sockets = TcpSocketsIn(TcpState::kListen);
  const std::vector<TcpSocket> udp = BoundUdpSockets();
  sockets.insert(sockets.end(), udp.begin(), udp.end());
  ports.reserve(sockets.size());
  for (const TcpSocket& socket : sockets) ports.push_back({socket.port, holders[socket.inode]});
  return ports;
}

// Its first number, at the beginning of a line of its own or of "pid: 312".
std::optional<pid_t> FirstNumber(const std::string& content) {
  const std::size_t digit = content.find_first_of("0123456789");
  if (digit == std::string::npos || content.find('\n') < digit) return std::nullopt;
  pid_t pid = 0;
  const auto [rest, error] =
      std::from_chars(content.data() + digit, content.data() + content.size(), pid);
  if (error != std::errc() || pid <= 0) return std::nullopt;
  return pid;
}

PidFile ReadPidFile(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return {.state = PidFile::State::kUnreadable, .why = std::generic_category().message(errno)};
  }
  if (!S_ISREG(status.st_mode)) {
    return {.state = PidFile::State::kUnreadable, .why = "it is no plain file"};
  }
  try {
    const std::string content = ReadFile(path);
    PidFile file{.state = PidFile::State::kHoldsNoPid, .why = Excerpt(content)};
    file.written = Clock::time_point(std::chrono::seconds(status.st_mtim.tv_sec));
    if (const auto pid = FirstNumber(content)) {
      file.pid = *pid;
      file.state = PidFile::State::kHoldsPid;
    }
    return file;
  } catch (const std::system_error& error) {
    return {.state = PidFile::State::kUnreadable, .why = error.code().message()};
  }
}

}  // namespace

Machine ReadMachine(const std::set<std::string>& pid_files) {
  Machine machine;
  // The files first: a process that they name must still be there when the processes are read.
  for (const std::string& path : pid_files) machine.pid_files[path] = ReadPidFile(path);
  machine.processes = LiveProcesses();
  machine.ports = OpenPorts(machine.processes);
  return machine;
}

}  // namespace pidfall
