#include "harness/stage/instance.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "harness/probe/process.h"

namespace pidfall {

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

void Instance::ReadOutput() {
  constexpr size_t kMostKept = 64 << 10;
  std::array<char, 16384> chunk{};
  ssize_t n = 0;
  while (output_fd_ && (n = read(output_fd_.get(), chunk.data(), chunk.size())) > 0) {
    const size_t kept = std::min(static_cast<size_t>(n), kMostKept - output_.size());
    output_.append(chunk.data(), kept);
  }
  if (n == 0) output_fd_.Reset();
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
  const auto is_ours = [&](pid_t pid, const ProcessInfo& info) {
    if (pid == child_.pid) return !ended();
    if (std::find(found.begin(), found.end(), info.parent) != found.end()) return true;
    return InitialVariable(pid, kInstanceMark) == name_;
  };
  for (const pid_t pid : Descendants(getpid())) {
    const auto info = ReadProcess(pid);
    if (info && info->state != 'Z' && is_ours(pid, *info)) found.push_back(pid);
  }
  return found;
}

}  // namespace pidfall
