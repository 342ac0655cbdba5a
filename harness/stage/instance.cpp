#include "harness/stage/instance.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "harness/stage/quotation.h"

namespace pidfall {
Instance::Instance(Census& census, std::string name, Child child, UniqueFd output, int port)
    : census_(census),
      name_(std::move(name)),
      child_(std::move(child)),
      output_fd_(std::move(output)),
      port_(port) {
  if (output_fd_) fcntl(output_fd_.get(), F_SETFL, O_NONBLOCK);
}

std::string Instance::FirstLines() const { return FirstLinesOf(output_); }

std::string Instance::Printed() const { return pidfall::Printed(output_); }

std::string Instance::LastLine() const {
  std::istringstream in(output_);
  std::string last;
  for (std::string line; std::getline(in, line);) last = line;
  return Quotation(last);
}

void Instance::ReadOutput() {
  constexpr size_t kMostKept = 64 << 10;
  constexpr int kMostReads = 16;  // so that endless output does not block us
  std::array<char, 64 << 10> chunk;
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
  ended_at_ = std::chrono::steady_clock::now();
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
}

void Instance::NoteWhatIsLeft() {
  const bool had_left = !nothing_left_;
  nothing_left_ = ended() && Processes().empty();
  if (had_left && nothing_left_) gone_at_ = std::chrono::steady_clock::now();
}

std::vector<ProcessInfo> Instance::Living() const {
  if (nothing_left_) return {};
  auto living = census_.Of(name_, child_.pid);
  std::erase_if(living, [&](const auto& process) { return process.pid == child_.pid && ended(); });
  return living;
}

std::vector<pid_t> Instance::Processes() const {
  std::vector<pid_t> pids;
  for (const ProcessInfo& process : Living()) pids.push_back(process.pid);
  return pids;
}

std::optional<pid_t> Instance::MainProcess() const {
  if (!ended()) return pid();
  const auto left = Processes();
  return left.empty() ? std::nullopt : std::optional(left.front());
}

void Instance::ReleaseFromHolder() {
  holder_->Release();
  holder_.reset();
}

void Instance::CollectFromHolder() {
  if (!holder_) return;
  holder_->Collect();
  holder_.reset();
}

std::map<pid_t, ProcessorTime> ProcessorTimesOf(const Instance& instance) {
  std::map<pid_t, ProcessorTime> times;
  for (const pid_t pid : instance.Processes()) times.merge(ProcessorTimes(pid));
  return times;
}

}  // namespace pidfall
