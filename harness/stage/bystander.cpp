#include "harness/stage/bystander.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "harness/kernel/process.h"
#include "harness/process/clone.h"
#include "harness/sandbox/users.h"

namespace pidfall {
namespace {

constexpr char kReady = '+';
constexpr Duration kReadyBound = std::chrono::seconds(5);

void* Idle(void*) {
  for (;;) pause();
  return nullptr;
}

// The kernel gives the next thread the number after ns_last_pid.
void StartThread(pid_t id) {
  if (id != 0) SetLastPid(id - 1);
  pthread_t thread{};
  if (const int error = pthread_create(&thread, nullptr, Idle, nullptr); error != 0) {
    errno = error;
    ThrowErrno("start a thread");
  }
}

// The kernel refuses signals to another user's process: that would hide a target that would send
// one. And a target without capabilities may not find out the program of a process that has some.
void BecomeLikeTarget(uid_t user) {
  if (user != geteuid()) BecomeUser(user);
  DropAllCapabilities();
  prctl(PR_SET_DUMPABLE, 1);
}

// What was asked is read first: a close with bytes unread would reset the answer.
void Answer(int listening) {
  constexpr std::string_view kAnswer =
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
  constexpr int kQuestionBoundMs = 500;
  const UniqueFd client(accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
  pollfd asked{client.get(), POLLIN, 0};
  std::array<char, 4096> question;
  if (poll(&asked, 1, kQuestionBoundMs) != 1) return;
  (void)!recv(client.get(), question.data(), question.size(), 0);
  (void)!send(client.get(), kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
}

// Each signal is one byte in `record`. SIGKILL and SIGSTOP cannot be recorded: they show because
// the process has ended or is stopped.
[[noreturn]] void RecordSignals(int record, int answers_on) {
  sigset_t all;
  sigfillset(&all);
  const UniqueFd signals(signalfd(-1, &all, SFD_CLOEXEC));
  (void)!write(record, &kReady, 1);
  for (;;) {
    std::array<pollfd, 2> events{{{signals.get(), POLLIN, 0}, {answers_on, POLLIN, 0}}};
    poll(events.data(), events.size(), -1);
    if ((events[1].revents & POLLIN) != 0) Answer(answers_on);
    if ((events[0].revents & POLLIN) == 0) continue;
    signalfd_siginfo info{};
    if (read(signals.get(), &info, sizeof(info)) != sizeof(info)) continue;
    const char number = static_cast<char>(info.ssi_signo);
    (void)!write(record, &number, 1);
  }
}

int Live(const BystanderOptions& options, int record) {
  if (setpgid(0, options.group) != 0) ThrowErrno("join group " + std::to_string(options.group));
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  UniqueFd held, connected;
  if (options.listen_on) held = ListenOn(*options.listen_on);
  if (options.connect_to) connected = ConnectTo(*options.connect_to);
  if (options.thread_id != 0 || options.has_thread) StartThread(options.thread_id);
  BecomeLikeTarget(options.user.value_or(geteuid()));
  RecordSignals(record, options.answers ? held.get() : -1);
}

bool IsStopped(pid_t pid) {
  const auto info = ReadProcess(pid);
  return info && info->state == 'T';
}

std::string SignalName(int number) {
  return "SIG" + std::string(sigabbrev_np(number) != nullptr ? sigabbrev_np(number) : "?");
}

}  // namespace

Bystander::Bystander(const BystanderOptions& options) {
  Pipe record = MakePipe();
  child_ = Clone({.pid = options.pid}, [&] { return Live(options, record.write.get()); });
  record.write.Reset();
  recorded_ = std::move(record.read);
  pollfd ready{recorded_.get(), POLLIN, 0};
  const auto bound = std::chrono::duration_cast<std::chrono::milliseconds>(kReadyBound);
  char byte = 0;
  if (poll(&ready, 1, static_cast<int>(bound.count())) != 1 ||
      read(recorded_.get(), &byte, 1) != 1) {
    throw std::runtime_error("a bystander could not be started");
  }
  fcntl(recorded_.get(), F_SETFL, O_NONBLOCK);
  if (options.thread_id != 0 && thread_id() != options.thread_id) {
    throw std::runtime_error(
        "the number " + std::to_string(options.thread_id) +
        " could not be given to a thread: something else was started meanwhile");
  }
}

pid_t Bystander::thread_id() const {
  for (const pid_t thread : Threads(child_.pid)) {
    if (thread != child_.pid) return thread;
  }
  return 0;
}

// A signal is recorded only once the bystander runs. The kernel delivers the highest number last:
// when that one is recorded, all signals sent before it are.
void Bystander::CatchUp() const {
  if (WaitForEnd(child_, Duration::zero()) || IsStopped(child_.pid)) return;
  SendSignal(child_, SIGRTMAX);
  pollfd recorded{recorded_.get(), POLLIN, 0};
  const auto bound = std::chrono::duration_cast<std::chrono::milliseconds>(kReadyBound);
  while (poll(&recorded, 1, static_cast<int>(bound.count())) == 1) {
    char byte = 0;
    if (read(recorded_.get(), &byte, 1) != 1 || byte == SIGRTMAX) return;
    numbers_ += byte;
  }
}

std::vector<std::string> Bystander::Signals() const {
  CatchUp();
  std::vector<std::string> names;
  for (const char number : numbers_) names.push_back(SignalName(number));
  if (IsStopped(child_.pid)) names.emplace_back("SIGSTOP");
  if (WaitForEnd(child_, Duration::zero())) names.emplace_back("the signal that ended it");
  return names;
}

void Bystander::End() {
  SendSignal(child_, SIGKILL);
  Reap(child_);
}

}  // namespace pidfall
