#include "harness/stage/attention.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "harness/observe/numbers.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

int AsDescriptor(uint64_t argument) { return static_cast<int>(argument); }

// /proc/PID of another process: a check whether it lives, or what it is.
bool IsProcessFolder(const std::string& path) {
  constexpr size_t kProc = 6;
  return path.starts_with("/proc/") && path.size() > kProc &&
         isdigit(static_cast<unsigned char>(path[kProc])) != 0;
}

// False for a mapping of a program's own file or a library: it cannot write without a call.
bool CanWriteUnseen(const RawCall& call) {
  return (call.arguments[2] & PROT_WRITE) != 0 && (call.arguments[3] & MAP_SHARED) != 0;
}

int PortIn(const std::string& address) {
  sockaddr_in in{};
  if (address.size() < sizeof(in)) return 0;
  std::memcpy(&in, address.data(), sizeof(in));
  // At the same place in both.
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  return ntohs(in.sin_port);
}

std::string HostIn(const std::string& address, sa_family_t family) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const size_t at =
      family == AF_INET ? offsetof(sockaddr_in, sin_addr) : offsetof(sockaddr_in6, sin6_addr);
  const size_t size = family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
  if (address.size() < at + size) return "";
  return inet_ntop(family, address.data() + at, text.data(), text.size());
}

std::string UnixName(const std::string& address) {
  constexpr size_t kPath = offsetof(sockaddr_un, sun_path);
  if (address.size() <= kPath) return "";
  if (address[kPath] == '\0') return "@" + address.substr(kPath + 1);
  return address.substr(kPath, std::strlen(address.c_str() + kPath));
}

}  // namespace

// Where the folder does not exist, its own name.
const std::string& Attention::RealFolder(const std::string& folder) {
  const auto known = real_.find(folder);
  if (known != real_.end()) return known->second;
  std::error_code missing;
  const fs::path real = fs::canonical(folder, missing);
  return real_[folder] = missing ? folder : real.string();
}

// The same file by the name that the safeguard has for its folder: /var/run may be /run.
std::string Attention::Followed(const std::string& path) {
  std::error_code missing;
  const bool is_link = fs::is_symlink(path, missing);
  const fs::path file = is_link ? fs::weakly_canonical(path, missing) : fs::path(path);
  const std::string folder = RealFolder(file.parent_path());
  for (const std::string& its : safeguard_->folders()) {
    if (RealFolder(its) == folder) return fs::path(its) / file.filename();
  }
  return file;
}

std::string Attention::NameOfPath(const std::string& path) {
  if (path.empty() || path.front() != '/') return "";
  const std::string own = "/proc/" + std::to_string(pid_) + "/";
  if (IsProcessFolder(path) && !path.starts_with(own)) return WithoutPid(path, pid_);
  const std::string name = safeguard_->NameOf(path);
  return WithoutPid(name.empty() ? safeguard_->NameOf(Followed(path)) : name, pid_);
}

std::optional<std::string> Attention::PathObject(pid_t thread, const CallKind& kind,
                                                 const RawCall& call) {
  const auto name = [&](int path, int folder) {
    const int from = folder < 0 ? AT_FDCWD : AsDescriptor(call.arguments.at(folder));
    return NameOfPath(AbsolutePath(thread, from, call.arguments.at(path)));
  };
  const std::string first = name(kind.path, kind.folder);
  if (kind.path2 < 0) return first.empty() ? std::nullopt : std::optional(first);
  const std::string second = name(kind.path2, kind.folder2);
  if (first.empty() && second.empty()) return std::nullopt;
  return first + "," + second;
}

std::optional<std::string> Attention::DescriptorObject(pid_t thread, const CallKind& kind,
                                                       const RawCall& call) {
  if (call.number == SYS_fcntl && !IsFcntlLock(call.arguments[1])) return std::nullopt;
  if (call.number == SYS_mmap && !CanWriteUnseen(call)) return std::nullopt;
  std::string target = DescriptorTarget(thread, AsDescriptor(call.arguments.at(kind.descriptor)));
  if (const auto socket = sockets_.find(target); socket != sockets_.end()) return socket->second;
  constexpr std::string_view kDeleted = " (deleted)";
  const bool deleted = target.ends_with(kDeleted);
  if (deleted) target.resize(target.size() - kDeleted.size());
  const std::string name = NameOfPath(target);
  if (name.empty()) return std::nullopt;
  return deleted ? name + " (deleted)" : name;
}

std::optional<std::string> Attention::SocketObject(pid_t thread, const CallKind& kind,
                                                   const RawCall& call) {
  const std::string address = ReadBytes(thread, call.arguments.at(kind.address),
                                        call.arguments.at(kind.address + 1) % sizeof(sockaddr_un));
  if (address.size() < sizeof(sa_family_t)) return std::nullopt;
  sa_family_t family = 0;
  std::memcpy(&family, address.data(), sizeof(family));
  std::string object;
  if (family == AF_INET || family == AF_INET6) {
    const int port = PortIn(address);
    if (port == 0 || (port_ != 0 && port != port_)) return std::nullopt;
    object = HostIn(address, family) + " port " + (port_ != 0 ? "{port}" : std::to_string(port));
  } else if (family == AF_UNIX) {
    object = UnixName(address);
    if (!object.starts_with("@")) object = NameOfPath(object);
  }
  if (object.empty()) return std::nullopt;
  if (call.number == SYS_bind) {
    sockets_[DescriptorTarget(thread, AsDescriptor(call.arguments[0]))] = object;
  }
  return object;
}

// A signal to itself touches no other process.
std::optional<std::string> Attention::ProcessObject(const RawCall& call, int argument) const {
  const int pid = static_cast<int>(call.arguments.at(argument));
  if (pid == pid_) return std::nullopt;
  return WithoutPid(std::to_string(pid), pid_);
}

std::optional<std::string> Attention::ObjectOf(pid_t thread, const CallKind& kind,
                                               const RawCall& call) {
  if (kind.address >= 0) return SocketObject(thread, kind, call);
  if (kind.path >= 0) return PathObject(thread, kind, call);
  if (kind.process >= 0) return ProcessObject(call, kind.process);
  return DescriptorObject(thread, kind, call);
}

}  // namespace pidfall
