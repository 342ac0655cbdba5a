#include "harness/stage/instance.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "harness/observe/census.h"
#include "harness/process/launch.h"

namespace pidfall {
namespace {

// Stops itself, and again whenever it is woken.
Child StartSleeper(const std::string& name) {
  return Launch({.command = {"/bin/sh", "-c", "while :; do kill -STOP $$; done"},
                 .environment = {std::string(kInstanceMark) + "=" + name},
                 .before_exec = [name] { WearMark(name); }});
}

TEST(InstanceTest, OneThatRanBetweenTwoLooksSleepsAnew) {
  Census census;
  Instance instance(census, "A", StartSleeper("A"), UniqueFd(), 0);
  waitpid(instance.pid(), nullptr, WUNTRACED);
  EXPECT_FALSE(instance.HasSleptFor(Duration::zero()));
  EXPECT_TRUE(instance.HasSleptFor(Duration::zero()));

  SendSignal(instance.child(), SIGCONT);
  waitpid(instance.pid(), nullptr, WUNTRACED);
  EXPECT_FALSE(instance.HasSleptFor(Duration::zero()));
  EXPECT_TRUE(instance.HasSleptFor(Duration::zero()));

  SendSignal(instance.child(), SIGKILL);
  Reap(instance.child());
}

}  // namespace
}  // namespace pidfall
