#include "harness/cli/cli_testing.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "harness/cli/exit_status.h"
#include "harness/process/program_folder.h"

namespace pidfall {

namespace fs = std::filesystem;

std::string Content(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

namespace {

void Wire(posix_spawn_file_actions_t* actions, int fd, const fs::path& place) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_NOCTTY;
  if (place == kClosed) {
    posix_spawn_file_actions_addclose(actions, fd);
  } else {
    posix_spawn_file_actions_addopen(actions, fd, place.c_str(), kFlags, 0600);
  }
}

}  // namespace

pid_t Spawn(std::vector<std::string> words, const fs::path& out, const fs::path& error) {
  words.insert(words.begin(), ProgramFolder() + "/pidfall");
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  Wire(&actions, STDOUT_FILENO, out);
  Wire(&actions, STDERR_FILENO, error);
  pid_t pid = 0;
  const int error_number = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error_number != 0) {
    throw std::system_error(error_number, std::generic_category(), "cannot start " + words[0]);
  }
  return pid;
}

int StatusOf(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

CliTest::CliTest() {
  static const std::string before = testing::TempDir();  // it follows TMPDIR, which we move
  std::string name = before + "pidfall-cli-XXXXXX";
  folder_ = mkdtemp(name.data());
  fs::create_directory(work_ = folder_ / "work");
  fs::current_path(work_);
  setenv("HOME", work_.c_str(), 1);
  setenv("TMPDIR", work_.c_str(), 1);
}

CliTest::~CliTest() {
  fs::current_path("/");
  fs::remove_all(folder_);
}

ProgramOutcome CliTest::Run(const std::vector<std::string>& words) {
  const fs::path out = folder_ / "out";
  const fs::path error = folder_ / "error";
  fs::remove(out);
  fs::remove(error);
  const int status = StatusOf(Spawn(words, out, error));
  return {status, Content(out), Content(error)};
}

ProgramOutcome CliTest::InterruptAtFirstProgress(const Words& words) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(terminal);
  unlockpt(terminal);
  const pid_t pid = Spawn(words, folder_ / "out", ptsname(terminal));
  std::array<char, 4096> progress{};
  EXPECT_GT(read(terminal, progress.data(), progress.size()), 0);
  kill(pid, SIGINT);
  // Read all: a full terminal would block the program, which closes it at its end.
  while (read(terminal, progress.data(), progress.size()) > 0) continue;
  close(terminal);
  return {.status = StatusOf(pid), .out = Content(folder_ / "out")};
}

void CliTest::ExpectRefused(const std::vector<std::string>& words, const std::string& message) {
  const ProgramOutcome outcome = Run(words);
  EXPECT_EQ(outcome.status, kBadUsage) << message;
  EXPECT_EQ(outcome.error, "pidfall: " + message + "\n");
  EXPECT_EQ(outcome.out, "") << message;
  EXPECT_TRUE(fs::is_empty(work_)) << message;
}

}  // namespace pidfall
