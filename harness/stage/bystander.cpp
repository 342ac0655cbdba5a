#include "harness/stage/bystander.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "harness/process/clone.h"

namespace pidfall {
namespace {

constexpr char kReady = '+';
constexpr Duration kReadyBound = std::chrono::seconds(5);

UniqueFd OpenSocket(int port, bool listens) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool worked =
      listens ? bind(fd.get(), generic, sizeof(address)) == 0 && listen(fd.get(), SOMAXCONN) == 0
              : connect(fd.get(), generic, sizeof(address)) == 0;
  if (!worked) ThrowErrno("bystander on port " + std::to_string(port));
  return fd;
}

void* Idle(void*) {
  for (;;) pause();
  return nullptr;
}

// The kernel gives the next thread the number after ns_last_pid.
void StartThreadNumbered(pid_t id) {
  WriteFile("/proc/sys/kernel/ns_last_pid", std::to_string(id - 1));
  pthread_t thread{};
  pthread_create(&thread, nullptr, Idle, nullptr);
}

// Each signal is one byte into `record`. SIGKILL and SIGSTOP cannot be recorded: those show in how
// the process ends, or that it is stopped.
[[noreturn]] void RecordSignals(int record) {
  sigset_t all;
  sigfillset(&all);
  const UniqueFd signals(signalfd(-1, &all, SFD_CLOEXEC));
  (void)!write(record, &kReady, 1);
  for (;;) {
    signalfd_siginfo info{};
    if (read(signals.get(), &info, sizeof(info)) != sizeof(info)) continue;
    const char number = static_cast<char>(info.ssi_signo);
    (void)!write(record, &number, 1);
  }
}

int Live(const BystanderOptions& options, int record) {
  setpgid(0, 0);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  UniqueFd held, connected;
  if (options.listen_on != 0) held = OpenSocket(options.listen_on, true);
  if (options.connect_to != 0) connected = OpenSocket(options.connect_to, false);
  if (options.thread_id != 0) StartThreadNumbered(options.thread_id);
  RecordSignals(record);
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
}

std::vector<std::string> Bystander::Signals() const {
  char byte = 0;
  while (read(recorded_.get(), &byte, 1) == 1) numbers_ += byte;
  std::vector<std::string> names;
  for (const char number : numbers_) names.push_back(SignalName(number));
  if (WaitForEnd(child_, Duration::zero())) names.emplace_back("the one that ended it");
  return names;
}

void Bystander::End() {
  SendSignal(child_, SIGKILL);
  Reap(child_);
}

}  // namespace pidfall
