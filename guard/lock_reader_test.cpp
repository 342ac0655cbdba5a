// A reader of /proc/PID/fdinfo keeps that process's files open for an instant. With a killed
// owner's lock file it keeps the lock, too.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "guard/descriptor.h"
#include "guard/guard.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;

int DescriptorOf(const fs::path& file) {
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone) == file) {
      return std::stoi(entry.path().filename().string());
    }
  }
  return -1;
}

// An open file that waits in a socket belongs to no process and is closed with the socket. So the
// test keeps it open as long as it wants, where a reader does so for microseconds.
class Reader {
 public:
  Reader() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) abort();
    in_ = Descriptor(ends[0]);
    out_ = Descriptor(ends[1]);
  }
  void Keep(int file) const {
    char byte = 'x';
    iovec data{.iov_base = &byte, .iov_len = 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof file)> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof file);
    std::memcpy(CMSG_DATA(header), &file, sizeof file);
    if (sendmsg(in_.get(), &message, 0) != 1) abort();
  }
  void Close() {
    in_.Reset();
    out_.Reset();
  }

 private:
  Descriptor in_, out_;
};

bool SomebodyWaitsFor(const fs::path& file) {
  struct stat status {};
  stat(file.c_str(), &status);
  const std::string inode = ":" + std::to_string(status.st_ino) + " ";
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find("->") != std::string::npos && line.find(inode) != std::string::npos) return true;
  }
  return false;
}

bool HasEnded(pid_t child) {
  siginfo_t info = {};
  return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid == child;
}

class LockReaderTest : public testing::TestWithParam<OnDuplicate> {
 protected:
  Child KillAnOwnerAndStart(Reader& reader) const {
    Child owner([&](const Signals& signals) {
      const Instance instance = Acquire(ForFile(pid_file_));
      reader.Keep(DescriptorOf(lock_file_));
      signals.Ready();
      signals.Wait();
      return 0;
    });
    owner.WaitReady();
    owner.Kill();
    return Child([&](const Signals&) {
      reader.Close();
      Options options = ForFile(pid_file_);
      options.on_duplicate = GetParam();
      return static_cast<int>(Acquire(options).outcome());
    });
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
  std::string lock_file_ = folder_.path("x.pid.lock");
};

TEST_P(LockReaderTest, AKilledOwnersLockIsWaitedFor) {
  constexpr int kTries = 20;  // a busy machine shows the waiting too late
  bool acquired = false;
  for (int i = 0; i < kTries && !acquired; ++i) {
    Reader reader;
    Child contender = KillAnOwnerAndStart(reader);
    while (!SomebodyWaitsFor(lock_file_) && !HasEnded(contender.pid())) sched_yield();
    reader.Close();
    acquired = contender.Join() == static_cast<int>(Outcome::kAcquired);
  }
  EXPECT_TRUE(acquired);
}

TEST_P(LockReaderTest, AnOwnerThatNobodySeesStillKeepsOthersOut) {
  Reader reader;
  EXPECT_EQ(KillAnOwnerAndStart(reader).Join(), static_cast<int>(Outcome::kBusy));
}

INSTANTIATE_TEST_SUITE_P(Answers, LockReaderTest,
                         testing::Values(OnDuplicate::kExit, OnDuplicate::kTakeOver),
                         [](const auto& tested) {
                           return tested.param == OnDuplicate::kExit ? "Exit" : "TakeOver";
                         });

}  // namespace
}  // namespace pidfall::guard
