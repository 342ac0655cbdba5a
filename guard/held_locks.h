// The locks that this process holds, so that a second guard in it is refused and a forked child
// drops its copies.
//
//   HeldLock lock;
//   if (!lock.Hold(descriptor, key, Children::kInert)) ... this process holds it already ...
//
// By device and inode, never by path: two spellings of one file are one lock.
#pragma once

#include <sys/types.h>

#include <atomic>

#include "guard/descriptor.h"
#include "guard/guard.h"

namespace pidfall::guard {

struct FileKey {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileKey&) const = default;
};

bool HeldHere(const FileKey& key);

class HeldLock {
 public:
  HeldLock() = default;
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  ~HeldLock() { Drop(); }

  // Takes the locked descriptor over. False, and closes it, when this process holds the lock
  // already.
  bool Hold(Descriptor descriptor, const FileKey& key, Children children);
  // Closes the descriptor and does not unlock: an unlock would take the lock from a child, too,
  // which is still the instance under kPartOfInstance.
  void Drop();

  int fd() const { return fd_; }  // -1 in a child that is inert
  const FileKey& key() const { return key_; }
  void SetChildren(Children children) { children_ = children; }

 private:
  friend class ForkHooks;
  std::atomic<int> fd_ = -1;
  FileKey key_;
  std::atomic<Children> children_ = Children::kInert;
  HeldLock* next_ = nullptr;
};

}  // namespace pidfall::guard
