#include "servers/worker_pool.h"

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace pidfall::servers {
namespace {

using Job = std::function<void()>;

struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> jobs;
  std::size_t workers = 0;
  std::size_t idle = 0;
  bool ending = false;
};

// Empty: the worker has to end.
Job NextJob(Shared& shared) {
  std::unique_lock lock(shared.mutex);
  ++shared.idle;
  shared.changed.wait(lock, [&] { return !shared.jobs.empty() || shared.ending; });
  --shared.idle;
  if (shared.jobs.empty()) {
    --shared.workers;
    shared.changed.notify_all();
    return nullptr;
  }
  Job job = std::move(shared.jobs.front());
  shared.jobs.pop_front();
  return job;
}

void Work(Shared& shared) {
  while (const Job job = NextJob(shared)) job();
}

// Nothing in Debian 12; in Debian 13, whether the job was taken.
using Taken = decltype(std::declval<httplib::TaskQueue&>().enqueue(Job()));

class WorkerPool : public httplib::TaskQueue {
 public:
  Taken enqueue(Job job) override {
    const std::scoped_lock lock(shared_->mutex);
    shared_->jobs.push_back(std::move(job));
    if (shared_->idle < shared_->jobs.size() && shared_->workers < kMostWorkers) StartWorker();
    shared_->changed.notify_all();
    return static_cast<Taken>(true);
  }

  void shutdown() override {
    std::unique_lock lock(shared_->mutex);
    shared_->ending = true;
    shared_->changed.notify_all();
    shared_->changed.wait_for(lock, kDrainLimit, [&] { return shared_->workers == 0; });
  }

 private:
  void StartWorker() {
    try {
      std::thread([shared = shared_] { Work(*shared); }).detach();
      ++shared_->workers;
    } catch (const std::system_error&) {
      // No thread could be started: the job waits for a worker, or for the next request to try
      // again.
    }
  }

  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace

httplib::TaskQueue* MakeWorkerPool() { return new WorkerPool; }

}  // namespace pidfall::servers
