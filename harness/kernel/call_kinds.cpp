#include "harness/kernel/call_kinds.h"

#include <sys/syscall.h>

#include <cerrno>
#include <map>
#include <string>
#include <unordered_map>

namespace pidfall {
namespace {

// arm64 has only the newer calls, which take a folder's descriptor.
const std::vector<CallKind> kKinds = {
#ifdef SYS_open
    {SYS_open, "open", 0},
    {SYS_creat, "creat", 0},
    {SYS_stat, "stat", 0},
    {SYS_lstat, "lstat", 0},
    {SYS_access, "access", 0},
    {SYS_readlink, "readlink", 0},
    {SYS_unlink, "unlink", 0},
    {SYS_rename, "rename", 0, -1, 1},
    {SYS_link, "link", 0, -1, 1},
    {SYS_symlink, "symlink", 1},
    {SYS_mkdir, "mkdir", 0},
    {SYS_rmdir, "rmdir", 0},
    {SYS_chmod, "chmod", 0},
    {SYS_chown, "chown", 0},
    {SYS_lchown, "lchown", 0},
    {SYS_mknod, "mknod", 0},
#endif
    {SYS_openat, "openat", 1, 0},
    {SYS_openat2, "openat2", 1, 0},
    {SYS_newfstatat, "newfstatat", 1, 0},
    {SYS_statx, "statx", 1, 0},
    {SYS_faccessat, "faccessat", 1, 0},
    {SYS_faccessat2, "faccessat2", 1, 0},
    {SYS_readlinkat, "readlinkat", 1, 0},
    {SYS_unlinkat, "unlinkat", 1, 0},
    {SYS_renameat, "renameat", 1, 0, 3, 2},
    {SYS_renameat2, "renameat2", 1, 0, 3, 2},
    {SYS_linkat, "linkat", 1, 0, 3, 2},
    {SYS_symlinkat, "symlinkat", 2, 1},
    {SYS_mkdirat, "mkdirat", 1, 0},
    {SYS_mknodat, "mknodat", 1, 0},
    {SYS_fchmodat, "fchmodat", 1, 0},
    {SYS_fchownat, "fchownat", 1, 0},
    {SYS_utimensat, "utimensat", 1, 0},
    {SYS_truncate, "truncate", 0},
    {.number = SYS_read, .name = "read", .descriptor = 0},
    {.number = SYS_write, .name = "write", .descriptor = 0},
    {.number = SYS_pread64, .name = "pread64", .descriptor = 0},
    {.number = SYS_pwrite64, .name = "pwrite64", .descriptor = 0},
    {.number = SYS_readv, .name = "readv", .descriptor = 0},
    {.number = SYS_writev, .name = "writev", .descriptor = 0},
    {.number = SYS_fstat, .name = "fstat", .descriptor = 0},
    {.number = SYS_flock, .name = "flock", .descriptor = 0},
    {.number = SYS_fcntl, .name = "fcntl", .descriptor = 0},
    {.number = SYS_ftruncate, .name = "ftruncate", .descriptor = 0},
    {.number = SYS_fsync, .name = "fsync", .descriptor = 0},
    {.number = SYS_fdatasync, .name = "fdatasync", .descriptor = 0},
    {.number = SYS_fchmod, .name = "fchmod", .descriptor = 0},
    {.number = SYS_fchown, .name = "fchown", .descriptor = 0},
    {.number = SYS_fallocate, .name = "fallocate", .descriptor = 0},
    {.number = SYS_getdents64, .name = "getdents64", .descriptor = 0},
    {.number = SYS_close, .name = "close", .descriptor = 0},
    {.number = SYS_mmap, .name = "mmap", .descriptor = 4},
    {.number = SYS_bind, .name = "bind", .descriptor = 0, .address = 1},
    {.number = SYS_connect, .name = "connect", .descriptor = 0, .address = 1},
    {.number = SYS_listen, .name = "listen", .descriptor = 0},
    {.number = SYS_shutdown, .name = "shutdown", .descriptor = 0},
    {.number = SYS_kill, .name = "kill", .process = 0},
    {.number = SYS_tgkill, .name = "tgkill", .process = 0},
    {.number = SYS_tkill, .name = "tkill", .process = 0},
    {.number = SYS_pidfd_open, .name = "pidfd_open", .process = 0},
};

using Errors = std::vector<int>;

const Errors kNone;
const Errors kOpen = {EACCES, EINTR,  EIO,    ELOOP, EMFILE, ENFILE,
                      ENOENT, ENOMEM, ENOSPC, EROFS, EDQUOT};
const Errors kLooking = {EACCES, EIO, ELOOP, ENOENT, ENOMEM};
const Errors kEntry = {EACCES, EIO, ENOENT, ENOMEM, ENOSPC, EPERM, EROFS, EDQUOT};
const Errors kRemove = {EACCES, EBUSY, EIO, ENOENT, ENOMEM, EPERM, EROFS};
const Errors kMode = {EACCES, EIO, ENOENT, ENOMEM, EPERM, EROFS};
const Errors kReading = {EINTR, EIO};
const Errors kWriting = {EDQUOT, EFBIG, EINTR, EIO, ENOSPC, EPERM};
const Errors kStatus = {EIO, ENOMEM};
const Errors kLocking = {EINTR, ENOLCK, EWOULDBLOCK};
const Errors kTruncating = {EFBIG, EINTR, EIO, EPERM, EROFS};
const Errors kSyncing = {EDQUOT, EINTR, EIO, ENOSPC, EROFS};
const Errors kClosing = {EINTR, EIO, ENOSPC, EDQUOT};
const Errors kBinding = {EACCES, EADDRINUSE, EADDRNOTAVAIL, ENOMEM};
const Errors kConnecting = {EACCES, ECONNREFUSED, EINTR, ENETUNREACH, ETIMEDOUT};
const Errors kListening = {EADDRINUSE};
const Errors kSignalling = {EPERM};

const std::map<std::string, const Errors*> kErrors = {
    {"open", &kOpen},
    {"creat", &kOpen},
    {"openat", &kOpen},
    {"openat2", &kOpen},
    {"stat", &kLooking},
    {"lstat", &kLooking},
    {"newfstatat", &kLooking},
    {"statx", &kLooking},
    {"access", &kLooking},
    {"faccessat", &kLooking},
    {"faccessat2", &kLooking},
    {"readlink", &kLooking},
    {"readlinkat", &kLooking},
    {"unlink", &kRemove},
    {"unlinkat", &kRemove},
    {"rmdir", &kRemove},
    {"rename", &kEntry},
    {"renameat", &kEntry},
    {"renameat2", &kEntry},
    {"link", &kEntry},
    {"linkat", &kEntry},
    {"symlink", &kEntry},
    {"symlinkat", &kEntry},
    {"mkdir", &kEntry},
    {"mkdirat", &kEntry},
    {"mknod", &kEntry},
    {"mknodat", &kEntry},
    {"chmod", &kMode},
    {"fchmodat", &kMode},
    {"chown", &kMode},
    {"lchown", &kMode},
    {"fchownat", &kMode},
    {"fchmod", &kMode},
    {"fchown", &kMode},
    {"utimensat", &kMode},
    {"truncate", &kTruncating},
    {"ftruncate", &kTruncating},
    {"fallocate", &kWriting},
    {"read", &kReading},
    {"pread64", &kReading},
    {"readv", &kReading},
    {"getdents64", &kReading},
    {"write", &kWriting},
    {"pwrite64", &kWriting},
    {"writev", &kWriting},
    {"fstat", &kStatus},
    {"flock", &kLocking},
    {"fcntl", &kLocking},
    {"fsync", &kSyncing},
    {"fdatasync", &kSyncing},
    {"close", &kClosing},
    {"bind", &kBinding},
    {"connect", &kConnecting},
    {"listen", &kListening},
    {"kill", &kSignalling},
    {"pidfd_open", &kSignalling},
};

}  // namespace

const CallKind* KindOf(long number) {
  static const auto kByNumber = [] {
    std::unordered_map<long, const CallKind*> all;
    for (const CallKind& kind : kKinds) all.emplace(kind.number, &kind);
    return all;
  }();
  const auto found = kByNumber.find(number);
  return found == kByNumber.end() ? nullptr : found->second;
}

const std::vector<int>& ErrorsOf(const char* name) {
  const auto found = kErrors.find(name);
  return found == kErrors.end() ? kNone : *found->second;
}

}  // namespace pidfall
