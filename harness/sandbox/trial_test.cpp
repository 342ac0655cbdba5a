#include "harness/sandbox/trial.h"

#include <gtest/gtest.h>
#include <linux/sched.h>
#include <unistd.h>

#include <stdexcept>

namespace pidfall {
namespace {

class TrialTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string obstacle = TryInNamespaces({}, [] {});
    if (!obstacle.empty()) GTEST_SKIP() << "user namespaces: " << obstacle;
  }
};

TEST_F(TrialTest, TheExceptionIsTheObstacle) {
  EXPECT_EQ(TryInNamespaces({}, [] { throw std::runtime_error("no mount"); }), "no mount");
}

TEST_F(TrialTest, AChildThatEndsEarlyIsAnObstacle) {
  EXPECT_EQ(TryInNamespaces({}, [] { _exit(0); }), "the trial was ended from outside");
}

TEST_F(TrialTest, ItIsTheFirstProcessOfItsPidNamespace) {
  const auto is_first = [] {
    if (getpid() != 1) throw std::runtime_error("not the first");
  };
  EXPECT_EQ(TryInNamespaces({CLONE_NEWPID}, is_first), "");
}

TEST_F(TrialTest, AnIdThatIsNotGrantedIsAnObstacle) {
  if (geteuid() == 0) GTEST_SKIP() << "root maps any id";
  EXPECT_NE(TryInNamespaces({.second_user = 4'000'000'000}, [] {}), "");
}

}  // namespace
}  // namespace pidfall
