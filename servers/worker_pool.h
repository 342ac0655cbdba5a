// The threads that answer requests: started when needed, and they never delay a stop.
//
//   server.new_task_queue = [] { return MakeWorkerPool(); };
#pragma once

#include <chrono>
#include <cstddef>

namespace httplib {
class TaskQueue;
}

namespace pidfall::servers {

inline constexpr std::size_t kMostWorkers = 16;
// How long a stop waits for current requests. A silent client would delay httplib's own pool for
// the five seconds of keep-alive.
inline constexpr std::chrono::milliseconds kDrainLimit{500};

// The caller owns it. Threads may outlive it: end the process by _exit.
httplib::TaskQueue* MakeWorkerPool();

}  // namespace pidfall::servers
