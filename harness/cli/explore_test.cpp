// `pidfall explore` on small servers in Python: the harm of a kill is found, replayed and counted,
// and everything that was covered or left out is printed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/cli/cli_testing.h"
#include "harness/cli/exit_status.h"
#include "harness/kernel/sockets.h"
#include "harness/process/program_folder.h"

namespace pidfall {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// GUARD stands for the code that keeps a second copy out.
constexpr char kGuarded[] = R"(
import fcntl, os, signal, socket, sys
path = os.environ['HOME'] + '/serve.pid'
#GUARD
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 8767)); s.listen()
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
while True:
    c = s.accept()[0]; c.recv(999); c.send(b'HTTP/1.0 200 OK\r\n\r\nhello'); c.close()
)";

constexpr char kLock[] = R"(
lock = os.open(path, os.O_RDWR | os.O_CREAT)
try: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError: print('already running'); sys.exit(0)
os.ftruncate(lock, 0); os.write(lock, b'%d\n' % os.getpid())
)";

// A kill between its first two calls leaves an empty file, which no later start can read.
constexpr char kExclusive[] = R"(
try: fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
except FileExistsError:
    try: os.kill(int(open(path).read()), 0); print('already running'); sys.exit(0)
    except ProcessLookupError:
        os.unlink(path); fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
os.write(fd, b'%d\n' % os.getpid())
)";

class ExploreTest : public CliTest {
 protected:
  ProgramOutcome Explore(const std::string& kind, const std::string& guard,
                         const Words& options = {}) {
    const std::string mark = "#GUARD";
    std::string program = kGuarded;
    program.replace(program.find(mark), mark.size(), guard);
    Words words = {"explore", kind};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", "/usr/bin/python3", "-I", "-c", program});
    return Run(words);
  }
};

TEST_F(ExploreTest, ALockThatEndsWithItsProcessRecoversFromEveryKill) {
  const ProgramOutcome outcome = Explore("crash", kLock);
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(" of start, "));
}

constexpr char kEmptyFile[] = "start:after:openat(serve.pid)";

TEST_F(ExploreTest, AKillBetweenCreateAndWriteIsFoundAndShownAgain) {
  const ProgramOutcome outcome = Explore("crash", kExclusive, {"--json", "found.json"});
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(std::string("C3  crash-point/") + kEmptyFile));
  EXPECT_THAT(outcome.out, HasSubstr(std::string("--replay '") + kEmptyFile + "'"));
  const json found = json::parse(Content(work_ / "found.json"));
  EXPECT_EQ(found["command"], "explore");
  EXPECT_EQ(found["totals"]["fail"], 1);

  const ProgramOutcome again = Explore("crash", kExclusive, {"--replay", kEmptyFile});
  EXPECT_EQ(again.status, kBroke) << again.out << again.error;
  EXPECT_THAT(again.out, HasSubstr("X openat(serve.pid) = 3"));
}

TEST_F(ExploreTest, AReplayIsPrintedCallByCall) {
  const ProgramOutcome again =
      Explore("crash", kExclusive, {"--replay", "start:after:write(serve.pid)"});
  EXPECT_EQ(again.status, kAsItShouldBe) << again.out << again.error;
  EXPECT_THAT(again.out, HasSubstr("X write(serve.pid) = 5"));
}

TEST_F(ExploreTest, APointThatDoesNotComeIsNoPass) {
  const ProgramOutcome outcome =
      Explore("crash", kLock, {"--replay", "start:after:unlink(serve.pid)"});
  EXPECT_EQ(outcome.status, kBrokenRun) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("never came to start:after:unlink(serve.pid)"));
}

TEST_F(ExploreTest, AReplayThatNamesNothingIsRefused) {
  ExpectRefused({"explore", "crash", "--replay", "tomorrow", "--", "touch", "ran"},
                "'tomorrow' names no point, such as 'start:after:rename(x.pid.new,x.pid)#2'");
}

TEST_F(ExploreTest, WithoutPtraceNothingIsJudged) {
  setenv("PIDFALL_NO_PTRACE", "1", 1);
  const ProgramOutcome outcome = Explore("crash", kLock);
  unsetenv("PIDFALL_NO_PTRACE");
  EXPECT_EQ(outcome.status, kNothingJudged) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("skipped: exploring needs ptrace"));
}

// --- the bundled server: a sweep of it takes a second

class ExploreBundledTest : public CliTest {
 protected:
  ProgramOutcome Explore(const std::string& kind, const std::string& guard,
                         const Words& options = {}) {
    Words words = {"explore", kind};
    words.insert(words.end(), options.begin(), options.end());
    const Words server = {"--",         ProgramFolder() + "/serve-task-manager",
                          "--guard",    guard,
                          "--port",     "{port}",
                          "--pid-file", "{pid_file}"};
    words.insert(words.end(), server.begin(), server.end());
    return Run(words);
  }
};

constexpr char kBlindLook[] = "beside:start:newfstatat(server.pid)=EACCES";

TEST_F(ExploreBundledTest, ACheckThatFailsMakesThePidFileStrategyRemoveTheOwnersFile) {
  const ProgramOutcome outcome = Explore("errors", "pidfile");
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(std::string("C6  errors/") + kBlindLook));
  EXPECT_THAT(outcome.out, HasSubstr("beside an owner: "));
}

TEST_F(ExploreBundledTest, AnErrorIsShownAgain) {
  const ProgramOutcome outcome = Explore("errors", "pidfile", {"--replay", kBlindLook});
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("X newfstatat(server.pid) = EACCES"));
}

TEST_F(ExploreBundledTest, AnErrorThatIsHandledIsNoFinding) {
  const ProgramOutcome outcome =
      Explore("errors", "reference", {"--replay", "alone:start:openat(server.pid.lock)=EMFILE"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(ExploreBundledTest, TheShortestDoubleStartIsFoundAndShownAgain) {
  const ProgramOutcome outcome = Explore("schedules", "pidfile", {"--bound", "1"});
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("C1  race/fresh   A and B both serve"));
  EXPECT_THAT(outcome.out, HasSubstr("C1  race/stale   A and B both serve"));
  EXPECT_THAT(outcome.out, HasSubstr("; a breach of C1 at 1 preemption ended it\n"));
  const ProgramOutcome again = Explore("schedules", "pidfile", {"--replay", "fresh:AB6A5"});
  EXPECT_EQ(again.status, kBroke) << again.out << again.error;
  EXPECT_THAT(again.out, HasSubstr("A serves"));
  EXPECT_THAT(again.out, HasSubstr("B serves"));
}

TEST_F(ExploreBundledTest, ALockLetsNoSecondOwnerIn) {
  const ProgramOutcome outcome = Explore("schedules", "reference", {"--bound", "0"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("fresh           2 schedules, 2 executed, 0 drifts"));
}

// The lines of what was covered that say so; each start state has one.
size_t Lines(const std::string& text, const std::string& part) {
  std::istringstream in(text);
  size_t count = 0;
  for (std::string line; std::getline(in, line);) count += line.find(part) != std::string::npos;
  return count;
}

TEST_F(ExploreBundledTest, TheProgramDoesWhatThePuppetsDid) {
  const ProgramOutcome outcome = Explore("schedules", "lockfile", {"--compare", "--bound", "1"});
  EXPECT_EQ(Lines(outcome.out, "compared with puppets"), 4U) << outcome.out << outcome.error;
  EXPECT_EQ(Lines(outcome.out, " 0 compared"), 0U) << outcome.out;
  EXPECT_EQ(Lines(outcome.out, ", 0 drifts"), 4U) << outcome.out;
}

TEST_F(ExploreBundledTest, PuppetsFindWhatEveryRealRunFinds) {
  const ProgramOutcome by_puppets =
      Explore("schedules", "lockfile", {"--bound", "1", "--json", "puppets.json"});
  const ProgramOutcome real =
      Explore("schedules", "lockfile", {"--bound", "1", "--every-run-real", "--json", "real.json"});
  EXPECT_EQ(by_puppets.status, real.status) << by_puppets.out << real.out;
  const auto findings = [&](const char* file) {
    std::vector<std::string> found;
    const json told = json::parse(Content(work_ / file));
    for (const json& result : told["results"]) {
      found.push_back(result["scenario"].get<std::string>() + result["verdict"].get<std::string>());
    }
    return found;
  };
  EXPECT_EQ(findings("puppets.json").size(), 4U);
  EXPECT_EQ(findings("puppets.json"), findings("real.json"));
  EXPECT_THAT(real.out, HasSubstr("12 schedules, 12 executed"));
  EXPECT_THAT(by_puppets.out, Not(HasSubstr(", 12 executed")));
}

TEST_F(ExploreTest, AnInterpretersStartsAreCarriedOutByPuppets) {
  const ProgramOutcome outcome = Explore("schedules", kLock, {"--bound", "1"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  EXPECT_EQ(Lines(outcome.out, ", 0 drifts"), 4U) << outcome.out;
  EXPECT_EQ(Lines(outcome.out, "no puppet"), 0U) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("fresh           12 schedules, 2 executed"));
}

TEST_F(ExploreTest, AServerThatIsNoFunctionOfWhatItSeesIsRunForReal) {
  const std::string random = "open(path + '.' + os.urandom(8).hex(), 'w').close()\n";
  const ProgramOutcome outcome = Explore("schedules", random + kLock, {"--bound", "0"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("2 schedules, 2 executed, 1 drift;"));
  EXPECT_THAT(outcome.out, HasSubstr("no puppets after a drift: pid "));
}

constexpr char kHelper[] = "import subprocess; subprocess.run(['/bin/true'])\n";

// All in every start state, of which few were executed.
void ExpectByPuppets(const ProgramOutcome& outcome) {
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  EXPECT_EQ(Lines(outcome.out, ", 0 drifts"), 4U) << outcome.out;
  EXPECT_EQ(Lines(outcome.out, "no puppet"), 0U) << outcome.out;
}

TEST_F(ExploreTest, OnePuppetStandsInForAServerAndItsHelpers) {
  const ProgramOutcome outcome =
      Explore("schedules", kLock + std::string(kHelper), {"--bound", "1"});
  ExpectByPuppets(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("fresh           12 schedules, 2 executed"));
}

std::string LockOfTheProcess() {
  std::string guard = kLock;
  const std::string flock = "fcntl.flock";
  return guard.replace(guard.find(flock), flock.size(), "fcntl.lockf");
}

TEST_F(ExploreTest, AHelperBesideALockOfTheProcessIsNoMatter) {
  ExpectByPuppets(Explore("schedules", LockOfTheProcess() + kHelper, {"--bound", "0"}));
}

// A file that the helper opens and closes would drop the puppet's lock.
TEST_F(ExploreTest, AHelperThatOpensWhatItsParentLockedIsRunForReal) {
  const std::string reads = "import subprocess; subprocess.run(['/bin/cat', path])\n";
  const ProgramOutcome outcome = Explore("schedules", LockOfTheProcess() + reads, {"--bound", "0"});
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("2 schedules, 2 executed, 0 drifts"));
  EXPECT_THAT(outcome.out,
              HasSubstr("no puppet can stand in for this: helpers beside a lock of the process"));
}

// Its lock goes with the copy, and the puppet has only one.
TEST_F(ExploreTest, ACopyOfWhatTheProcessLockedIsClosedOnlyByRealRuns) {
  const std::string closes = "os.close(os.dup(lock))\n";
  const ProgramOutcome outcome =
      Explore("schedules", LockOfTheProcess() + closes, {"--bound", "0"});
  EXPECT_THAT(outcome.out, HasSubstr("no puppet can stand in for this: it closes a copy"));
}

constexpr char kShellLock[] = R"sh(
exec 9>"$HOME/serve.lock"
[ "$(stat -L -c %h /dev/fd/9)" = 1 ] || exit 70
flock -n 9 || {
  echo already running;
  exit 0;
}
echo $$ >"$HOME/serve.pid.new" && mv "$HOME/serve.pid.new" "$HOME/serve.pid"
)sh";
// The pid file has the number of a process that no puppet stands in for.
constexpr char kShellChild[] = R"sh(
kill -0 "$(cat "$HOME/serve.pid")" 2>/dev/null && {
  echo already running;
  exit 0;
}
sh -c 'echo $$ >"$HOME/serve.pid"; exec "$@"' - "$@"
exit
)sh";

class ExploreShellTest : public ExploreTest {
 protected:
  ProgramOutcome ExploreShell(const std::string& guard, const Words& options) {
    Words words = {"explore", "schedules"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", "/bin/sh", "-c", guard + "exec \"$@\"", "-",
                               "/usr/bin/python3", "-I", "-c", kGuarded});
    return Run(words);
  }
};

TEST_F(ExploreShellTest, OnePuppetStandsInForAScriptAndItsTools) {
  ExpectByPuppets(ExploreShell(kShellLock, {"--bound", "0"}));
}

TEST_F(ExploreShellTest, WhatToolsDoIsWhatThePuppetDid) {
  const ProgramOutcome outcome = ExploreShell(kShellLock, {"--bound", "0", "--compare"});
  EXPECT_EQ(Lines(outcome.out, ", 0 drifts"), 4U) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, ContainsRegex("; [1-9] compared with puppets"));
}

TEST_F(ExploreShellTest, AHelpersPidIsLookedForOnlyByRealRuns) {
  const ProgramOutcome outcome = ExploreShell(kShellChild, {"--bound", "0"});
  EXPECT_THAT(outcome.out, HasSubstr("no puppet can stand in for this: kill(3")) << outcome.out;
}

constexpr char kUdp[] = R"(
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', 8767))
while True: s.recvfrom(999)
)";
constexpr char kWaitsForTheLock[] = R"(
lock = os.open(path, os.O_RDWR | os.O_CREAT); fcntl.flock(lock, fcntl.LOCK_EX)
os.ftruncate(lock, 0); os.write(lock, b'%d\n' % os.getpid())
signal.pause()
)";

TEST_F(ExploreTest, AUdpServerServes) {
  const ProgramOutcome orders = Explore("schedules", kLock + std::string(kUdp), {"--bound", "0"});
  EXPECT_EQ(orders.status, kAsItShouldBe) << orders.out << orders.error;
  const Words once = {"--replay", "alone:start:flock(serve.pid)=EINTR"};
  const ProgramOutcome error = Explore("errors", kLock + std::string(kUdp), once);
  EXPECT_EQ(error.status, kAsItShouldBe) << error.out << error.error;
}

constexpr char kIpv6IfItCan[] = R"(
t = socket.socket(socket.AF_INET6); t.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try: t.bind(('::1', 8767)); t.listen()
except OSError as error: t.close(); print(error if len(sys.argv) > 1 else '', end='', flush=True)
)";

TEST_F(ExploreTest, AServerMayDoWithoutAnAddressThatIsNotThereOrThatItNames) {
  if (!CanListenOnIpv6Loopback()) GTEST_SKIP() << "IPv6 is switched off here";
  const auto fails = [&](const std::string& error, const std::string& before = "") {
    return Explore("errors", kLock + before + kIpv6IfItCan,
                   {"--replay", "alone:start:bind(::1 port {port})=" + error});
  };
  EXPECT_EQ(fails("EADDRNOTAVAIL").status, kAsItShouldBe);
  const ProgramOutcome silent = fails("EACCES");
  EXPECT_EQ(silent.status, kBroke) << silent.out << silent.error;
  EXPECT_THAT(silent.out, HasSubstr("X silently does without an address"));
  EXPECT_EQ(fails("EACCES", "sys.argv.append('says')\n").status, kAsItShouldBe);
}

TEST_F(ExploreTest, AStandbyWithoutAPortDoesNotServe) {
  const ProgramOutcome outcome = Explore("crash", kWaitsForTheLock);
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
}

TEST_F(ExploreBundledTest, WhatTheTimeDoesNotReachIsSaid) {
  const ProgramOutcome outcome = Explore("schedules", "reference", {"--time", "1ms"});
  EXPECT_THAT(outcome.out, HasSubstr("partly covered: the time of 0.001 s was over"))
      << outcome.error;
}

TEST_F(ExploreBundledTest, AnExhaustiveCheckExploresAfterTheScenarios) {
  const ProgramOutcome outcome =
      Run({"check", "--exhaustive", "--scenario", "stale/zero", "--scenario", "errors/*",
           "--scenario", "race/*", "--", ProgramFolder() + "/serve-task-manager", "--guard",
           "pidfile", "--port", "{port}", "--pid-file", "{pid_file}"});
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("C1  race/fresh   A and B both serve"));
  EXPECT_THAT(outcome.out, HasSubstr(std::string("C6  errors/") + kBlindLook));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\ncrash ")));
}

TEST_F(ExploreBundledTest, AMalformedScheduleIsRefused) {
  ExpectRefused({"explore", "schedules", "--replay", "fresh:a", "--", "touch", "ran"},
                "'fresh:a' is no schedule, such as 'stale:A4B3A2'");
  ExpectRefused({"explore", "errors", "--replay", "EIO", "--", "touch", "ran"},
                "'EIO' names no error, such as 'alone:start:write(x.pid)=ENOSPC' (or =short)");
}

}  // namespace
}  // namespace pidfall
