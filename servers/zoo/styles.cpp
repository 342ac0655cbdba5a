#include "servers/zoo/styles.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string>

#include "servers/zoo/console.h"
#include "servers/zoo/defects.h"
#include "servers/zoo/lock_file.h"
#include "servers/zoo/record.h"

namespace pidfall::zoo {
namespace {

class FlockOnPidFile : public Guard {
 public:
  explicit FlockOnPidFile(const Settings& settings)
      : settings_(settings), lock_(settings.pid_file) {}

  void Acquire() override {
    RefuseHostileNode(settings_.pid_file);
    lock_.Open();
    if (!lock_.Try()) {
      const pid_t owner = lock_.Owner();
      EndAsDuplicate(settings_, owner > 0 ? owner : ReadRecord(lock_.path()).pid.value_or(0));
    }
    WritePid();
  }

  // Removes it while the lock is held: a start that waits for the old file notices, and opens the
  // new one.
  void Release() override {
    unlink(settings_.pid_file.c_str());
    lock_.Close();
  }
  void LeaveToParent() override { lock_.Close(); }

 private:
  // Written over the old content, then cut: a crash in between never leaves an empty file.
  void WritePid() {
    const std::string text = RecordText(getpid());
    const auto size = static_cast<ssize_t>(text.size());
    fchmod(lock_.file(), S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
    if (pwrite(lock_.file(), text.data(), text.size(), 0) == size &&
        ftruncate(lock_.file(), size) == 0) {
      return;
    }
    const int error = errno;
    Release();
    throw Failure("cannot write", settings_.pid_file, error);
  }

  const Settings& settings_;
  LockFile lock_;
};

// As flock(1) does: the file is empty, and stays.
class LockOnly : public Guard {
 public:
  explicit LockOnly(const Settings& settings) : settings_(settings), lock_(settings.pid_file) {}

  void Acquire() override {
    if (Has(Defect::kEmptiesVictim)) {
      close(open(settings_.pid_file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    } else {
      RefuseHostileNode(settings_.pid_file);
    }
    lock_.Open();
    if (!lock_.Try()) EndAsDuplicate(settings_, lock_.Owner());
  }
  void Release() override { lock_.Close(); }
  void LeaveToParent() override { lock_.Close(); }

 private:
  const Settings& settings_;
  LockFile lock_;
};

// No file at all: the kernel frees the name when its last holder ends.
class AbstractSocket : public Guard {
 public:
  explicit AbstractSocket(const Settings& settings) : settings_(settings) {}

  void Acquire() override {
    socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) throw Failure("cannot open", Name(), errno);
    const sockaddr_un address = Address();
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (bind(socket_, generic, sizeof address) != 0) {
      if (errno == EADDRINUSE) EndAsDuplicate(settings_, Owner());
      throw Failure("cannot bind", Name(), errno);
    }
    // So that the next start can ask the kernel for our pid.
    if (listen(socket_, 1) != 0) throw Failure("cannot listen on", Name(), errno);
  }
  void Release() override { close(socket_); }
  void LeaveToParent() override { close(socket_); }

 private:
  std::string Name() const {
    const std::string what = settings_.pid_file + ":" + std::to_string(settings_.port);
    return "@pidfall-zoo-" + std::to_string(std::hash<std::string>{}(what));
  }

  sockaddr_un Address() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = Name().substr(1);
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    return address;
  }

  pid_t Owner() const {
    const sockaddr_un address = Address();
    ucred owner{};
    socklen_t size = sizeof owner;
    // Never waits: a full or stopped listener refuses the connection at once.
    const int asking = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connect(asking, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      getsockopt(asking, SOL_SOCKET, SO_PEERCRED, &owner, &size);
    }
    close(asking);
    return owner.pid;
  }

  const Settings& settings_;
  int socket_ = -1;
};

class PortOnly : public Guard {
 public:
  void Acquire() override {}
  void Release() override {}
  // By name: an upgrade replaces the program's file under the owner.
  bool IsCopy(const PortHolder& holder) const override {
    return holder.pid > 0 && holder.program == program_invocation_short_name;
  }
};

}  // namespace

std::unique_ptr<Guard> MakeFlockOnPidFile(const Settings& settings) {
  return std::make_unique<FlockOnPidFile>(settings);
}

std::unique_ptr<Guard> MakeLockOnly(const Settings& settings) {
  return std::make_unique<LockOnly>(settings);
}

std::unique_ptr<Guard> MakeAbstractSocket(const Settings& settings) {
  return std::make_unique<AbstractSocket>(settings);
}

std::unique_ptr<Guard> MakePortOnly() { return std::make_unique<PortOnly>(); }

}  // namespace pidfall::zoo
