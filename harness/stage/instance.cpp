#include "harness/stage/instance.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "harness/probe/process.h"
#include "harness/stage/outcome.h"

namespace pidfall {
namespace {

// Linux has ignored this limit since 2.4.25, so nobody else sets it; it is inherited, and anybody
// may read it.
constexpr auto kMark = static_cast<__rlimit_resource>(10);  // RLIMIT_LOCKS
constexpr char kMarkLine[] = "Max file locks";

// Far more than a server's workers; what forks for ever is at it within a second.
constexpr size_t kMostProcesses = 1000;

rlim_t MarkOf(const std::string& name) {
  rlim_t mark = 0x7069'6466;
  for (const char c : name) mark = mark << CHAR_BIT | static_cast<unsigned char>(c);
  return mark;
}

bool Wears(pid_t pid, rlim_t mark) {
  std::ifstream limits("/proc/" + std::to_string(pid) + "/limits");
  for (std::string line; std::getline(limits, line);) {
    if (line.rfind(kMarkLine, 0) != 0) continue;
    return strtoull(line.c_str() + sizeof(kMarkLine), nullptr, 10) == mark;
  }
  return false;
}

// Two lines of /proc/PID/status that grow whenever it runs.
std::string Switches(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string found = std::to_string(pid);
  for (std::string line; std::getline(status, line);) {
    if (line.find("ctxt_switches") != std::string::npos) found += line;
  }
  return found;
}

}  // namespace

void WearMark(const std::string& name) {
  rlimit limit{};
  if (getrlimit(kMark, &limit) != 0) ThrowErrno("read the limit on file locks");
  limit.rlim_cur = std::min(limit.rlim_max, MarkOf(name));
  if (setrlimit(kMark, &limit) != 0) ThrowErrno("set the limit on file locks");
}

Instance::Instance(std::string name, Child child, UniqueFd output, int port)
    : name_(std::move(name)), child_(std::move(child)), output_fd_(std::move(output)), port_(port) {
  if (output_fd_) fcntl(output_fd_.get(), F_SETFL, O_NONBLOCK);
}

std::string Instance::FirstLines() const {
  std::istringstream in(output_);
  std::string lines;
  int count = 0;
  for (std::string line; count < 2 && std::getline(in, line); ++count) {
    lines += (count == 0 ? "" : " | ") + line;
  }
  return lines;
}

std::string Instance::LastLine() const {
  std::istringstream in(output_);
  std::string last;
  for (std::string line; std::getline(in, line);) last = line;
  return last;
}

void Instance::ReadOutput() {
  constexpr size_t kMostKept = 64 << 10;
  constexpr int kMostReads = 16;  // a program that never ends printing holds nobody up
  std::array<char, 16384> chunk{};
  for (int reads = 0; output_fd_ && reads < kMostReads; ++reads) {
    const ssize_t n = read(output_fd_.get(), chunk.data(), chunk.size());
    if (n < 0) return;
    if (n == 0) return output_fd_.Reset();
    const size_t kept = std::min(static_cast<size_t>(n), kMostKept - output_.size());
    output_.append(chunk.data(), kept);
  }
}

void Instance::AwaitChild() {
  if (ended() || !WaitForEnd(child_, Duration::zero())) return;
  if (keep_as_zombie_) {
    left_as_zombie_ = true;
  } else {
    if (ends_group_) kill(-child_.pid, SIGTERM);
    ending_ = Reap(child_);
  }
}

void Instance::Update() {
  if (nothing_left_) return;
  AwaitChild();
  ReadOutput();
  nothing_left_ = ended() && Processes().empty();
}

std::vector<pid_t> Instance::Processes() const {
  std::vector<pid_t> found;
  if (nothing_left_) return found;
  const rlim_t mark = MarkOf(name_);
  const auto is_ours = [&](pid_t pid, const ProcessInfo& info) {
    if (pid == child_.pid) return !ended();
    if (std::find(found.begin(), found.end(), info.parent) != found.end()) return true;
    return Wears(pid, mark) || InitialVariable(pid, kInstanceMark) == name_;
  };
  for (const pid_t pid : Descendants(getpid())) {
    const auto info = ReadProcess(pid);
    if (info && info->state != 'Z' && is_ours(pid, *info)) found.push_back(pid);
    if (found.size() > kMostProcesses) {
      throw Broken(name_ + " has more than " + std::to_string(kMostProcesses) +
                   " processes: it starts them without end");
    }
  }
  return found;
}

bool Instance::Sleeps() const {
  const auto processes = Processes();
  return std::all_of(processes.begin(), processes.end(), [](pid_t pid) {
    const auto info = ReadProcess(pid);
    return !info || info->state == 'S';
  });
}

bool Instance::HasSleptFor(Duration time) const {
  std::string switches;
  for (const pid_t pid : Processes()) switches += Switches(pid);
  const auto now = std::chrono::steady_clock::now();
  if (!Sleeps() || switches != switches_) sleeps_since_ = now;
  switches_ = std::move(switches);
  return now - sleeps_since_ >= time;
}

}  // namespace pidfall
