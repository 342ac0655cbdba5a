#include "harness/faults/namesake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

// Without a timeout, so that its waiting is noticed at once.
constexpr char kExecutesAnother[] =
    "mkfifo {dir}/../fifo; exec 3<> {dir}/../fifo; exec cat -u /dev/fd/3";

TEST(NamesakeTest, WordsThatAScriptExecutesItsServerWithAreItsOwn) {
  const Target target{.command = {"/bin/sh", "-c", kExecutesAnother}, .pid_file = "{pid_file}"};
  EXPECT_EQ(OnStage(target,
                    [](Stage& stage) {
                      const Instance& instance = stage.Start();
                      const auto is_so = [&] {
                        return WordsOfItsOwn(instance, {"-c", "-u"}) ==
                               std::vector<std::string>{"-u", "/dev/fd/3"};
                      };
                      return stage.WaitUntil(is_so, Stage::kSettleBound) ? "its own" : "not so";
                    }),
            "its own");
}

}  // namespace
}  // namespace pidfall
