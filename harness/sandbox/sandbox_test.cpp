#include "harness/sandbox/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <vector>

#include "harness/kernel/port_claim.h"
#include "harness/kernel/process.h"
#include "harness/process/clone.h"
#include "harness/run/pool.h"

namespace pidfall {
namespace {

constexpr Duration kBound = std::chrono::seconds(20);
constexpr int kBoundMs = 20'000;
constexpr uid_t kOrdinary = 61005;

// Each kind as the user that runs the tests, and as an ordinary user.
struct Kind {
  const char* name;
  bool full;
  bool ordinary;
};

// Without it ctest lists its bytes.
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

void Become(const Kind& kind) {
  if (!kind.full) setenv("PIDFALL_SANDBOX", "plain", 1);
  if (!kind.ordinary) return;
  if (setresgid(kOrdinary, kOrdinary, kOrdinary) != 0 ||
      setresuid(kOrdinary, kOrdinary, kOrdinary) != 0) {
    ThrowErrno("become an ordinary user");
  }
  // A process that changed its user may not write its own files in /proc until the next exec.
  prctl(PR_SET_DUMPABLE, 1);
}

// A harness of its own, so that remembered answers are that user's.
Child StartHarness(const Kind& kind, const std::function<int()>& body) {
  return Clone({}, [&] {
    Become(kind);
    return body();
  });
}

bool IsPossible(const Kind& kind) {
  return Reap(StartHarness(kind, [&] { return FullSandboxWorks() == kind.full ? 0 : 1; })) ==
         Ending{};
}

class SandboxTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam().ordinary && geteuid() != 0) GTEST_SKIP() << "an ordinary user already";
    if (!IsPossible(GetParam())) GTEST_SKIP() << "no namespaces here";
    ASSERT_EQ(mkfifo(fifo_.c_str(), 0600), 0);
    chmod(fifo_.c_str(), 0666);
  }
  void TearDown() override { unlink(fifo_.c_str()); }

  // Messages from inside come through this FIFO, without a descriptor of ours.
  const std::string fifo_ = testing::TempDir() + "pidfall-test-" + std::to_string(getpid());
};

std::string Tell(const Kind& kind, const std::function<std::string(const World&)>& story) {
  Pipe answer = MakePipe();
  const Child harness = StartHarness(kind, [&] {
    const auto told = RunStory({.tell = story, .bound = kBound}).get<std::string>();
    WriteAll(answer.write.get(), told, "the answer");
    return 0;
  });
  answer.write.Reset();
  std::string told(4096, '\0');
  const ssize_t n = read(answer.read.get(), told.data(), told.size());
  told.resize(static_cast<size_t>(std::max<ssize_t>(n, 0)));
  EXPECT_EQ(Reap(harness), Ending{});
  return told;
}

[[noreturn]] void StayForEver() {
  for (;;) pause();
}

// Leaves its session and its parent.
void StartDaemon(const std::function<void()>& body) {
  const Child parent = Clone({}, [&] {
    setsid();
    Clone({}, [&]() -> int {
      body();
      StayForEver();
    });
    return 0;
  });
  Reap(parent);
}

TEST_P(SandboxTest, TheStorysResultArrives) {
  EXPECT_EQ(Tell(GetParam(), [](const World&) { return "done"; }), "done");
}

TEST_P(SandboxTest, TheWorldIsOfTheKindAskedFor) {
  const std::string kind =
      Tell(GetParam(), [](const World& world) { return world.full ? "full" : "plain"; });
  EXPECT_EQ(kind, GetParam().full ? "full" : "plain");
}

// No process in there shows the harness's command line, which holds the target's words.
TEST_P(SandboxTest, InitAndDirectorWearTheirOwnName) {
  const std::string told = Tell(GetParam(), [](const World&) {
    const std::string ours = ReadFile("/proc/self/cmdline");
    const std::string parents = ReadFile("/proc/" + std::to_string(getppid()) + "/cmdline");
    const auto program = [](const std::string& line) { return line.substr(0, line.find('\0')); };
    return program(ours) + " " + program(parents) + " " + ReadFile("/proc/self/comm");
  });
  EXPECT_EQ(told, "pidfall-sandbox pidfall-sandbox pidfall-sandbox\n");
}

TEST_P(SandboxTest, TheFolderIsEmptyAndWritable) {
  const std::string told = Tell(GetParam(), [](const World& world) {
    const bool empty = std::filesystem::is_empty(world.folder);
    WriteFile(world.folder + "/x.pid", "31");
    return empty ? ReadFile(world.folder + "/x.pid") : std::string("not empty");
  });
  EXPECT_EQ(told, "31");
}

TEST_P(SandboxTest, TheFolderIsRemoved) {
  const std::string file = Tell(GetParam(), [](const World& world) {
    WriteFile(world.folder + "/pidfall-test", "");
    return world.folder + "/pidfall-test";
  });
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_P(SandboxTest, AFolderThatForbidsEverythingIsRemovedToo) {
  if (GetParam().full) GTEST_SKIP() << "a tmpfs goes with its namespace";
  const std::string folder = Tell(GetParam(), [](const World& world) {
    std::filesystem::create_directory(world.folder + "/run");
    WriteFile(world.folder + "/run/x.pid", "");
    chmod((world.folder + "/run").c_str(), 0);
    chmod(world.folder.c_str(), 0);
    return world.folder;
  });
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_P(SandboxTest, APortTakenOutsideIsFreeInside) {
  if (!GetParam().full) GTEST_SKIP() << "the plain sandbox has the machine's ports";
  const PortClaim claim;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(claim.port()));
  const auto take = [&address] {
    UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    return bind(fd.get(), generic, sizeof(address)) == 0 ? std::move(fd) : UniqueFd();
  };
  const UniqueFd outside = take();
  ASSERT_TRUE(outside);
  ASSERT_FALSE(take());
  EXPECT_EQ(Tell(GetParam(), [&](const World&) { return take() ? "free" : "taken"; }), "free");
}

TEST_P(SandboxTest, WhatAnOrdinaryUserStartsHasNoCapabilities) {
  if (!GetParam().ordinary && geteuid() == 0) GTEST_SKIP() << "root keeps its own";
  const std::string told = Tell(GetParam(), [](const World& world) {
    WriteFile(world.folder + "/x.pid", "");
    chmod((world.folder + "/x.pid").c_str(), 0);
    const Child cat = Launch({.command = {"/bin/cat", world.folder + "/x.pid"}});
    return Reap(cat).Describe();
  });
  EXPECT_EQ(told, "status 1");
}

TEST_P(SandboxTest, ADaemonEndsWithTheStory) {
  const UniqueFd reader = OpenFile(fifo_, O_RDONLY | O_NONBLOCK);
  const std::string told = Tell(GetParam(), [&](const World&) {
    Pipe ready = MakePipe();
    StartDaemon([&] {
      const int alive = open(fifo_.c_str(), O_WRONLY | O_CLOEXEC);  // never closed
      WriteAll(alive, "d", "the FIFO");
      WriteAll(ready.write.get(), "r", "the pipe");
    });
    char byte = 0;
    return read(ready.read.get(), &byte, 1) == 1 ? "ready" : "not ready";
  });
  EXPECT_EQ(told, "ready");
  char bytes[2] = {};
  EXPECT_EQ(read(reader.get(), bytes, 2), 1);
  EXPECT_EQ(read(reader.get(), bytes, 2), 0) << "a process still has the FIFO open";
}

std::vector<UniqueFd> OpenAll(const std::vector<ProcessInfo>& processes) {
  std::vector<UniqueFd> pidfds;
  for (const ProcessInfo& process : processes) {
    UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0)));
    if (pidfd) pidfds.push_back(std::move(pidfd));
  }
  return pidfds;
}

std::string AwaitText(int fd) {
  pollfd ready{fd, POLLIN, 0};
  if (poll(&ready, 1, kBoundMs) != 1) return "";
  std::string text(4096, '\0');
  const ssize_t n = read(fd, text.data(), text.size());
  text.resize(static_cast<size_t>(std::max<ssize_t>(n, 0)));
  return text;
}

void ExpectEnded(const std::vector<UniqueFd>& processes) {
  for (const UniqueFd& process : processes) {
    pollfd ended{process.get(), POLLIN, 0};
    EXPECT_EQ(poll(&ended, 1, kBoundMs), 1) << "a process was left";
  }
}

TEST_P(SandboxTest, NothingIsLeftWhenTheHarnessIsKilled) {
  if (!FullSandboxWorks()) GTEST_SKIP() << "the rest of a plain world would outlive it";
  const UniqueFd reader = OpenFile(fifo_, O_RDWR);
  const Child harness = StartHarness(GetParam(), [&]() -> int {
    const Sandbox sandbox = Sandbox::Open({}, [&](const World& world) -> std::string {
      StartDaemon([&] { WriteFile(fifo_, world.folder); });
      StayForEver();
    });
    StayForEver();
  });
  const std::string folder = AwaitText(reader.get());
  const std::vector<UniqueFd> inside = OpenAll(Descendants(harness.pid));
  EXPECT_GE(inside.size(), 3U) << "init, director and daemon";
  SendSignal(harness, SIGKILL);
  Reap(harness);
  ExpectEnded(inside);
  EXPECT_NE(folder, "");
  EXPECT_EQ(!GetParam().full && std::filesystem::exists(folder), false) << folder << " was left";
}

INSTANTIATE_TEST_SUITE_P(Kinds, SandboxTest,
                         testing::Values(Kind{"Full", true, false}, Kind{"Plain", false, false},
                                         Kind{"FullOrdinary", true, true},
                                         Kind{"PlainOrdinary", false, true}),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST(SandboxCloseTest, AnInitThatDoesNotEndIsKilled) {
  Sandbox sandbox = Sandbox::Open({}, [](const World&) -> std::string { StayForEver(); });
  SendSignal(sandbox.init(), SIGSTOP);
  sandbox.Close(std::chrono::milliseconds(50));
  EXPECT_EQ(kill(sandbox.init().pid, 0), -1);
}

}  // namespace
}  // namespace pidfall
