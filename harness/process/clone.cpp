#include "harness/process/clone.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>

namespace pidfall {
namespace {

// Linux 5.5 has set_tid. Where it is refused (seccomp, or the switch that tests this), the next
// fork gets the pid after ns_last_pid, unless a target's own fork comes first: so it is retried.
constexpr int kForecasts = 10;

bool HidesSetTid() {
  static const bool kHides = getenv("PIDFALL_NO_SET_TID") != nullptr;
  return kHides;
}

long RawClone(const CloneOptions& options, int* pidfd, bool with_set_tid) {
  clone_args args{};
  pid_t wanted = options.pid;
  args.flags = options.namespaces | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<uint64_t>(pidfd);
  args.exit_signal = SIGCHLD;
  if (wanted != 0 && with_set_tid) {
    args.set_tid = reinterpret_cast<uint64_t>(&wanted);
    args.set_tid_size = 1;
  }
  return syscall(SYS_clone3, &args, sizeof(args));
}

// It sets the number of the writer's pid namespace, not of the opener's.
UniqueFd& KeptLastPid() {
  static UniqueFd kept;
  return kept;
}

// A copy that got another pid ends before it does anything.
long CloneByForecast(const CloneOptions& options, int* pidfd) {
  for (int i = 0; i < kForecasts; ++i) {
    SetLastPid(options.pid - 1);
    const long pid = RawClone(options, pidfd, false);
    if (pid < 0 || pid == options.pid) return pid;
    if (pid == 0 && getpid() == options.pid) return 0;
    if (pid == 0) _exit(0);
    Reap({static_cast<pid_t>(pid), UniqueFd(*pidfd)});
  }
  errno = EEXIST;
  return -1;
}

long CloneAsAsked(const CloneOptions& options, int* pidfd) {
  if (options.pid == 0) return RawClone(options, pidfd, false);
  if (HidesSetTid()) return CloneByForecast(options, pidfd);
  const long pid = RawClone(options, pidfd, true);
  const bool refused = pid < 0 && (errno == EPERM || errno == ENOSYS);
  return refused ? CloneByForecast(options, pidfd) : pid;
}

// Descriptors 0, 1 and 2.
void WireDescriptors(int output) {
  const int null = open("/dev/null", O_RDWR);
  dup2(null, STDIN_FILENO);
  dup2(output >= 0 ? output : null, STDOUT_FILENO);
  dup2(output >= 0 ? output : null, STDERR_FILENO);
  if (null > STDERR_FILENO) close(null);
  InheritOnlyStandard();
}

// What execve gets. Made before the child, which may share our memory and never frees any.
struct Program {
  std::string path;
  std::vector<char*> arguments, environment;
};

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& s : strings) pointers.push_back(const_cast<char*>(s.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

void Report(int to, int code, const std::string& words) {
  WriteAll(to, {reinterpret_cast<const char*>(&code), sizeof(code)}, "the report");
  WriteAll(to, words, "the report");
}

// Reports a failure through `report`, first its errno. A successful exec closes `report`.
int Execute(const LaunchOptions& options, const Program& program, int report) {
  try {
    WireDescriptors(options.output);
    if (chdir(options.folder.c_str()) != 0) ThrowErrno("enter " + options.folder);
    // before_exec may change to a user who cannot reach the program: a clone of the repository in
    // /root.
    const UniqueFd opened = OpenFile(program.path, O_PATH);
    if (options.before_exec) options.before_exec();
    char* const* const arguments = program.arguments.data();
    char* const* const environment = program.environment.data();
    execve(program.path.c_str(), arguments, environment);
    if (errno == EACCES) execveat(opened.get(), "", arguments, environment, AT_EMPTY_PATH);
    ThrowErrno("execute it");
  } catch (const std::system_error& error) {
    Report(report, error.code().value(), WordsOf(error));
  } catch (const std::exception& error) {
    Report(report, ENOMEM, error.what());
  }
  return 127;
}

// At the end of its stack: it may begin after our call has returned.
struct alignas(16) Sharer {
  SharingBody body;
  pid_t wanted;
};

int RunSharer(void* given) {
  const Sharer sharer = *static_cast<Sharer*>(given);
  if (sharer.wanted == 0 || getpid() == sharer.wanted) sharer.body.run(sharer.body.argument);
  return 0;
}

// libc's clone gives it its stack; it has no set_tid. A sharer that got another pid, because a
// target's own fork came first, ends at once.
Child CloneOnStack(pid_t pid, int flags, const SharingBody& body) {
  char* const stack_end = body.stack_end - sizeof(Sharer);
  auto* const sharer = new (stack_end) Sharer{body, pid};
  for (int i = 0; i < kForecasts; ++i) {
    if (pid != 0) SetLastPid(pid - 1);
    int pidfd = -1;
    const pid_t given =
        clone(RunSharer, stack_end, flags | CLONE_VM | CLONE_PIDFD | SIGCHLD, sharer, &pidfd);
    if (given < 0) ThrowErrno("clone");
    Child child{given, UniqueFd(pidfd)};
    if (pid == 0 || given == pid) return child;
    Reap(child);
  }
  errno = EEXIST;
  ThrowErrno("get the pid " + std::to_string(pid));
}

// As by vfork: the child has our memory until it has executed a program or ended, and we wait for
// that. Its stack is a part of ours.
Child CloneUntilExec(pid_t pid, const std::function<int()>& body) {
  alignas(16) std::array<char, 128 << 10> stack;
  const auto run = [](void* given) { _exit((*static_cast<const std::function<int()>*>(given))()); };
  void* const argument = const_cast<std::function<int()>*>(&body);
  return CloneOnStack(pid, CLONE_VFORK, {run, argument, stack.data() + stack.size()});
}

// A copy of the harness costs more than many starts.
Child CloneFor(const LaunchOptions& options, const std::function<int()>& execute) {
  const bool shares = kHasVfork && options.namespaces == 0 && !options.own_memory;
  try {
    if (shares) return CloneUntilExec(options.pid, execute);
  } catch (const std::system_error&) {
    // The pid is taken, or cannot be chosen in this way.
  }
  return Clone({.namespaces = options.namespaces, .pid = options.pid}, execute);
}

}  // namespace

Child Clone(const CloneOptions& options, const std::function<int()>& body) {
  int pidfd = -1;
  const long pid = CloneAsAsked(options, &pidfd);
  if (pid < 0) {
    ThrowErrno(options.pid == 0 ? "clone3" : "get the pid " + std::to_string(options.pid));
  }
  if (pid == 0) {
    int status = 125;
    try {
      status = body();
    } catch (const std::exception& error) {
      dprintf(STDERR_FILENO, "%s\n", error.what());
    }
    _exit(status);
  }
  return {static_cast<pid_t>(pid), UniqueFd(pidfd)};
}

Child CloneSharing(pid_t pid, const SharingBody& body) { return CloneOnStack(pid, 0, body); }

void KeepLastPid(const std::string& proc) {
  const std::string path = proc + "/sys/kernel/ns_last_pid";
  KeptLastPid() = UniqueFd(open(path.c_str(), O_RDWR | O_CLOEXEC));
}

void SetLastPid(pid_t pid) {
  const std::string number = std::to_string(pid);
  const int kept = KeptLastPid().get();
  if (kept < 0) return WriteFile("/proc/sys/kernel/ns_last_pid", number);
  if (pwrite(kept, number.data(), number.size(), 0) < 0) ThrowErrno("write ns_last_pid");
}

Child LaunchByClone(const LaunchOptions& options) {
  const Program program{.path = FindProgram(options.command.at(0)),
                        .arguments = Pointers(options.command),
                        .environment = Pointers(options.environment)};
  Pipe report = MakePipe();
  Child child = CloneFor(options, [&] { return Execute(options, program, report.write.get()); });
  report.write.Reset();
  int code = 0;
  if (read(report.read.get(), &code, sizeof(code)) == sizeof(code)) {
    std::array<char, 512> words{};
    const ssize_t n = read(report.read.get(), words.data(), words.size());
    Reap(child);
    const std::string failure(words.data(), static_cast<size_t>(std::max<ssize_t>(n, 0)));
    throw std::system_error(code, std::generic_category(),
                            "start " + program.path + ": " + failure);
  }
  return child;
}

}  // namespace pidfall
