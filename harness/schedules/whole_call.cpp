#include "harness/schedules/whole_call.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

// A guard writes little; some guards read with a large buffer.
constexpr size_t kMostInput = 16 << 10, kMostOutput = 128 << 10;

const std::unordered_map<long, const char*> kRoles = {
#ifdef SYS_open
    {SYS_open, "pvv"},       {SYS_creat, "pv"},        {SYS_stat, "ps"},
    {SYS_lstat, "ps"},       {SYS_access, "pv"},       {SYS_readlink, "pov"},
    {SYS_unlink, "p"},       {SYS_rename, "pp"},       {SYS_link, "pp"},
    {SYS_symlink, "tp"},     {SYS_mkdir, "pv"},        {SYS_rmdir, "p"},
    {SYS_chmod, "pv"},       {SYS_chown, "pvv"},       {SYS_lchown, "pvv"},
#endif
    {SYS_openat, "fpvv"},    {SYS_newfstatat, "fpsv"}, {SYS_statx, "fpvvx"},
    {SYS_faccessat, "fpv"},  {SYS_faccessat2, "fpvv"}, {SYS_readlinkat, "fpov"},
    {SYS_unlinkat, "fpv"},   {SYS_renameat, "fpfp"},   {SYS_renameat2, "fpfpv"},
    {SYS_linkat, "fpfpv"},   {SYS_symlinkat, "tfp"},   {SYS_mkdirat, "fpv"},
    {SYS_fchmodat, "fpv"},   {SYS_fchownat, "fpvvv"},  {SYS_read, "dov"},
    {SYS_write, "div"},      {SYS_pread64, "dovv"},    {SYS_pwrite64, "divv"},
    {SYS_fstat, "ds"},       {SYS_getdents64, "dev"},  {SYS_flock, "dv"},
    {SYS_fcntl, "dvl"},      {SYS_ftruncate, "dv"},    {SYS_fsync, "d"},
    {SYS_fdatasync, "d"},    {SYS_fchmod, "dv"},       {SYS_fchown, "dvv"},
    {SYS_fallocate, "dvvv"}, {SYS_lseek, "dvv"},       {SYS_close, "d"},
    {SYS_bind, "dav"},       {SYS_connect, "dav"},     {SYS_listen, "dv"},
    {SYS_shutdown, "dv"},    {SYS_kill, "vv"},         {SYS_umask, "v"},
};

int AsDescriptor(uint64_t argument) { return static_cast<int>(argument); }

int OptionOf(int socket, int level, int name) {
  int value = 0;
  socklen_t size = sizeof(value);
  return getsockopt(socket, level, name, &value, &size) == 0 ? value : 0;
}

std::optional<SocketKind> SocketOf(pid_t thread, int descriptor) {
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, thread, 0)));
  const UniqueFd socket(static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), descriptor, 0)));
  if (!socket) return std::nullopt;
  SocketKind kind{.domain = OptionOf(socket.get(), SOL_SOCKET, SO_DOMAIN),
                  .type = OptionOf(socket.get(), SOL_SOCKET, SO_TYPE),
                  .protocol = OptionOf(socket.get(), SOL_SOCKET, SO_PROTOCOL),
                  .reuses_address = OptionOf(socket.get(), SOL_SOCKET, SO_REUSEADDR),
                  .reuses_port = OptionOf(socket.get(), SOL_SOCKET, SO_REUSEPORT)};
  // Else a connect that would be told of later blocks.
  if ((fcntl(socket.get(), F_GETFL) & O_NONBLOCK) != 0) kind.type |= SOCK_NONBLOCK;
  if (kind.domain == AF_INET6) {
    kind.only_ipv6 = OptionOf(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  }
  return kind;
}

// Without the padding, and without the pid where the kernel does not look at it: both are whatever
// was in memory.
std::string CleanLock(const std::string& bytes, bool with_pid) {
  struct flock given {};
  std::memcpy(&given, bytes.data(), std::min(bytes.size(), sizeof(given)));
  struct flock clean;
  std::memset(&clean, 0, sizeof(clean));
  clean.l_type = given.l_type;
  clean.l_whence = given.l_whence;
  clean.l_start = given.l_start;
  clean.l_len = given.l_len;
  if (with_pid) clean.l_pid = given.l_pid;
  return {reinterpret_cast<const char*>(&clean), sizeof(clean)};
}

bool IsOfdLock(uint64_t command) {
  return IsOneOf(static_cast<long>(command), {F_OFD_SETLK, F_OFD_SETLKW, F_OFD_GETLK});
}

bool AsksForALock(const WholeCall& whole) {
  return IsOneOf(static_cast<long>(whole.values[1]), {F_GETLK, F_OFD_GETLK});
}

// Fills the arguments of one call from a stopped thread's memory.
class WholeCallReader {
 public:
  WholeCallReader(pid_t thread, const RawCall& call, Descriptors& descriptors, WholeCall& whole)
      : thread_(thread), call_(call), descriptors_(descriptors), whole_(whole) {}

  // False: it cannot be told.
  bool Read(size_t i) {
    switch (whole_.RoleOf(i)) {
      case Role::kValue:
        whole_.values[i] = call_.arguments[i];
        if (names_descriptor_ && i == *FlagsOfStat()) whole_.values[i] |= AT_EMPTY_PATH;
        return true;
      case Role::kFolder:
        return ReadFolder(i);
      case Role::kPath:
        return whole_.contents[i].empty() ? ReadPath(i, AT_FDCWD) : true;
      case Role::kText:
        if (!names_descriptor_) whole_.contents[i] = ReadText(thread_, call_.arguments[i]);
        return true;
      case Role::kDescriptor:
        return ReadDescriptor(i, AsDescriptor(call_.arguments[i]));
      case Role::kInput:
      case Role::kAddress:
        return ReadInput(i, call_.arguments[i + 1]);
      case Role::kLock:
        return ReadLock(i);
      case Role::kOutput:
      case Role::kEntries:
        return call_.arguments[i + 1] <= kMostOutput;
      default:
        return true;
    }
  }

 private:
  // The index of the flags of a stat that can be given a descriptor.
  std::optional<size_t> FlagsOfStat() const {
    if (call_.number == SYS_newfstatat) return 3;
    if (call_.number == SYS_statx) return 2;
    return std::nullopt;
  }

  // A path like /dev/fd/9 leads each process to another file.
  bool ReadNamedDescriptor(size_t i, int descriptor) {
    const auto flags = FlagsOfStat();
    if (!flags || (call_.arguments[*flags] & AT_SYMLINK_NOFOLLOW) != 0) return false;
    names_descriptor_ = true;
    return ReadByDescriptor(i, descriptor);
  }

  bool ReadByDescriptor(size_t i, int descriptor) {
    whole_.roles[i] = static_cast<char>(Role::kDescriptor);
    whole_.roles[i + 1] = static_cast<char>(Role::kText);
    return ReadDescriptor(i, descriptor);
  }

  bool ReadPath(size_t i, int folder) {
    if (DescriptorIn(ReadText(thread_, call_.arguments[i]))) return false;
    whole_.contents[i] = AbsolutePath(thread_, folder, call_.arguments[i]);
    return !whole_.contents[i].empty();
  }

  // An absolute path needs no folder; an empty one means the descriptor itself (AT_EMPTY_PATH).
  bool ReadFolder(size_t i) {
    const int folder = AsDescriptor(call_.arguments[i]);
    const std::string path = ReadText(thread_, call_.arguments[i + 1]);
    if (const auto own = DescriptorIn(path)) return ReadNamedDescriptor(i, *own);
    return path.empty() ? ReadByDescriptor(i, folder) : ReadPath(i + 1, folder);
  }

  bool ReadDescriptor(size_t i, int descriptor) {
    auto number = descriptors_.NumberOf(descriptor);
    if (!number && IsOneOf(call_.number, {SYS_bind, SYS_connect})) {
      whole_.socket = SocketOf(thread_, descriptor);
      if (whole_.socket) number = descriptors_.Add(descriptor);
    }
    whole_.values[i] = static_cast<uint64_t>(number.value_or(0));
    return number.has_value();
  }

  bool ReadInput(size_t i, uint64_t size) {
    if (size > kMostInput) return false;
    whole_.contents[i] = ReadBytes(thread_, call_.arguments[i], size);
    return whole_.contents[i].size() == size;
  }

  bool ReadLock(size_t i) {
    if (!ReadInput(i, sizeof(struct flock))) return false;
    whole_.contents[i] = CleanLock(whole_.contents[i], IsOfdLock(call_.arguments[1]));
    return true;
  }

  pid_t thread_;
  const RawCall& call_;
  Descriptors& descriptors_;
  WholeCall& whole_;
  bool names_descriptor_ = false;
};

// The mode of an open that makes nothing is whatever was in the register.
void ForgetAnUnusedMode(WholeCall& whole) {
  const size_t flags = whole.number == SYS_openat ? 2 : 1;
  const bool opens = whole.number == SYS_openat || whole.roles == "pvv";
  if (!opens || !whole.Opens()) return;
  const uint64_t given = whole.values[flags];
  // O_TMPFILE holds the bit of O_DIRECTORY.
  const bool makes = (given & O_CREAT) != 0 || (given & O_TMPFILE) == O_TMPFILE;
  if (!makes) whole.values[flags + 1] = 0;
}

std::string FileText(SeenFiles& seen, uint64_t device, uint64_t inode, uint64_t mode,
                     uint64_t links, uint64_t size, uint64_t owner) {
  return fmt::format("file {} mode {:o} links {} size {} owner {}", seen.NumberOf(device, inode),
                     mode, links, size, owner);
}

std::string StatText(const std::string& bytes, SeenFiles& seen) {
  struct stat info {};
  std::memcpy(&info, bytes.data(), std::min(bytes.size(), sizeof(info)));
  return FileText(seen, info.st_dev, info.st_ino, info.st_mode, info.st_nlink,
                  static_cast<uint64_t>(info.st_size), info.st_uid);
}

std::string StatxText(const std::string& bytes, SeenFiles& seen) {
  struct statx info {};
  std::memcpy(&info, bytes.data(), std::min(bytes.size(), sizeof(info)));
  const uint64_t device = (uint64_t{info.stx_dev_major} << 32U) | info.stx_dev_minor;
  return FileText(seen, device, info.stx_ino, info.stx_mode, info.stx_nlink, info.stx_size,
                  info.stx_uid);
}

// Their names alone: the kernel's order of them is the same for all.
std::string EntriesText(const std::string& bytes) {
  struct Entry {
    uint64_t inode;
    int64_t next;
    uint16_t size;
    uint8_t type;
    char name[1];
  };
  std::string text;
  for (size_t at = 0; at + sizeof(Entry) <= bytes.size();) {
    uint16_t size = 0;
    std::memcpy(&size, bytes.data() + at + offsetof(Entry, size), sizeof(size));
    text += std::string(bytes.c_str() + at + offsetof(Entry, name)) + "/";
    if (size == 0) break;
    at += size;
  }
  return text;
}

size_t SizeOfOutput(const WholeCall& whole, size_t i, const RawCall& call) {
  switch (whole.RoleOf(i)) {
    case Role::kOutput:
    case Role::kEntries:
      return static_cast<size_t>(call.result);
    case Role::kStat:
      return sizeof(struct stat);
    case Role::kStatx:
      return sizeof(struct statx);
    case Role::kLock:
      return sizeof(struct flock);
    default:
      return 0;
  }
}

}  // namespace

bool IsOneOf(long number, std::initializer_list<long> all) {
  return std::find(all.begin(), all.end(), number) != all.end();
}

bool WholeCall::Opens() const {
#ifdef SYS_open
  if (IsOneOf(number, {SYS_open, SYS_creat})) return true;
#endif
  return number == SYS_openat;
}

WholeCall CloseOf(int file) {
  return {.number = SYS_close, .roles = "d", .values = {static_cast<uint64_t>(file)}};
}

WholeCall NoChange() { return {.number = SYS_sched_yield}; }

std::optional<WholeCall> WholeCallOf(pid_t thread, const RawCall& call, Descriptors& descriptors) {
  const auto roles = kRoles.find(call.number);
  if (roles == kRoles.end()) return std::nullopt;
  WholeCall whole{.number = call.number, .roles = roles->second};
  if (call.number == SYS_fcntl && !IsFcntlLock(call.arguments[1])) whole.roles = "dvv";
  WholeCallReader reader(thread, call, descriptors, whole);
  for (size_t i = 0; i < whole.roles.size(); ++i) {
    if (!reader.Read(i)) return std::nullopt;
  }
  ForgetAnUnusedMode(whole);
  return whole;
}

CallOutput OutputOf(pid_t thread, const WholeCall& whole, const RawCall& call) {
  CallOutput output;
  if (call.result < 0) return output;
  for (size_t i = 0; i < whole.roles.size(); ++i) {
    const size_t size = SizeOfOutput(whole, i, call);
    if (size > 0) output[i] = ReadBytes(thread, call.arguments[i], size);
  }
  return output;
}

int SeenFiles::NumberOf(uint64_t device, uint64_t inode) {
  const int next = static_cast<int>(numbers_.size()) + 1;
  return numbers_.try_emplace({device, inode}, next).first->second;
}

std::string ResultOf(const WholeCall& whole, int64_t result, const CallOutput& output,
                     SeenFiles& seen) {
  if (result < 0) return fmt::format("error {}", -result);
  std::string text = whole.Opens() ? "a descriptor" : std::to_string(result);
  for (size_t i = 0; i < whole.roles.size(); ++i) {
    const Role role = whole.RoleOf(i);
    if (role == Role::kStat) text += " " + StatText(output[i], seen);
    if (role == Role::kStatx) text += " " + StatxText(output[i], seen);
    if (role == Role::kEntries) text += " " + EntriesText(output[i]);
    if (role == Role::kLock && AsksForALock(whole)) text += " " + CleanLock(output[i], true);
    if (role == Role::kOutput) text += " " + output[i];
  }
  return text;
}

}  // namespace pidfall
