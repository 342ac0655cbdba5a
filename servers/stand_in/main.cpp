// A server that stands in for the programs of public incidents: its options are their faults.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "servers/stand_in/console.h"
#include "servers/stand_in/listener.h"
#include "servers/stand_in/lock.h"
#include "servers/stand_in/options.h"
#include "servers/stand_in/record.h"

namespace pidfall::stand_in {
namespace {

[[noreturn]] void IdleForEver() {
  while (true) pause();
}

class Server {
 public:
  explicit Server(const Options& options)
      : options_(options), lock_(options), record_(options), listener_(options) {}

  void Run() {
    CatchSignals();
    EndRecorded();
    TakeLock();
    TakeRecord();
    if (!listener_.Bind()) {
      CleanUp();
      EndAsDuplicate("somebody serves there");
    }
    StartChildren();
    if (options_.Has("daemonize")) Daemonize();
    listener_.Listen();
    Say("stand-in serves (pid " + std::to_string(getpid()) + ")");
    while (listener_.ServeUntilSignal() == SIGUSR2) StartAgain();
    listener_.Close();
    CleanUp();
  }

 private:
  [[noreturn]] void EndAsDuplicate(const std::string& why) const {
    Say("stand-in: already running: " + why);
    _exit(options_.Number("duplicate-exit", 1));
  }

  void EndRecorded() const {
    const pid_t recorded = options_.Has("ends-recorded") ? record_.pid() : 0;
    if (recorded > 1) kill(recorded, SIGTERM);
  }

  void TakeLock() {
    if (lock_.Try()) return;
    const std::string answer = options_.Get("on-owner", "exit");
    const bool silent = answer == "replace-silent" && !listener_.Answers();
    if (answer == "replace" || silent) {
      // The lock proves that there is an owner, and only it writes the record.
      kill(record_.pid(), silent ? SIGKILL : SIGTERM);
    } else if (answer != "wait") {
      EndAsDuplicate("the lock is held");
    }
    WaitForLock();
  }

  // SIGTERM ends one that waits.
  void WaitForLock() {
    sigset_t blocked;
    sigset_t none;
    sigemptyset(&none);
    signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, &blocked);
    lock_.Wait();
    sigprocmask(SIG_SETMASK, &blocked, nullptr);
    CatchSignals();
  }

  void TakeRecord() const {
    if (!record_.has_path()) return;
    if (record_.NamesSomebody()) EndAsDuplicate("so says the pid file");
    record_.RemoveStale();
    if (!record_.Write()) EndAsDuplicate("another start was faster");
  }

  void StartChildren() const {
    if (options_.Has("child") && fork() == 0) {
      execl("/proc/self/exe", "stand-in", "--idle", nullptr);
      _exit(kFailure);
    }
    if (!options_.Has("worker")) return;
    const pid_t worker = fork();
    if (worker == 0) {
      record_.Remove();  // the exit hook that it has inherited
      _exit(0);
    }
    while (waitpid(worker, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  void Daemonize() const {
    if (fork() != 0) _exit(0);
    setsid();
    record_.Write();
  }

  // The new copy has the socket of the old one, so nobody is faster.
  static void Respawn() {
    const pid_t copy = fork();
    if (copy != 0) {
      setpgid(copy, copy);  // before our end, with which launchd ends our group
      _exit(0);
    }
    setsid();
  }

  void StartAgain() const {
    if (options_.Has("respawn")) return Respawn();
    execv(options_.command_line()[0], options_.command_line());
    throw Failure("cannot execute myself", errno);
  }

  void CleanUp() {
    record_.Remove();
    lock_.Release();
  }

  const Options& options_;
  Lock lock_;
  Record record_;
  Listener listener_;
};

int StopServer(const Options& options) {
  const bool by_lock = options.Is("lock-kind", "posix");
  const pid_t owner = by_lock ? Lock(options).Owner() : Record(options).pid();
  return owner > 1 && kill(owner, SIGTERM) == 0 ? 0 : 1;
}

int Main(int argc, char** argv) {
  const Options options = Options::Parse(argc, argv);
  if (options.Has("idle")) IdleForEver();
  try {
    if (options.Has("stop")) return StopServer(options);
    Server(options).Run();
    return 0;
  } catch (const Failure& failure) {
    Complain(std::string("stand-in: ") + failure.what());
    return options.Has("errors-as-duplicate") ? 0 : kFailure;
  }
}

}  // namespace
}  // namespace pidfall::stand_in

int main(int argc, char** argv) { _exit(pidfall::stand_in::Main(argc, argv)); }
