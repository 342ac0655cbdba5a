#include "harness/schedules/process_descriptors.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>

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

// "dup 1", "close 2"
std::vector<std::string> Texts(const std::vector<WholeCall>& calls) {
  std::vector<std::string> texts;
  for (const WholeCall& call : calls) {
    texts.push_back((call.Opens() ? "dup " : "close ") + std::to_string(call.values[0]));
  }
  return texts;
}

class ProcessDescriptorsTest : public testing::Test {
 protected:
  std::vector<std::string> Return(const ProcessTree::Stop& stop) {
    return Texts(all_.Return(stop, stop.call));
  }

  ProcessDescriptors all_;
  const ProcessTree::Stop parents_ = Made(kParent, SYS_getpid);
  const ProcessTree::Stop childs_ = Made(kChild, SYS_getpid);
};

TEST_F(ProcessDescriptorsTest, AForkCopiesEach) {
  all_.Of(parents_).Add(9);
  all_.Of(parents_).Add(7);
  EXPECT_THAT(Texts(all_.Fork(parents_)), ElementsAre("dup 2", "dup 1"));
  EXPECT_EQ(all_.Of(childs_).NumberOf(7), 3);
  EXPECT_EQ(all_.Of(childs_).NumberOf(9), 4);
  EXPECT_EQ(all_.Of(parents_).NumberOf(9), 1);
  EXPECT_EQ(all_.Of(childs_).Add(3), 5);
}

TEST_F(ProcessDescriptorsTest, AChildHasThoseOfTheTimeOfTheFork) {
  all_.Of(parents_).Add(9);
  all_.Fork(parents_);
  all_.Of(parents_).Remove(9);
  EXPECT_TRUE(all_.OthersHaveSome(kParent));
  EXPECT_EQ(all_.Of(childs_).NumberOf(9), 2);
  EXPECT_TRUE(all_.OthersHaveSome(kParent));
  EXPECT_FALSE(all_.OthersHaveSome(kChild));
}

TEST_F(ProcessDescriptorsTest, AnEndClosesEachOfThatProcessAlone) {
  all_.Of(parents_).Add(9);
  all_.Fork(parents_);
  EXPECT_THAT(Texts(all_.End(Made(kChild, SYS_exit_group))), ElementsAre("close 2"));
  EXPECT_FALSE(all_.OthersHaveSome(kParent));
  EXPECT_EQ(all_.Of(parents_).NumberOf(9), 1);
}

TEST_F(ProcessDescriptorsTest, Dup3ClosesWhatWasThereAndCopies) {
  all_.Of(parents_).Add(3);
  all_.Of(parents_).Add(9);
  EXPECT_THAT(Return(Made(kParent, SYS_dup3, {3, 9})), ElementsAre("close 2", "dup 1"));
  EXPECT_EQ(all_.Of(parents_).NumberOf(9), 3);
  EXPECT_THAT(Return(Made(kParent, SYS_dup3, {0, 9})), ElementsAre("close 3"));
  EXPECT_THAT(Return(Made(kParent, SYS_dup3, {0, 9})), IsEmpty());
}

TEST_F(ProcessDescriptorsTest, CloseRangeClosesThoseInIt) {
  for (const int descriptor : {3, 5, 9}) all_.Of(parents_).Add(descriptor);
  EXPECT_THAT(Return(Made(kParent, SYS_close_range, {5, ~0U, CLOSE_RANGE_CLOEXEC})), IsEmpty());
  EXPECT_THAT(Return(Made(kParent, SYS_close_range, {5, ~0U})), ElementsAre("close 2", "close 3"));
}

TEST_F(ProcessDescriptorsTest, AnExecClosesThoseThatAreNotThereAfterIt) {
  const UniqueFd there(open("/", O_PATH | O_CLOEXEC));
  constexpr int kGone = 1000;
  ProcessTree::Stop mine = Made(getpid(), SYS_execve);
  all_.Of(mine).Add(there.get());
  all_.Of(mine).Add(kGone);
  EXPECT_THAT(Return(mine), ElementsAre("close 2"));
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
