#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "guard/refused.h"
#include "guard/small_file.h"
#include "guard/watch.h"

namespace pidfall::guard {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint32_t kOnFolder = IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE |
                               IN_CLOSE_WRITE | IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR;

// The folder by its descriptor: its path may name another one by now.
int WatchFolder(int notify, const Folder& folder) {
  const std::string path = "/proc/self/fd/" + std::to_string(folder.descriptor.get());
  return inotify_add_watch(notify, path.c_str(), kOnFolder);
}

// Another thread's handlers are none of ours: the program's signals stay with its own threads.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;
  ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

// One of the two files, since it was last found in order.
struct Trouble {
  std::string told;
  std::optional<Clock::time_point> try_again;
};

class Watcher {
 public:
  Watcher(Instance::State& state, Descriptor notify, std::function<void(const std::string&)> report)
      : state_(state), notify_(std::move(notify)), report_(std::move(report)) {}

  void Run() {
    pollfd events[] = {{notify_.get(), POLLIN, 0}, {state_.stop_watching.get(), POLLIN, 0}};
    // Once before the first event: something may have happened since the files were made.
    do {
      Inspect();
      while (poll(events, 2, PatienceMs()) < 0 && errno == EINTR) {
      }
      Drain();
    } while (events[1].revents == 0);
  }

 private:
  int PatienceMs() const {
    const bool trouble = lock_trouble_.try_again || pid_trouble_.try_again;
    return trouble ? static_cast<int>(kTryAgain.count()) : -1;
  }

  void Drain() {
    alignas(inotify_event) char buffer[4096];
    ssize_t n = 0;
    while ((n = read(notify_.get(), buffer, sizeof buffer)) > 0) {
      for (ssize_t at = 0; at < n;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        if ((event->mask & (IN_MOVE_SELF | IN_DELETE_SELF)) != 0) {
          Report(state_.folder.path + " was moved or removed: a contender will not meet our lock");
        }
        at += static_cast<ssize_t>(sizeof *event + event->len);
      }
    }
  }

  void Inspect() {
    const std::lock_guard lock(state_.mutex);
    const bool locked = StillNamed(state_.folder, state_.held.key());
    Mend(&lock_trouble_, locked, &Watcher::LockAgain);
    const bool published = IsPublished(state_.folder, state_.file.key);
    Mend(&pid_trouble_, published, &Watcher::PublishAgain);
  }

  void Mend(Trouble* trouble, bool in_order, std::string (Watcher::*mend)()) {
    if (!in_order && trouble->try_again && Clock::now() < *trouble->try_again) return;
    const std::string failure = in_order ? "" : (this->*mend)();
    if (failure.empty()) {
      *trouble = {};
      return;
    }
    trouble->try_again = Clock::now() + kTryAgain;
    if (std::exchange(trouble->told, failure) != failure) Report(failure);
  }

  // What is wrong still; empty when nothing is.
  std::string LockAgain() {
    const std::string path = state_.folder.LockPath();
    try {
      LockNode node = OpenLockNode(state_.folder, state_.options);
      if (!TryLock(state_.folder, node, state_.options.also_ofd)) {
        return path + " was replaced and another process has locked it: two may run";
      }
      if (!StillNamed(state_.folder, node.key)) return "";  // the next event brings us back
      const FileKey key = node.key;
      state_.held.Hold(std::move(node.descriptor), key, state_.options.children);
      state_.SetLockInheritance();
      state_.WriteRecord();
      Report(path + " was removed and is made and locked again");
      return "";
    } catch (const Refused& refused) {
      return path + " was removed: " + refused.reason;
    }
  }

  bool NamesAnotherLiveProcess() const {
    const auto text = ReadFileAt(state_.folder.descriptor.get(), state_.folder.pid_name);
    const auto pid = text ? ParsePid(*text) : std::nullopt;
    if (!pid || *pid == state_.self.pid) return false;
    const Descriptor process = OpenProcess(*pid);
    return process.valid() && Alive(process);
  }

  std::string PublishAgain() {
    const std::string path = state_.folder.PidPath();
    if (NamesAnotherLiveProcess()) {
      return path + " names another live process; it is left as it is";
    }
    try {
      state_.PublishAndRecord();
      Report(path + " was removed or replaced and is published again");
      return "";
    } catch (const Refused& refused) {
      return path + " was removed or replaced: " + refused.reason;
    }
  }

  void Report(const std::string& what) const {
    if (report_) report_(what);
  }

  Instance::State& state_;
  Descriptor notify_;
  std::function<void(const std::string&)> report_;
  Trouble lock_trouble_;
  Trouble pid_trouble_;
};

}  // namespace

bool StartWatching(Instance::State& state, std::function<void(const std::string&)> report) {
  state.StopWatching();
  Descriptor notify(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!notify.valid() || WatchFolder(notify.get(), state.folder) < 0) return false;
  state.stop_watching = Descriptor(eventfd(0, EFD_CLOEXEC));
  if (!state.stop_watching.valid()) return false;
  auto watcher = std::make_shared<Watcher>(state, std::move(notify), std::move(report));
  state.watcher_pid = getpid();
  try {
    const AllSignalsBlocked blocked;
    state.watcher = std::thread([watcher] { watcher->Run(); });
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

// A forked child has the thread's handle and not the thread.
void Instance::State::StopWatching() {
  if (!watcher.joinable()) return;
  if (watcher_pid != getpid()) return watcher.detach();
  const uint64_t one = 1;
  if (write(stop_watching.get(), &one, sizeof one) == sizeof one) watcher.join();
}

}  // namespace pidfall::guard
