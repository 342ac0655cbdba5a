#include "guard/held_locks.h"

#include <pthread.h>
#include <unistd.h>

#include <mutex>

namespace pidfall::guard {

// An intrusive list, not a container: the child's hook must not call an allocator.
class ForkHooks {
 public:
  static ForkHooks& Get() {
    static ForkHooks hooks;
    return hooks;
  }

  bool Holds(const FileKey& key) {
    const std::lock_guard lock(mutex_);
    return Find(key) != nullptr;
  }

  bool Add(HeldLock* held) {
    const std::lock_guard lock(mutex_);
    if (Find(held->key_) != nullptr) return false;
    held->next_ = first_;
    first_ = held;
    return true;
  }

  void Remove(const HeldLock* held) {
    const std::lock_guard lock(mutex_);
    for (HeldLock** at = &first_; *at != nullptr; at = &(*at)->next_) {
      if (*at != held) continue;
      *at = held->next_;
      return;
    }
  }

 private:
  // The mutex is held during the fork, so that the child never sees a half-changed list.
  ForkHooks() { pthread_atfork(&BeforeFork, &AfterFork, &InChild); }
  static void BeforeFork() { Get().mutex_.lock(); }
  static void AfterFork() { Get().mutex_.unlock(); }
  static void InChild() {
    Get().CloseInert();
    Get().mutex_.unlock();
  }

  void CloseInert() {
    for (HeldLock* held = first_; held != nullptr; held = held->next_) {
      if (held->children_ == Children::kInert) close(held->fd_.exchange(-1));
    }
  }

  HeldLock* Find(const FileKey& key) {
    HeldLock* held = first_;
    while (held != nullptr && (held->fd_ < 0 || held->key_ != key)) held = held->next_;
    return held;
  }

  std::mutex mutex_;
  HeldLock* first_ = nullptr;
};

bool HeldHere(const FileKey& key) { return ForkHooks::Get().Holds(key); }

bool HeldLock::Hold(Descriptor descriptor, const FileKey& key, Children children) {
  Drop();
  key_ = key;
  children_ = children;
  fd_ = descriptor.get();
  if (!ForkHooks::Get().Add(this)) {
    fd_ = -1;
    return false;
  }
  descriptor.Release();
  return true;
}

void HeldLock::Drop() {
  ForkHooks::Get().Remove(this);
  const int fd = fd_.exchange(-1);
  if (fd >= 0) close(fd);
}

}  // namespace pidfall::guard
