#include "harness/schedules/process_descriptors.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr pid_t kParent = 4000, kChild = 4001;

ProcessTree::Stop Made(pid_t process, long number, const std::array<uint64_t, 6>& arguments = {}) {
  return {.thread = process,
          .call = {.number = number, .arguments = arguments},
          .returned = true,
          .process = process,
          .parent = process == kChild ? kParent : 0};
}

class ProcessDescriptorsTest : public testing::Test {
 protected:
  std::vector<int> Return(const ProcessTree::Stop& stop) { return all_.Return(stop, stop.call); }

  ProcessDescriptors all_;
  const ProcessTree::Stop parents_ = Made(kParent, SYS_getpid);
  const ProcessTree::Stop childs_ = Made(kChild, SYS_getpid);
};

TEST_F(ProcessDescriptorsTest, AChildHasThoseOfTheTimeOfTheFork) {
  all_.Of(parents_).Add(9);
  all_.Fork(parents_);
  EXPECT_THAT(Return(Made(kParent, SYS_close, {9})), IsEmpty());
  EXPECT_EQ(all_.Of(parents_).NumberOf(9), std::nullopt);
  EXPECT_EQ(all_.Of(childs_).NumberOf(9), 1);
}

TEST_F(ProcessDescriptorsTest, TheLastEndClosesTheFile) {
  all_.Of(parents_).Add(9);
  all_.Fork(parents_);
  all_.Of(childs_).Add(3);
  EXPECT_THAT(all_.End(Made(kChild, SYS_exit_group)), ElementsAre(2));
  EXPECT_THAT(all_.End(Made(kParent, SYS_exit_group)), ElementsAre(1));
}

TEST_F(ProcessDescriptorsTest, Dup3ClosesWhatWasThereAndCopies) {
  all_.Of(parents_).Add(3);
  all_.Of(parents_).Add(9);
  ProcessTree::Stop dup3 = Made(kParent, SYS_dup3, {3, 9});
  dup3.call.result = 9;
  EXPECT_THAT(Return(dup3), ElementsAre(2));
  EXPECT_EQ(all_.Of(parents_).NumberOf(9), 1);
  EXPECT_THAT(Return(Made(kParent, SYS_close, {3})), IsEmpty());
  EXPECT_THAT(Return(Made(kParent, SYS_dup3, {0, 9})), ElementsAre(1));
}

TEST_F(ProcessDescriptorsTest, ACallThatFailedChangesNothing) {
  all_.Of(parents_).Add(3);
  ProcessTree::Stop failed = Made(kParent, SYS_dup3, {0, 3});
  failed.call.result = -EBADF;
  EXPECT_THAT(Return(failed), IsEmpty());
  EXPECT_EQ(all_.Of(parents_).NumberOf(3), 1);
}

TEST_F(ProcessDescriptorsTest, CloseRangeClosesThoseInIt) {
  for (const int descriptor : {3, 5, 9}) all_.Of(parents_).Add(descriptor);
  EXPECT_THAT(Return(Made(kParent, SYS_close_range, {5, ~0U, CLOSE_RANGE_CLOEXEC})), IsEmpty());
  EXPECT_THAT(Return(Made(kParent, SYS_close_range, {5, ~0U})), ElementsAre(2, 3));
}

TEST_F(ProcessDescriptorsTest, AnExecClosesThoseThatAreNotThereAfterIt) {
  const UniqueFd there(open("/", O_PATH | O_CLOEXEC));
  constexpr int kGone = 1000;
  const ProcessTree::Stop mine = Made(getpid(), SYS_execve);
  all_.Of(mine).Add(there.get());
  all_.Of(mine).Add(kGone);
  EXPECT_THAT(Return(mine), ElementsAre(2));
}

TEST_F(ProcessDescriptorsTest, AProcessThatASignalEndedIsMissed) {
  all_.Of(parents_).Add(9);
  all_.Fork(parents_);
  all_.Of(childs_);
  EXPECT_FALSE(all_.HasLostOne({kParent, kChild}));
  EXPECT_TRUE(all_.HasLostOne({kParent}));
}

}  // namespace
}  // namespace pidfall
