// A small server that keeps the safeguard contract: one instance, kept by a lock of the kernel.
//
//   c++ -std=c++20 -O2 -pthread -o serve serve.cpp
//   serve --port 8767 --pid-file /home/me/.serve.pid [--host 127.0.0.1]
//         [--on-duplicate exit|wait] [--duplicate-exit 0]
//
// Status 0: ended by SIGTERM or SIGINT. The duplicate's, 0 unless set: another copy serves.
// 2: bad usage. 69: the port is taken. 74: the files can't be used. Linux.
//
// The library pidfall::guard does the same and more: see guard/guard.h.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr int kBadUsage = 2, kPortTaken = 69, kTrouble = 74;
constexpr int kPortTries = 50, kBetweenTriesMs = 10;  // a killed owner's port closes after its lock

struct End {
  int status;
  std::string message;
};

[[noreturn]] void Fail(const std::string& what, int error, int status = kTrouble) {
  throw End{status, what + ": " + strerror(error)};
}

// Only the status counts: a message that can't be written must not change it.
void Say(const std::string& text) {
  const std::string line = "serve: " + text + "\n";
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) return;
}

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    const int before = errno;
    if (fd_ >= 0) close(fd_);
    errno = before;
  }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool IsNamed(const Fd& fd, const std::string& path) {
  struct stat ours, named;
  return fstat(fd.get(), &ours) == 0 && lstat(path.c_str(), &named) == 0 &&
         ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

struct Options {
  std::string host = "127.0.0.1";
  int port = 0;
  std::string pid_file;
  bool stands_by = false;
  int duplicate_exit = 0;
};

// --- lock file: it alone decides. Made once, never removed, never renamed.

// O_NOFOLLOW and O_NONBLOCK: a symlink or a FIFO is refused, not waited on. O_CLOEXEC: no program
// that we start keeps the lock after us.
Fd OpenLock(const std::string& path) {
  constexpr int kHow = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  Fd fd(open(path.c_str(), kHow, 0600));
  struct stat status;
  if (!fd.valid() || fstat(fd.get(), &status) != 0) Fail("cannot open " + path, errno);
  if (S_ISREG(status.st_mode) && status.st_nlink <= 1) return fd;
  throw End{kTrouble, path + " is no plain file: left as it is; look who put it there"};
}

// For the message only: a pid in a file makes no owner; check the process before you kill it.
std::string WhoRuns(const std::string& pid_file) {
  char text[16] = "";
  const Fd fd(open(pid_file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  const ssize_t length = fd.valid() ? read(fd.get(), text, sizeof text) : 0;
  int pid = 0;
  std::from_chars(text, text + std::max<ssize_t>(length, 0), pid);
  if (pid <= 0) return "already running (PID not known); to see it: fuser -v " + pid_file + ".lock";
  const std::string number = std::to_string(pid);
  return "already running (PID " + number +
         "); look at it before you end it: ps -o pid,lstart,args -p " + number;
}

// The lock is held for as long as the result lives.
Fd TakeLock(const Options& options) {
  const std::string path = options.pid_file + ".lock";
  for (;;) {
    Fd fd = OpenLock(path);
    const bool busy = flock(fd.get(), LOCK_EX | LOCK_NB) != 0;
    if (busy && errno != EWOULDBLOCK) Fail("cannot lock " + path, errno);
    if (busy && !options.stands_by) throw End{options.duplicate_exit, WhoRuns(options.pid_file)};
    if (busy) Say("standing by: " + WhoRuns(options.pid_file));
    if (busy && flock(fd.get(), LOCK_EX) != 0) Fail("cannot lock " + path, errno);
    if (IsNamed(fd, path)) return fd;
    // The file was removed meanwhile: our lock keeps nobody out.
  }
}

// --- pid file: for people and tools. Published whole, by rename; removed only while it is ours.

class PidFile {
 public:
  explicit PidFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".new") {
    struct stat there;
    if (lstat(path_.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
      throw End{kTrouble, path_ + " is no plain file: left as it is; look who put it there"};
    }
    unlink(temporary_.c_str());  // of a start that was killed: only the lock's holder writes it
    fd_ = Fd(open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd_.valid()) Fail("cannot make " + temporary_, errno);
    const std::string line = std::to_string(getpid()) + "\n";
    errno = ENOSPC;  // of a short write
    const auto whole = static_cast<ssize_t>(line.size());
    if (write(fd_.get(), line.data(), line.size()) == whole &&
        rename(temporary_.c_str(), path_.c_str()) == 0) {
      return;
    }
    const int error = errno;
    unlink(temporary_.c_str());
    Fail("cannot write " + temporary_, error);
  }
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;
  ~PidFile() {
    if (IsNamed(fd_, path_)) unlink(path_.c_str());
  }

 private:
  std::string path_, temporary_;
  Fd fd_;  // open, so that no later file can have its inode
};

// --- port: both loopbacks or every address, so that no second server hides behind the other name

std::vector<std::string> Addresses(const std::string& host) {
  if (host == "localhost" || host == "127.0.0.1" || host == "::1") return {"127.0.0.1", "::1"};
  if (host.empty() || host == "0.0.0.0" || host == "::") return {"::"};
  return {host};
}

// Not valid and errno set: it failed.
Fd Bind(const std::string& address, int port) {
  sockaddr_in6 six = {};
  sockaddr_in four = {};
  const bool is_six = inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) == 1;
  errno = EINVAL;
  if (!is_six && inet_pton(AF_INET, address.c_str(), &four.sin_addr) != 1) return Fd();
  six.sin6_family = AF_INET6;
  four.sin_family = AF_INET;
  six.sin6_port = four.sin_port = htons(static_cast<uint16_t>(port));
  Fd fd(socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1, only_six = address != "::";
  // Never SO_REUSEPORT: it lets a second server have the same port.
  if (!fd.valid() || setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) {
    return Fd();
  }
  if (is_six) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_six, sizeof only_six);
  const auto* to = is_six ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
  const socklen_t size = is_six ? sizeof six : sizeof four;
  return bind(fd.get(), to, size) == 0 ? std::move(fd) : Fd();
}

// All are bound before the first one listens: so it serves on all or on none (and errno is set).
std::vector<Fd> Listen(const Options& options) {
  std::vector<Fd> listeners;
  for (const std::string& address : Addresses(options.host)) {
    Fd bound = Bind(address, options.port);
    const bool six_is_off = errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT;
    if (!bound.valid() && !listeners.empty() && six_is_off) continue;
    if (!bound.valid()) return {};
    listeners.push_back(std::move(bound));
  }
  for (const Fd& listener : listeners) {
    if (listen(listener.get(), 128) != 0) return {};
  }
  return listeners;
}

std::set<std::string> ListeningSockets(int port) {
  constexpr unsigned kListen = 0x0A;
  std::set<std::string> sockets;
  for (const char* name : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream table(name);
    for (std::string line; std::getline(table, line);) {
      unsigned at = 0, state = 0;
      unsigned long inode = 0;
      if (sscanf(line.c_str(), " %*d: %*[0-9A-F]:%x %*s %x %*s %*s %*s %*s %*s %lu", &at, &state,
                 &inode) == 3 &&
          state == kListen && at == static_cast<unsigned>(port)) {
        sockets.insert("socket:[" + std::to_string(inode) + "]");
      }
    }
  }
  return sockets;
}

// The program that has the port, as far as this user may see.
std::string ListenerOn(int port) {
  const auto sockets = ListeningSockets(port);
  std::error_code hidden;
  for (const auto& process : fs::directory_iterator("/proc", hidden)) {
    for (fs::directory_iterator fd(process.path() / "fd", hidden), end; fd != end;
         fd.increment(hidden)) {
      if (!sockets.contains(fs::read_symlink(fd->path(), hidden).string())) continue;
      std::string name;
      std::getline(std::ifstream(process.path() / "comm"), name);
      return "PID " + process.path().filename().string() + " (" + name + ")";
    }
  }
  return "a program that only root sees: sudo ss -ltnp 'sport = :" + std::to_string(port) + "'";
}

std::vector<Fd> ListenPatiently(const Options& options) {
  const std::string where = options.host + " port " + std::to_string(options.port);
  for (int tries = 0;; ++tries) {
    auto listeners = Listen(options);
    if (!listeners.empty()) return listeners;
    if (errno != EADDRINUSE) Fail("cannot listen on " + where, errno);
    if (tries == kPortTries) {
      throw End{kPortTaken, where + " is in use by " + ListenerOn(options.port)};
    }
    poll(nullptr, 0, kBetweenTriesMs);
  }
}

// --- the server

void Answer(const Fd& client) {
  char text[256];
  if (read(client.get(), text, sizeof text) <= 0) return;
  const std::string answer =
      "HTTP/1.0 200 OK\r\n\r\nserved by PID " + std::to_string(getpid()) + "\n";
  send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
}

void Accept(int listener) {
  for (;;) {
    Fd client(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (!client.valid() && errno == EINVAL) return;  // shut down
    if (!client.valid()) {
      poll(nullptr, 0, kBetweenTriesMs);  // out of descriptors, say
      continue;
    }
    try {
      std::thread([mine = std::move(client)] { Answer(mine); }).detach();
    } catch (const std::system_error&) {
      continue;  // out of threads: this client goes
    }
  }
}

void ServeUntilStopped(const Options& options, const sigset_t& stop_signals) {
  const auto listeners = ListenPatiently(options);
  std::vector<std::jthread> threads;
  for (const Fd& listener : listeners) threads.emplace_back(Accept, listener.get());
  Say("running on http://" + options.host + ":" + std::to_string(options.port) + "/ (PID " +
      std::to_string(getpid()) + ")");
  int taken = 0;
  sigwait(&stop_signals, &taken);
  for (const Fd& listener : listeners) shutdown(listener.get(), SHUT_RDWR);
}

int Number(std::string_view text, int least, int most) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end && number >= least && number <= most) return number;
  throw End{kBadUsage, std::string(text) + " is not a number from " + std::to_string(least) +
                           " to " + std::to_string(most)};
}

[[noreturn]] void Usage() {
  throw End{kBadUsage,
            "usage: serve --port N --pid-file PATH [--host ADDRESS] [--on-duplicate exit|wait] "
            "[--duplicate-exit N]"};
}

Options Parse(const std::vector<std::string>& words) {
  Options options;
  if (words.size() % 2 != 0) Usage();
  for (size_t i = 0; i < words.size(); i += 2) {
    const std::string &name = words[i], &value = words[i + 1];
    if (name == "--host") {
      options.host = value;
    } else if (name == "--port") {
      options.port = Number(value, 1, 65535);
    } else if (name == "--pid-file") {
      options.pid_file = value;
    } else if (name == "--on-duplicate" && (value == "wait" || value == "exit")) {
      options.stands_by = value == "wait";
    } else if (name == "--duplicate-exit") {
      options.duplicate_exit = Number(value, 0, 255);
    } else {
      Usage();
    }
  }
  if (options.port == 0 || options.pid_file.empty()) Usage();
  return options;
}

// Started with its output closed: no file of ours may become descriptor 1.
void KeepStandardDescriptors() {
  for (int fd = 0; fd <= STDERR_FILENO;) {
    fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0) Fail("cannot open /dev/null", errno);
    if (fd > STDERR_FILENO) close(fd);
  }
}

void Run(const Options& options) {
  KeepStandardDescriptors();
  const Fd lock = TakeLock(options);
  sigset_t stop_signals;  // from here on they are waited for
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  const PidFile pid_file(options.pid_file);
  ServeUntilStopped(options, stop_signals);
}

}  // namespace

int main(int count, char** words) {
  for (const int stop : {SIGTERM, SIGINT}) {
    signal(stop, [](int) { _exit(0); });  // nothing is to be undone until the pid file is published
  }
  signal(SIGPIPE, SIG_IGN);
  try {
    Run(Parse({words + 1, words + count}));
    return 0;
  } catch (const End& end) {
    Say(end.message);
    return end.status;
  } catch (const std::exception& error) {
    Say(error.what());
    return kTrouble;
  }
}
