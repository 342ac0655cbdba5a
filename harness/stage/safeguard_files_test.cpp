#include "harness/stage/safeguard_files.h"

#include <gtest/gtest.h>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

TEST(SafeguardFilesTest, ATargetThatWritesNoFileIsNotApplicable) {
  EXPECT_EQ(OnStage(NoServer(),
                    [](Stage& stage) {
                      NeedOwnersFile(stage);
                      return "found";
                    }),
            "the owner keeps no pid file");
}

}  // namespace
}  // namespace pidfall
