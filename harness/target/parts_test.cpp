#include "harness/target/parts.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(MissingPartTest, TheFirstThatIsMissingIsNamed) {
  const Target bare{.command = {"serve"}};
  EXPECT_EQ(MissingPart(bare, part::kNone), std::nullopt);
  EXPECT_EQ(MissingPart(bare, part::kPidFile | part::kPort), "the target has no pid file");
  EXPECT_EQ(MissingPart(bare, part::kStopCommand), "no stop command is known (--stop-command)");
  EXPECT_EQ(MissingPart({.command = {"serve"}, .stop_command = "stop"}, part::kStopCommand),
            std::nullopt);
}

TEST(MissingPartTest, APortFromTheSystemIsNotCalledNone) {
  EXPECT_EQ(MissingPart({.port_changes = true}, part::kPort),
            "its port is another one at each start");
  EXPECT_EQ(MissingPart({}, part::kPort), "the target has no TCP port");
}

TEST(MissingPartTest, WithoutAPlaceholderThereIsNoOtherPort) {
  EXPECT_EQ(MissingPart({.command = {"serve"}}, part::kOtherPort), std::nullopt);
  EXPECT_EQ(MissingPart({.command = {"serve", "-p{port}"}, .port = 80}, part::kOtherPort),
            std::nullopt);
  EXPECT_EQ(MissingPart({.command = {"serve"}, .port = 80}, part::kOtherPort),
            "the command has no {port}");
}

TEST(MissingPartTest, OnlyOneThatWasSeenToEndDoesNotStandBy) {
  Target target{.command = {"serve"}};
  EXPECT_EQ(MissingPart(target, part::kStandby), std::nullopt);
  target.duplicate_exit = 0;
  EXPECT_EQ(MissingPart(target, part::kStandby), std::nullopt);
  target.duplicate_is_declared = false;
  EXPECT_NE(MissingPart(target, part::kStandby), std::nullopt);
  target.standby_arguments = {"--wait"};
  EXPECT_EQ(MissingPart(target, part::kStandby), std::nullopt);
}

}  // namespace
}  // namespace pidfall
