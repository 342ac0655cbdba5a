#include "servers/children.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace pidfall::servers {
namespace {

[[noreturn]] void Fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), "cannot start " + what);
}

}  // namespace

void LetForkedCopyEnd(const std::function<void()>& clean_up) {
  const pid_t copy = fork();
  if (copy < 0) Fail(errno, "a copy");
  if (copy == 0) {
    clean_up();
    _exit(0);
  }
  while (waitpid(copy, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void StartProgram(const std::string& command) {
  std::string line = command;
  std::array<char, 8> shell{"sh"};
  std::array<char, 4> option{"-c"};
  const std::array<char*, 4> arguments = {shell.data(), option.data(), line.data(), nullptr};
  // The stop signals are blocked in this process; a new program expects none to be blocked.
  posix_spawnattr_t attributes;
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, "/bin/sh", nullptr, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) Fail(error, command);
}

}  // namespace pidfall::servers
