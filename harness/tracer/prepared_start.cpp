#include "harness/tracer/prepared_start.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "harness/kernel/process.h"
#include "harness/process/clone.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// Above the descriptors that a program opens: they do not change the numbers of those.
constexpr int kFirstOutput = 200;

// What it learns or makes by such a call is another one's in a copy, or is not there. The ids of
// threads are not among these calls: libc and Python ask for theirs, and C keeps none.
bool IsLostInACopy(long number) {
  constexpr std::array kLost = {SYS_getpid,         SYS_getppid,  SYS_getpgid,   SYS_getsid,
                                SYS_setsid,         SYS_setpgid,  SYS_umask,     SYS_timer_create,
                                SYS_setitimer,      SYS_unshare,  SYS_setns,     SYS_io_setup,
                                SYS_io_uring_setup, SYS_mlockall, SYS_pidfd_open};
  return std::find(kLost.begin(), kLost.end(), number) != kLost.end();
}

std::string OfProcess(pid_t pid, const std::string& name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

bool IsOutput(int descriptor, size_t outputs) {
  return descriptor >= kFirstOutput && descriptor < kFirstOutput + static_cast<int>(outputs);
}

// Copies share the position in an open file, and what a socket, a pipe or an event holds.
std::string SharedFile(pid_t pid, size_t outputs) {
  for (const auto& entry : fs::directory_iterator(OfProcess(pid, "fd"))) {
    const int descriptor = std::stoi(entry.path().filename().string());
    if (descriptor <= STDERR_FILENO || IsOutput(descriptor, outputs)) continue;
    struct stat file {};
    const bool is_device = stat(entry.path().c_str(), &file) == 0 && S_ISCHR(file.st_mode);
    if (!is_device) return "it has " + fs::read_symlink(entry.path()).string() + " open";
  }
  return "";
}

std::string SharedMemory(pid_t pid) {
  std::ifstream maps(OfProcess(pid, "maps"));
  for (std::string line; std::getline(maps, line);) {
    if (line.find(" rw-s ") != std::string::npos) return "it shares memory: " + line;
  }
  return "";
}

}  // namespace

HeldStart PreparedStart::LaunchWith(const Stage& stage, const StartPlan& plan, Outputs& outputs) {
  for (Output& output : outputs) {
    output.pipe = MakePipe();
    fcntl(output.pipe.read.get(), F_SETFL, O_NONBLOCK);
  }
  return LaunchTraced(stage, plan, [&outputs] {
    for (size_t i = 0; i < outputs.size(); ++i) {
      const int descriptor = kFirstOutput + static_cast<int>(i);
      if (dup2(outputs[i].pipe.write.get(), descriptor) < 0) ThrowErrno("give it an output");
    }
  });
}

PreparedStart::PreparedStart(Stage& stage, const Safeguard& safeguard, const StartPlan& plan)
    : stage_(stage),
      original_(stage, safeguard,
                SeenBy(plan, [this](const ProcessTree::Stop& stop) { See(stop); }),
                LaunchWith(stage, plan, outputs_)) {
  Prepare();
}

void PreparedStart::See(const ProcessTree::Stop& stop) {
  if (stop.returned) return;
  last_ = stop.call;
  if (stop.call.number == SYS_set_tid_address) thread_id_at_ = stop.call.arguments[0];
  if (why_not_.empty() && IsLostInACopy(stop.call.number)) {
    why_not_ = "it makes call " + std::to_string(stop.call.number) + " before it";
  }
}

void PreparedStart::Prepare() {
  const Duration bound = std::max<Duration>(stage_.target().start_timeout, kSettlesFor);
  const ContenderEvent event = original_.Next(bound);
  if (event.kind != ContenderEvent::kCall) why_not_ = "it did not come to a call of its safeguard";
  if (why_not_.empty()) why_not_ = KeptFromACopy();
  if (why_not_.empty()) {
    calls_ = RemoteCalls::InPlaceOf(last_, original_.pid());
  } else {
    original_.Kill();
  }
}

std::string PreparedStart::KeptFromACopy() {
  const pid_t pid = original_.pid();
  if (Threads(pid).size() != 1) return "it has threads";
  if (!ReadOrEmpty(OfProcess(pid, "task/" + std::to_string(pid) + "/children")).empty()) {
    return "it has children";
  }
  if (original_.LooksBeyond()) return "it has looked at others";
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    const auto target = DescriptorTarget(pid, descriptor);
    if (!target.starts_with("pipe:")) return "its output goes to " + target;
  }
  const std::string file = SharedFile(pid, outputs_.size());
  return file.empty() ? SharedMemory(pid) : file;
}

// With the same parent, us, and the thread id where libc expects it.
pid_t PreparedStart::Fork(pid_t pid) {
  uint64_t flags = CLONE_PARENT | SIGCHLD;
  if (thread_id_at_ != 0) flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
  if (pid != 0) SetLastPid(pid - 1);
  const pid_t copy = calls_->Fork(CloneCall(flags, thread_id_at_));
  if (copy < 0) throw Broken(std::string("copy a start: ") + strerror(-copy));
  if (pid != 0) FixNextPid(copy);
  return copy;
}

std::optional<HeldStart> PreparedStart::Copy(pid_t pid) {
  const auto free = std::find_if(outputs_.begin(), outputs_.end(),
                                 [](const Output& output) { return output.copy.expired(); });
  if (!why_not_.empty() || free == outputs_.end()) return std::nullopt;
  const auto descriptor = static_cast<uint64_t>(kFirstOutput + (free - outputs_.begin()));
  const pid_t copy = Fork(pid);
  setpgid(copy, copy);
  RemoteCalls its = calls_->OfCopy(copy);
  its.Make({SYS_dup3, {descriptor, STDOUT_FILENO}});
  its.Make({SYS_dup3, {descriptor, STDERR_FILENO}});
  its.Make({SYS_close_range, {kFirstOutput, kFirstOutput + kMostCopies - 1}});
  its.PutOwnNext();
  return HeldFrom(copy, *free);
}

HeldStart PreparedStart::HeldFrom(pid_t copy, Output& output) {
  constexpr int kAnyDescriptor = 3;
  const int read_end = output.pipe.read.get();
  std::array<char, 4096> old{};
  while (read(read_end, old.data(), old.size()) > 0) {
  }
  HeldStart held{.child = {copy, UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, copy, 0)))},
                 .output = UniqueFd(fcntl(read_end, F_DUPFD_CLOEXEC, kAnyDescriptor)),
                 .said = original_.Output(),
                 .how = ProcessTree::kAsCopy,
                 .lease = std::make_shared<int>()};
  output.copy = held.lease;
  return held;
}

}  // namespace pidfall
