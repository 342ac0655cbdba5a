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
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "guard/refused.h"
#include "guard/small_file.h"
#include "guard/watch.h"

namespace pidfall::guard {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint32_t kOnFolder = IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE |
                               IN_CLOSE_WRITE | IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR;

// Null where no inotify is available.
std::shared_ptr<Watching> OpenWatching(const Folder& folder) {
  auto watching = std::make_shared<Watching>();
  watching->pid = getpid();
  watching->events = Descriptor(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  watching->stop = Descriptor(eventfd(0, EFD_CLOEXEC));
  // The folder by its descriptor: its path may name another folder now.
  const std::string path = "/proc/self/fd/" + std::to_string(folder.descriptor.get());
  const bool opened = watching->events.valid() && watching->stop.valid() &&
                      inotify_add_watch(watching->events.get(), path.c_str(), kOnFolder) >= 0;
  return opened ? watching : nullptr;
}

// The program's signals must be handled by its own threads, not by ours.
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

// The trouble with one of the two files since it was last in order.
struct Trouble {
  std::string told;
  std::optional<Clock::time_point> try_again;
};

class Watcher {
 public:
  Watcher(Instance::State& state, std::shared_ptr<Watching> watching,
          std::function<void(const std::string&)> report)
      : state_(state), watching_(std::move(watching)), report_(std::move(report)) {}

  void Run() {
    pollfd events[] = {{watching_->events.get(), POLLIN, 0}, {watching_->stop.get(), POLLIN, 0}};
    // Once before the first event: something may have happened since the files were made.
    do {
      Inspect();
      Tell();  // may release the Instance: its state is not touched before the stop was looked for
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
    while ((n = read(watching_->events.get(), buffer, sizeof buffer)) > 0) {
      for (ssize_t at = 0; at < n;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        if ((event->mask & (IN_MOVE_SELF | IN_DELETE_SELF)) != 0) {
          reports_.push_back(folder_ + " was moved or removed: a contender will not meet our lock");
        }
        at += static_cast<ssize_t>(sizeof *event + event->len);
      }
    }
  }

  void Inspect() {
    const std::lock_guard lock(watching_->mutex);
    const bool locked = StillNamed(state_.folder, state_.held.key());
    Repair(&lock_trouble_, locked, &Watcher::LockAgain);
    const bool published = IsPublished(state_.folder, state_.file.key);
    Repair(&pid_trouble_, published, &Watcher::PublishAgain);
  }

  void Repair(Trouble* trouble, bool in_order, std::string (Watcher::*repair)()) {
    if (!in_order && trouble->try_again && Clock::now() < *trouble->try_again) return;
    const std::string failure = in_order ? "" : (this->*repair)();
    if (failure.empty()) {
      *trouble = {};
      return;
    }
    trouble->try_again = Clock::now() + kTryAgain;
    if (std::exchange(trouble->told, failure) != failure) reports_.push_back(failure);
  }

  // The trouble that is left; empty when there is none.
  std::string LockAgain() {
    const std::string path = state_.folder.LockPath();
    try {
      LockNode node = OpenLockNode(state_.folder, state_.options);
      if (!TryLock(state_.folder, node, state_.options.also_ofd)) {
        return path + " was replaced and another process has locked it: two may run";
      }
      if (!StillNamed(state_.folder, node.key)) return "";  // the next event calls us again
      const FileKey key = node.key;
      state_.held.Hold(std::move(node.descriptor), key, state_.options.children);
      state_.SetLockInheritance();
      state_.WriteRecord();
      reports_.push_back(path + " was removed and is made and locked again");
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
      reports_.push_back(path + " was removed or replaced and is published again");
      return "";
    } catch (const Refused& refused) {
      return path + " was removed or replaced: " + refused.reason;
    }
  }

  // With no mutex held: a report may take long.
  void Tell() {
    for (const std::string& what : std::exchange(reports_, {})) {
      if (report_) report_(what);
    }
  }

  Instance::State& state_;
  const std::shared_ptr<Watching> watching_;
  const std::string folder_ = state_.folder.path;
  std::vector<std::string> reports_;
  std::function<void(const std::string&)> report_;
  Trouble lock_trouble_;
  Trouble pid_trouble_;
};

}  // namespace

bool StartWatching(Instance::State& state, std::function<void(const std::string&)> report) {
  state.StopWatching();
  const auto watching = OpenWatching(state.folder);
  if (watching == nullptr) return false;
  auto watcher = std::make_shared<Watcher>(state, watching, std::move(report));
  // The first report may release the Instance, which then needs the thread's handle.
  const std::lock_guard lock(watching->mutex);
  try {
    const AllSignalsBlocked blocked;
    watching->thread = std::thread([watcher] { watcher->Run(); });
  } catch (const std::system_error&) {
    return false;
  }
  state.watching = watching;
  return true;
}

void Instance::State::StopWatching() {
  ForgetParentsWatcher();
  const std::shared_ptr<Watching> stopped = std::exchange(watching, nullptr);
  if (stopped == nullptr) return;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(stopped->stop.get(), &one, sizeof one);
  const bool from_report = stopped->thread.get_id() == std::this_thread::get_id();
  from_report ? stopped->thread.detach() : stopped->thread.join();
}

}  // namespace pidfall::guard
