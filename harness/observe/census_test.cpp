#include "harness/observe/census.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "harness/process/launch.h"

namespace pidfall {
namespace {

// A start of ours that stays until the test ends.
class Started {
 public:
  explicit Started(const std::string& name, const std::string& script = "kill -STOP $$")
      : child_(Launch({.command = {"/bin/sh", "-c", script},
                       .environment = {std::string(kInstanceMark) + "=" + name},
                       .before_exec = [name] { SetMark(name); }})) {
    waitpid(child_.pid, nullptr, WUNTRACED);
  }
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;
  ~Started() {
    SendSignal(child_, SIGKILL);
    Reap(child_);
  }
  pid_t pid() const { return child_.pid; }

 private:
  Child child_;
};

UniqueFd Listen() {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  listen(fd.get(), 1);
  return fd;
}

TEST(CensusTest, EachStartHasItsOwnProcesses) {
  const Started a("A"), b("B");
  Census census;
  ASSERT_EQ(census.Of("A", a.pid()).size(), 1U);
  EXPECT_EQ(census.Of("A", a.pid()).front().pid, a.pid());
  EXPECT_EQ(census.Of("B", b.pid()).front().pid, b.pid());
  EXPECT_TRUE(census.Of("C", 0).empty());
}

// The pid of its first process does not matter: a daemon's first process has ended.
TEST(CensusTest, TheMarkOutlivesAnEmptiedEnvironment) {
  const Started started("A", "exec env -i sh -c 'kill -STOP $$'");
  Census census;
  EXPECT_EQ(census.Of("A", 0).size(), 1U);
}

TEST(CensusTest, WithinALookEachQuestionIsAskedOnce) {
  Census census;
  const auto before = census.Listeners().size();
  {
    const Census::Look look(census);
    EXPECT_EQ(census.Listeners().size(), before);
    const UniqueFd listening = Listen();
    EXPECT_EQ(census.Listeners().size(), before);
    census.Forget();
    EXPECT_EQ(census.Listeners().size(), before + 1);
  }
  EXPECT_EQ(census.Listeners().size(), before);
  const UniqueFd listening = Listen();
  EXPECT_EQ(census.Listeners().size(), before + 1);
}

}  // namespace
}  // namespace pidfall
