#include "harness/process/launch.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <system_error>

#include "harness/process/clone.h"

// Boost 1.81 misses two headers when it uses std::filesystem, and always the definition of
// process_environment::on_setup.
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>
#define BOOST_PROCESS_USE_STD_FS 1
#include <boost/asio/io_context.hpp>
#include <boost/process/v2/environment.hpp>
#include <boost/process/v2/impl/environment.ipp>
#include <boost/process/v2/posix/vfork_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

namespace pidfall {
namespace bp = boost::process::v2;
namespace {

// Boost.Process calls these in the child, which shares our memory until it has executed.
struct BeforeExec {
  const LaunchOptions& options;
  std::string& failure;

  template <typename Launcher>
  boost::system::error_code on_exec_setup(Launcher&, const bp::filesystem::path&,
                                          const char* const*) const {
    const int error = Prepare();
    errno = error;  // Boost.Process reports errno, not the returned value
    return {error, boost::system::system_category()};
  }

  // Boost.Process would call exit(), which runs our own destructors.
  template <typename... Arguments>
  void on_exec_error(Arguments&&...) const {
    _exit(EXIT_FAILURE);
  }

  // The errno of a failure. No exception may leave: then two processes would return from Launch.
  int Prepare() const {
    try {
      InheritOnlyStandard();  // Boost.Process itself leaves its /dev/null open
      if (chdir(options.folder.c_str()) != 0) ThrowErrno("enter " + options.folder);
      if (options.before_exec) options.before_exec();
    } catch (const std::system_error& error) {
      failure = ": " + WordsOf(error);
      return error.code().value();
    } catch (...) {
      return ENOMEM;
    }
    return 0;
  }
};

bp::process_stdio Wire(int output) {
  if (output < 0) return {nullptr, nullptr, nullptr};
  return {nullptr, output, output};
}

Child LaunchByBoost(const LaunchOptions& options) {
  // Never run: it only has the executor that Boost.Process wants. New each time: a used context
  // holds descriptors, which a sandbox closes and a vfork would mix up.
  boost::asio::io_context context;
  const std::string program = FindProgram(options.command.at(0));
  std::vector<std::string> arguments(options.command.begin() + 1, options.command.end());
  std::string failure;  // the step before the exec that failed
  boost::system::error_code error;
  bp::posix::vfork_launcher launcher;
  bp::process process =
      launcher(context.get_executor(), error, program, arguments, Wire(options.output),
               bp::process_environment(options.environment), BeforeExec{options, failure});
  if (error) {
    if (launcher.pid > 0) waitpid(launcher.pid, nullptr, 0);
    throw std::system_error(error.value(), std::generic_category(), "start " + program + failure);
  }
  const pid_t pid = process.id();
  process.detach();
  return {pid, UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)))};
}

}  // namespace

std::string Ending::Describe() const {
  if (signal == 0) return "status " + std::to_string(status);
  return "signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
}

bool Ending::IsCrash() const {
  constexpr int kCrashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
  return std::find(std::begin(kCrashes), std::end(kCrashes), signal) != std::end(kCrashes);
}

Child Launch(const LaunchOptions& options) {
  const bool ordinary =
      kHasVfork && options.pid == 0 && options.namespaces == 0 && !options.own_memory;
  Child child = ordinary ? LaunchByBoost(options) : LaunchByClone(options);
  if (!child.pidfd) ThrowErrno("pidfd_open " + std::to_string(child.pid));
  return child;
}

std::string FindProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const auto found = bp::environment::find_executable(name);
  if (found.empty()) {
    throw std::system_error(ENOENT, std::generic_category(), "find " + name + " in PATH");
  }
  return found.string();
}

bool WaitForEnd(const Child& child, Duration bound) {
  const auto deadline = std::chrono::steady_clock::now() + bound;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ended{child.pidfd.get(), POLLIN, 0};
    const int n = poll(&ended, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (n > 0) return true;
    if (n == 0) return false;
    if (errno != EINTR) ThrowErrno("poll");
  }
}

Ending Reap(const Child& child) {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(child.pid), &info, WEXITED) != 0) {
    if (errno != EINTR) ThrowErrno("wait for pid " + std::to_string(child.pid));
  }
  if (info.si_code == CLD_EXITED) return {.status = info.si_status};
  return {.signal = info.si_status};
}

void SendSignal(const Child& child, int signal) {
  if (syscall(SYS_pidfd_send_signal, child.pidfd.get(), signal, nullptr, 0) != 0) {
    ThrowErrno("send signal " + std::to_string(signal) + " to pid " + std::to_string(child.pid));
  }
}

}  // namespace pidfall
