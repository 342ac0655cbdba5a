#include "guard/test_support.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace pidfall::guard {
namespace {

constexpr int kPatienceMs = 20'000;  // for a child on a busy machine
constexpr size_t kTooMuchStack = size_t{1} << 50;

}  // namespace

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "guard-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
  folder_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Signals::Send(char byte) const { [[maybe_unused]] const ssize_t n = write(out_, &byte, 1); }

void Signals::Wait() const {
  char byte = 0;
  [[maybe_unused]] const ssize_t n = read(in_, &byte, 1);
}

Child::Child(const std::function<int(const Signals&)>& body) {
  int to_child[2];
  int to_parent[2];
  if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(to_parent, O_CLOEXEC) != 0) {
    throw std::runtime_error("pipe");
  }
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("fork");  // kill() would take -1 for every process
  if (pid_ == 0) {
    close(to_child[1]);
    close(to_parent[0]);
    _exit(body(Signals(to_child[0], to_parent[1])));
  }
  close(to_child[0]);
  close(to_parent[1]);
  in_ = to_parent[0];
  out_ = to_child[1];
}

Child::~Child() {
  Kill();
  close(in_);
  close(out_);
}

char Child::Receive() const {
  pollfd readable = {in_, POLLIN, 0};
  char byte = 0;
  if (poll(&readable, 1, kPatienceMs) != 1) {
    ADD_FAILURE() << "the child said nothing in time";
    return '\0';
  }
  return read(in_, &byte, 1) == 1 ? byte : '\0';
}

void Child::WaitReady() const { EXPECT_EQ(Receive(), 'r'); }

void Child::Go(int waits) const {
  const std::string bytes(static_cast<size_t>(waits), 'g');
  EXPECT_EQ(write(out_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

int Child::Join() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Child::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  Join();
}

ServiceManager::ServiceManager(const std::string& address) {
  sockaddr_un own = {};
  own.sun_family = AF_UNIX;
  address.copy(own.sun_path, sizeof own.sun_path);
  if (address.front() == '@') own.sun_path[0] = '\0';
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  if (bind(socket_, reinterpret_cast<const sockaddr*>(&own), length) != 0) {
    throw std::runtime_error("bind " + address);
  }
  setenv("NOTIFY_SOCKET", address.c_str(), 1);
}

ServiceManager::~ServiceManager() {
  unsetenv("NOTIFY_SOCKET");
  close(socket_);
}

bool ServiceManager::HasMore() const {
  pollfd readable = {socket_, POLLIN, 0};
  return poll(&readable, 1, 0) == 1;
}

std::string ServiceManager::Receive() const {
  pollfd readable = {socket_, POLLIN, 0};
  char text[256];
  if (poll(&readable, 1, kPatienceMs) != 1) return "";
  const ssize_t n = recv(socket_, text, sizeof text, 0);
  return {text, n > 0 ? static_cast<size_t>(n) : 0};
}

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Write(const std::string& path, const std::string& content) { std::ofstream(path) << content; }

void LetNoThreadStart() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kTooMuchStack);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

Options ForFile(const std::string& pid_file) {
  Options options;
  options.name = "Test Server";
  options.pid_file = pid_file;
  return options;
}

}  // namespace pidfall::guard
