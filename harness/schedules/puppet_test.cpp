#include "harness/schedules/puppet.h"

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

// The whole calls of one program, made of calls in our own memory. Its first descriptor has the
// number 50.
class Program {
 public:
  WholeCall Open(const std::string& path, int flags) {
    WholeCall whole = Of(SYS_openat, {static_cast<uint64_t>(AT_FDCWD), At(path.c_str()),
                                      static_cast<uint64_t>(flags), 0644});
    descriptors_.Add(kFirst);
    return whole;
  }
  WholeCall Write(const std::string& text) {
    return Of(SYS_write, {kFirst, At(text.data()), text.size()});
  }
  WholeCall Lock(int how) { return Of(SYS_flock, {kFirst, static_cast<uint64_t>(how)}); }
  WholeCall Stat() { return Of(SYS_fstat, {kFirst, At(&room_)}); }
  WholeCall Of(long number, const std::array<uint64_t, 6>& arguments) {
    return WholeCallOf(getpid(), {.number = number, .arguments = arguments}, descriptors_).value();
  }

 private:
  static constexpr int kFirst = 50;
  Descriptors descriptors_;
  struct stat room_ {};
};

int64_t Made(Puppet& puppet, const WholeCall& whole) {
  puppet.Ask(whole);
  return puppet.TakeAnswer().result;
}

// Two puppets, each of a program of its own: the holder has the file open, and the other, too.
struct Rivals {
  explicit Rivals(const std::string& file) {
    Made(holder, first.Open(file, O_RDWR | O_CREAT));
    Made(other, second.Open(file, O_RDWR));
  }
  Program first, second;
  Puppet holder{4000}, other{5000};
};

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
              Rivals rivals(stage.pid_file());
              const auto others = [&] {
                return " " +
                       std::to_string(Made(rivals.other, rivals.second.Lock(LOCK_EX | LOCK_NB)));
              };
              std::string told = std::to_string(Made(rivals.holder, rivals.first.Lock(LOCK_EX)));
              told += others();
              rivals.holder.Kill();
              return told + others();
            }),
            "0 -11 0");
}

TEST_F(PuppetTest, ACallThatBlocksIsNotDoneUntilAnotherActs) {
  EXPECT_EQ(Told([](Stage& stage) {
              Rivals rivals(stage.pid_file());
              Puppet& other = rivals.other;
              Made(rivals.holder, rivals.first.Lock(LOCK_EX));
              other.Ask(rivals.second.Lock(LOCK_EX));
              const bool blocked = !other.IsDone();
              Made(rivals.holder, rivals.first.Lock(LOCK_UN));
              stage.WaitUntil([&] { return other.IsDone(); }, Stage::kSettleBound);
              return std::to_string(blocked) + std::to_string(other.TakeAnswer().result);
            }),
            "10");
}

}  // namespace
}  // namespace pidfall
