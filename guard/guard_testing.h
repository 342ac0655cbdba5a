// The fixture of the tests that acquire a guard in a folder of their own.
//
//   TEST_F(GuardTest, Acquires) { EXPECT_TRUE(Start()); }
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "guard/guard.h"
#include "guard/test_support.h"

namespace pidfall::guard {

class GuardTest : public testing::Test {
 protected:
  Instance Start() const { return Acquire(ForFile(pid_file_)); }

  // In another process, which ends at once.
  Outcome StartElsewhere() const {
    Child contender([&](const Signals&) { return static_cast<int>(Start().outcome()); });
    return static_cast<Outcome>(contender.Join());
  }

  int HoldUntilTold(const Signals& signals) const {
    const Instance instance = Start();
    if (instance) signals.Ready();
    signals.Wait();
    return instance ? 0 : 1;
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
  std::string lock_file_ = pid_file_ + ".lock";
};

}  // namespace pidfall::guard
