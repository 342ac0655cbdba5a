#include "harness/tracer/puppet.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/process/fd.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

uint64_t At(const void* address) { return reinterpret_cast<uint64_t>(address); }

// Deeds of one program, made of calls in our own memory. Its first descriptor has the number 50.
class Program {
 public:
  Deed Open(const std::string& path, int flags) {
    Deed deed = Of(SYS_openat, {static_cast<uint64_t>(AT_FDCWD), At(path.c_str()),
                                static_cast<uint64_t>(flags), 0644});
    descriptors_.Add(kFirst);
    return deed;
  }
  Deed Write(const std::string& text) {
    return Of(SYS_write, {kFirst, At(text.data()), text.size()});
  }
  Deed Lock(int how) { return Of(SYS_flock, {kFirst, static_cast<uint64_t>(how)}); }
  Deed Stat() { return Of(SYS_fstat, {kFirst, At(&room_)}); }
  Deed Of(long number, const std::array<uint64_t, 6>& arguments) {
    return DeedOf(getpid(), {.number = number, .arguments = arguments}, descriptors_).value();
  }

 private:
  static constexpr int kFirst = 50;
  Descriptors descriptors_;
  struct stat room_ {};
};

int64_t Made(Puppet& puppet, const Deed& deed) {
  puppet.Ask(deed);
  return puppet.TakeAnswer().result;
}

class PuppetTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  }
  static std::string Told(const std::function<std::string(Stage&)>& story) {
    return OnStage(NoServer(), story);
  }
};

TEST_F(PuppetTest, WritesWhatItIsTold) {
  EXPECT_EQ(Told([](Stage& stage) {
              Program program;
              Puppet puppet(4000);
              Made(puppet, program.Open(stage.pid_file(), O_WRONLY | O_CREAT));
              Made(puppet, program.Write("4000\n"));
              return ReadFile(stage.pid_file());
            }),
            "4000\n");
}

TEST_F(PuppetTest, HasTheChosenPidWhileItLives) {
  EXPECT_EQ(Told([](Stage&) {
              Puppet puppet(4000);
              const bool lives = kill(4000, 0) == 0;
              puppet.Kill();
              return std::to_string(lives) + std::to_string(kill(4000, 0));
            }),
            "1-1");
}

TEST_F(PuppetTest, ALockKeepsAnotherOutUntilItsHolderEnds) {
  EXPECT_EQ(Told([](Stage& stage) {
              Program program, second;
              Puppet holder(4000), other(5000);
              Made(holder, program.Open(stage.pid_file(), O_RDWR | O_CREAT));
              Made(other, second.Open(stage.pid_file(), O_RDWR));
              std::string told = std::to_string(Made(holder, program.Lock(LOCK_EX)));
              told += " " + std::to_string(Made(other, second.Lock(LOCK_EX | LOCK_NB)));
              holder.Kill();
              return told + " " + std::to_string(Made(other, second.Lock(LOCK_EX | LOCK_NB)));
            }),
            "0 -11 0");
}

TEST_F(PuppetTest, ACallThatBlocksIsNotDoneUntilAnotherActs) {
  EXPECT_EQ(Told([](Stage& stage) {
              Program program, second;
              Puppet holder(4000), other(5000);
              Made(holder, program.Open(stage.pid_file(), O_RDWR | O_CREAT));
              Made(other, second.Open(stage.pid_file(), O_RDWR));
              Made(holder, program.Lock(LOCK_EX));
              other.Ask(second.Lock(LOCK_EX));
              const bool blocked = !other.IsDone();
              Made(holder, program.Lock(LOCK_UN));
              stage.WaitUntil([&] { return other.IsDone(); }, Stage::kSettleBound);
              return std::to_string(blocked) + std::to_string(other.TakeAnswer().result);
            }),
            "10");
}

// --- deeds

TEST(DeedTest, TheModeOfAnOpenThatMakesNothingDoesNotCount) {
  Descriptors descriptors;
  const std::string path = "/run/x.pid";
  const auto open = [&](uint64_t flags, uint64_t mode) {
    return DeedOf(getpid(),
                  {.number = SYS_openat,
                   .arguments = {static_cast<uint64_t>(AT_FDCWD), At(path.c_str()), flags, mode}},
                  descriptors)
        .value();
  };
  EXPECT_EQ(open(O_RDONLY, 1), open(O_RDONLY, 2));
  EXPECT_NE(open(O_CREAT, 1), open(O_CREAT, 2));
}

TEST(DeedTest, ADescriptorThatIsNotTheSafeguardsHasNoDeed) {
  Descriptors descriptors;
  const RawCall flock{.number = SYS_flock, .arguments = {7, LOCK_EX}};
  EXPECT_FALSE(DeedOf(getpid(), flock, descriptors));
  EXPECT_EQ(descriptors.Add(7), 1);
  EXPECT_TRUE(DeedOf(getpid(), flock, descriptors));
  descriptors.Remove(7);
  EXPECT_FALSE(DeedOf(getpid(), flock, descriptors));
}

std::string SeenAs(SeenFiles& seen, uint64_t inode, time_t changed) {
  struct stat info {};
  info.st_ino = inode;
  info.st_mtime = changed;
  const Deed deed{.number = SYS_fstat, .roles = "ds"};
  const std::string bytes(reinterpret_cast<const char*>(&info), sizeof(info));
  return ResultOf(deed, 0, {"", bytes}, seen);
}

TEST(DeedTest, InodesAreKnownByTheOrderInWhichTheyWereSeenAndTimesAreNot) {
  SeenFiles one, other;
  EXPECT_EQ(SeenAs(one, 17, 1), SeenAs(other, 99, 2));
  EXPECT_EQ(SeenAs(one, 17, 3), SeenAs(other, 99, 4));
  EXPECT_NE(SeenAs(one, 18, 3), SeenAs(other, 99, 4));
}

}  // namespace
}  // namespace pidfall
