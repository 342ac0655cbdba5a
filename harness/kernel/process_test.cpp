#include "harness/kernel/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "harness/kernel/files.h"
#include "harness/process/clone.h"

namespace pidfall {
namespace {

// A child of ours that is ended with the test.
class Running {
 public:
  explicit Running(const std::function<void()>& body)
      : child_(Clone({}, [&] {
          body();
          return 0;
        })) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    SendSignal(child_, SIGKILL);
    Reap(child_);
  }

  pid_t pid() const { return child_.pid; }
  // No event reports that a process has blocked: it is polled, for 10 s at most.
  bool Becomes(const std::function<bool(pid_t)>& holds) const {
    constexpr int kMostLooks = 10'000;
    for (int i = 0; i < kMostLooks && !holds(child_.pid); ++i) {
      if (WaitForEnd(child_, std::chrono::milliseconds(1))) break;
    }
    return holds(child_.pid);
  }

 private:
  Child child_;
};

void PauseForEver() {
  for (;;) pause();
}

bool HasRunAndWaited(pid_t pid) {
  constexpr auto kSome = std::chrono::milliseconds(1);
  const auto times = ProcessorTimes(pid);
  return std::any_of(times.begin(), times.end(), [&](const auto& time) {
    return time.second.ran > kSome && time.second.waited > kSome;
  });
}

void SpinWhereAnybodyMay() {
  cpu_set_t allowed, first;
  sched_getaffinity(0, sizeof allowed, &allowed);
  CPU_ZERO(&first);
  for (size_t cpu = 0; CPU_COUNT(&first) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) CPU_SET(cpu, &first);
  }
  sched_setaffinity(0, sizeof first, &first);
  for (volatile int spins = 0;;) spins = spins + 1;
}

bool IsInState(pid_t pid, char state) {
  const auto info = ReadProcess(pid);
  return info && info->state == state;
}

// Unlike pthread_exit it does not unwind objects that the other thread may use.
[[noreturn]] void EndThisThread() {
  for (;;) syscall(SYS_exit, 0);
}

TEST(ReadProcessTest, ALiveThreadIsReadInPlaceOfADeadMainThread) {
  const UniqueFd held(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Running process([] {
    flock(open("/tmp", O_TMPFILE | O_RDWR, 0600), LOCK_EX);
    std::thread(PauseForEver).detach();
    EndThisThread();
  });
  const auto main_is_dead = [](pid_t pid) {
    const std::string thread = std::to_string(pid);
    return ReadFile("/proc/" + thread + "/task/" + thread + "/stat").find(") Z ") !=
           std::string::npos;
  };
  ASSERT_TRUE(process.Becomes(main_is_dead));
  EXPECT_TRUE(process.Becomes([](pid_t pid) { return IsInState(pid, 'S'); }));
  EXPECT_FALSE(OpenSockets(process.pid()).empty());
  EXPECT_EQ(HeldLocks(process.pid()).size(), 1U);
}

TEST(ReadProcessTest, ANameMayHoldBracketsAndBlanks) {
  const Running child([] {
    prctl(PR_SET_NAME, "a) S 1 (b");
    PauseForEver();
  });
  EXPECT_TRUE(child.Becomes([](pid_t pid) { return ReadProcess(pid)->program == "a) S 1 (b"; }));
  EXPECT_EQ(ReadProcess(child.pid())->parent, getpid());
}

TEST(ReadProcessTest, OneThatIsGoneHasNoAnswer) {
  const Child child = Clone({}, [] { return 0; });
  Reap(child);
  EXPECT_FALSE(ReadProcess(child.pid));
  EXPECT_TRUE(Threads(child.pid).empty());
  EXPECT_TRUE(OpenSockets(child.pid).empty());
  EXPECT_FALSE(InitialVariable(child.pid, "PATH"));
  EXPECT_FALSE(WaitsWithoutTimeout(child.pid));
}

TEST(ReadProcessTest, AZombieIsReadAsAZombie) {
  const Child child = Clone({}, [] { return 0; });
  ASSERT_TRUE(WaitForEnd(child, std::chrono::seconds(10)));
  EXPECT_TRUE(IsInState(child.pid, 'Z'));
  Reap(child);
}

// Stops itself, and again whenever it is woken.
TEST(ContextSwitchesTest, OneThatRanBetweenTwoLooksHasMore) {
  const Running child([] {
    while (true) raise(SIGSTOP);
  });
  waitpid(child.pid(), nullptr, WUNTRACED);
  const uint64_t before = ContextSwitches(child.pid());
  EXPECT_EQ(ContextSwitches(child.pid()), before);
  kill(child.pid(), SIGCONT);
  waitpid(child.pid(), nullptr, WUNTRACED);
  EXPECT_GT(ContextSwitches(child.pid()), before);
}

TEST(WaitsInOpenTest, AReaderOfAFifoThatNobodyWritesToIsBlocked) {
  const std::string fifo = testing::TempDir() + "waits-in-open-" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const Running opens([&] { open(fifo.c_str(), O_RDONLY | O_CLOEXEC); });
  EXPECT_TRUE(opens.Becomes(WaitsInOpen));
  EXPECT_FALSE(WaitsInOpen(getpid()));
  unlink(fifo.c_str());
}

TEST(WaitsToWriteTest, AWriterWithASlowReaderIsBlocked) {
  const Pipe pipe = MakePipe();
  const Running prints([&] {
    for (std::string line(4000, 'y');;) (void)!write(pipe.write.get(), line.data(), line.size());
  });
  EXPECT_TRUE(prints.Becomes(WaitsToWrite));
  const Running rests(PauseForEver);
  EXPECT_TRUE(rests.Becomes(WaitsWithoutTimeout));
  EXPECT_FALSE(WaitsToWrite(rests.pid()));
}

TEST(DescendantsTest, GrandchildrenComeAfterTheirParents) {
  Pipe ready = MakePipe();
  const Running child([&] {
    const Running grandchild([&] {
      WriteAll(ready.write.get(), "r", "the pipe");
      PauseForEver();
    });
    PauseForEver();
  });
  char byte = 0;
  ASSERT_EQ(read(ready.read.get(), &byte, 1), 1);
  const auto found = Descendants(child.pid());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().parent, child.pid());
  std::vector<pid_t> pids;
  for (const ProcessInfo& process : Descendants(getpid())) pids.push_back(process.pid);
  EXPECT_EQ(pids, (std::vector{child.pid(), found.front().pid}));
  kill(found.front().pid, SIGKILL);
}

TEST(LineageTest, ADescendantThatReusesAStrangersPidIsFound) {
  Pipe go = MakePipe(), told = MakePipe();
  auto stranger = std::make_unique<Running>(PauseForEver);
  const pid_t number = stranger->pid();
  const Running root([&] {
    char byte = 0;
    if (read(go.read.get(), &byte, 1) != 1) return;
    try {
      const Child child = Clone({.pid = number}, [&] {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        WriteAll(told.write.get(), "y", "the pipe");
        PauseForEver();
        return 0;
      });
      PauseForEver();
    } catch (const std::system_error&) {
      WriteAll(told.write.get(), "n", "the pipe");
    }
  });
  Lineage lineage(root.pid());
  EXPECT_TRUE(lineage.Descendants().empty());

  stranger.reset();
  WriteAll(go.write.get(), "g", "the pipe");
  char answer = 0;
  ASSERT_EQ(read(told.read.get(), &answer, 1), 1);
  if (answer == 'n') GTEST_SKIP() << "numbers can't be chosen here";
  const auto found = lineage.Descendants();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().pid, number);
}

TEST(InitialVariableTest, TheVariableIsTheOneAtTheExec) {
  const Child child = Launch({.command = {"/bin/sh", "-c", "kill -STOP $$"},
                              .environment = {"NAME=A", "NAMES=B", "EMPTY="}});
  waitpid(child.pid, nullptr, WUNTRACED);
  EXPECT_EQ(InitialVariable(child.pid, "NAME"), "A");
  EXPECT_EQ(InitialVariable(child.pid, "EMPTY"), "");
  EXPECT_FALSE(InitialVariable(child.pid, "AME"));
  SendSignal(child, SIGKILL);
  Reap(child);
}

TEST(WaitsTest, APauseWaits) {
  const Running child(PauseForEver);
  EXPECT_TRUE(child.Becomes(WaitsWithoutTimeout));
  EXPECT_FALSE(WaitsForLock(child.pid()));
}

TEST(WaitsTest, APollWithoutTimeoutWaits) {
  const Running endless([] { poll(nullptr, 0, -1); });
  EXPECT_TRUE(endless.Becomes(WaitsWithoutTimeout));
  const Running timed([] { poll(nullptr, 0, 60'000); });
  EXPECT_TRUE(timed.Becomes([](pid_t pid) { return IsInState(pid, 'S'); }));
  EXPECT_FALSE(WaitsWithoutTimeout(timed.pid()));
}

TEST(WaitsTest, AStoppedProcessWaits) {
  const Running child([] {
    raise(SIGSTOP);
    PauseForEver();
  });
  EXPECT_TRUE(child.Becomes([](pid_t pid) { return IsInState(pid, 'T'); }));
  EXPECT_TRUE(WaitsWithoutTimeout(child.pid()));
}

TEST(WaitsTest, ABusyProcessDoesNotWait) {
  const Running child([] {
    for (;;) getpid();
  });
  EXPECT_TRUE(child.Becomes([](pid_t pid) { return IsInState(pid, 'R'); }));
  EXPECT_FALSE(WaitsWithoutTimeout(child.pid()));
}

// Held by the test, wanted by a child.
void ExpectWaitForLock(const std::function<void(int)>& hold, const std::function<void(int)>& want) {
  const std::string path = testing::TempDir() + "pidfall-lock-" + std::to_string(getpid());
  const UniqueFd ours = OpenFile(path, O_RDWR | O_CREAT, 0600);
  hold(ours.get());
  const Running child([&] { want(OpenFile(path, O_RDWR).get()); });
  EXPECT_TRUE(child.Becomes(WaitsForLock));
  EXPECT_TRUE(WaitsWithoutTimeout(child.pid()));
  unlink(path.c_str());
}

TEST(WaitsTest, AnFlockWaitsForALock) {
  const auto take = [](int fd) { flock(fd, LOCK_EX); };
  ExpectWaitForLock(take, take);
}

// PTRACE_GET_SYSCALL_INFO describes a stop only under PTRACE_O_TRACESYSGOOD.
bool RunToFlock(pid_t pid) {
  __ptrace_syscall_info info{};
  do {
    ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr);
    if (waitpid(pid, nullptr, 0) != pid) return false;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0) return false;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_pause) return false;
  } while (info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.nr != SYS_flock);
  return true;
}

TEST(WaitsTest, AnFlockThatOnlyTriesOrUnlocksDoesNotWait) {
  const UniqueFd folder = OpenFile("/", O_RDONLY);
  const Running child([&] {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
    flock(folder.get(), LOCK_SH | LOCK_NB);
    flock(folder.get(), LOCK_UN);
    flock(folder.get(), LOCK_SH);
    PauseForEver();
  });
  ASSERT_EQ(waitpid(child.pid(), nullptr, WUNTRACED), child.pid());
  ptrace(PTRACE_SETOPTIONS, child.pid(), nullptr, PTRACE_O_TRACESYSGOOD);
  for (const bool waits : {false, false, true}) {
    ASSERT_TRUE(RunToFlock(child.pid()));
    EXPECT_EQ(WaitsForLock(child.pid()), waits);
  }
}

TEST(WaitsTest, AnFcntlLockWaitsForALock) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  const auto take = [whole](int fd) mutable { fcntl(fd, F_SETLKW, &whole); };
  ExpectWaitForLock(take, take);
}

TEST(ProcessorTimesTest, GrowBesideAnotherOnTheSameOne) {
  const Running one(SpinWhereAnybodyMay), other(SpinWhereAnybodyMay);
  EXPECT_TRUE(one.Becomes(HasRunAndWaited));
}

TEST(OpenSocketsTest, AClosedSocketIsNotListed) {
  const UniqueFd file = OpenFile("/dev/null", O_RDONLY);
  const size_t before = OpenSockets(getpid()).size();
  UniqueFd one(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(OpenSockets(getpid()).size(), before + 1);
  one.Reset();
  EXPECT_EQ(OpenSockets(getpid()).size(), before);
}

}  // namespace
}  // namespace pidfall
