#include "harness/run/pool.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <deque>
#include <sstream>
#include <stdexcept>

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr const char* kTold = "told";
constexpr const char* kThrew = "threw";

std::atomic<bool> interrupted = false;

// In the sandbox: the pipe that takes a line for each news, and then the result. -1: elsewhere.
int pipe_of_the_story = -1;

std::string Line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// In the sandbox.
std::string Message(const Story& story, const World& world) {
  json message;
  pipe_of_the_story = world.result;
  try {
    message[kTold] = story.tell(world);
  } catch (const std::exception& error) {
    message = {{kThrew, error.what()}};
  }
  return Line(message);
}

StoryResult Understand(const std::string& heard) {
  const json message = json::parse(heard, nullptr, false);
  if (message.is_discarded()) return {.error = "its own process ended before it had told a result"};
  if (message.contains(kThrew)) return {.error = message[kThrew]};
  return {.told = message[kTold]};
}

// How many processes the kernel has killed since the boot because memory was short.
std::string OutOfMemoryKills() {
  std::istringstream counters(ReadOrEmpty("/proc/vmstat"));
  for (std::string line; std::getline(counters, line);) {
    if (line.starts_with("oom_kill ")) return line;
  }
  return "";
}

// A signal between the check of the flag and the wait would not end the wait. So it is blocked
// until the wait itself unblocks it.
class InterruptsHeld {
 public:
  InterruptsHeld() {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, signal);
    sigprocmask(SIG_BLOCK, &held, &before_);
  }
  ~InterruptsHeld() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  InterruptsHeld(const InterruptsHeld&) = delete;
  InterruptsHeld& operator=(const InterruptsHeld&) = delete;

  void Wait(std::vector<pollfd>& events, Duration at_most) const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at_most);
    const timespec left{seconds.count(), (at_most - seconds).count()};
    ppoll(events.data(), events.size(), &left, &before_);
  }

 private:
  sigset_t before_{};
};

// One story that runs.
struct Running {
  std::size_t index = 0;
  Duration bound{};
  Clock::time_point began = Clock::now();
  Sandbox sandbox = {};
  std::string heard = {};

  bool IsOver() const { return Clock::now() - began >= bound; }

  // True at the end of its message.
  bool Hear(const std::function<void(std::size_t, const json&)>& on_news) {
    std::array<char, 4096> chunk{};
    const ssize_t n = read(sandbox.result(), chunk.data(), chunk.size());
    if (n > 0) heard.append(chunk.data(), static_cast<std::size_t>(n));
    for (std::size_t end = 0; (end = heard.find('\n')) != std::string::npos;) {
      if (on_news) on_news(index, json::parse(heard.substr(0, end)));
      heard.erase(0, end + 1);
    }
    return n == 0 || (n < 0 && errno != EINTR);
  }
};

class Pool {
 public:
  Pool(const std::vector<Story>& stories, const PoolOptions& options,
       const std::function<void(std::size_t, const StoryResult&)>& on_end)
      : stories_(stories),
        at_once_(static_cast<std::size_t>(options.at_once)),
        until_(options.until.value_or(Clock::time_point::max())),
        on_news_(options.on_news),
        on_end_(on_end) {}

  void Run() {
    while (GoesOn() && (next_ < stories_.size() || !running_.empty())) {
      while (next_ < stories_.size() && running_.size() < at_once_) StartNext();
      HearSome();
    }
    for (Running& running : running_) running.sandbox.Close();
    if (!Interrupted()) TellOfTheRest();
  }

 private:
  bool GoesOn() const { return !Interrupted() && Clock::now() < until_; }

  void TellOfTheRest() {
    const StoryResult late{.error = "the time for all was over", .out_of_time = true};
    for (const Running& running : running_) on_end_(running.index, late);
    while (next_ < stories_.size()) on_end_(next_++, late);
  }

  void StartNext() {
    const std::size_t index = next_++;
    const Story& story = stories_[index];
    Running running{.index = index, .bound = story.bound};
    try {
      running.sandbox =
          Sandbox::Open(story.sandbox, [&](const World& world) { return Message(story, world); });
    } catch (const std::exception& error) {
      const std::string why = std::string("the sandbox could not be made: ") + error.what();
      return on_end_(index, {.error = why});
    }
    running_.push_back(std::move(running));
  }

  void HearSome() {
    if (running_.empty()) return;
    const std::vector<pollfd> events = Await();
    for (std::size_t i = events.size(); i-- > 0;) {
      const bool told = events[i].revents != 0 && running_[i].Hear(on_news_);
      if (told || running_[i].IsOver()) Finish(i, told);
    }
  }

  std::vector<pollfd> Await() const {
    std::vector<pollfd> events;
    const bool bounded = until_ != Clock::time_point::max();
    Duration left = bounded ? Duration{until_ - Clock::now()} : Duration::max();
    for (const Running& running : running_) {
      events.push_back({running.sandbox.result(), POLLIN, 0});
      left = std::min<Duration>(left, running.began + running.bound - Clock::now());
    }
    const InterruptsHeld held;
    if (!Interrupted()) held.Wait(events, std::max(left, Duration::zero()));
    return events;
  }

  void Finish(std::size_t position, bool told) {
    Running running = std::move(running_[position]);
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(position));
    StoryResult outcome =
        told ? Understand(running.heard) : StoryResult{.error = Silence(running.bound)};
    outcome.took = Clock::now() - running.began;
    const int signal = running.sandbox.Close();
    if (!outcome.error.empty() && WasSent(signal)) outcome.ended_by = signal;
    on_end_(running.index, outcome);
  }

  bool WasSent(int signal) const {
    const bool by_kernel = signal == SIGKILL && OutOfMemoryKills() != out_of_memory_kills_;
    return signal != 0 && !Ending{.signal = signal}.IsCrash() && !by_kernel;
  }

  static std::string Silence(Duration bound) {
    return fmt::format("no result within {} s", std::chrono::duration<double>(bound).count());
  }

  const std::vector<Story>& stories_;
  std::size_t at_once_;
  Clock::time_point until_;
  std::function<void(std::size_t, const json&)> on_news_;
  const std::function<void(std::size_t, const StoryResult&)>& on_end_;
  std::deque<Running> running_;
  std::size_t next_ = 0;
  const std::string out_of_memory_kills_ = OutOfMemoryKills();
};

}  // namespace

void RunStories(const std::vector<Story>& stories, const PoolOptions& options,
                const std::function<void(std::size_t, const StoryResult&)>& on_end) {
  Pool(stories, options, on_end).Run();
}

void TellNews(const json& news) {
  if (pipe_of_the_story >= 0) WriteAll(pipe_of_the_story, Line(news) + '\n', "the story's news");
}

json RunStory(const Story& story) {
  StoryResult outcome{.error = "interrupted"};
  RunStories({story}, {}, [&](std::size_t, const StoryResult& ended) { outcome = ended; });
  if (!outcome.error.empty()) throw std::runtime_error(outcome.error);
  return outcome.told;
}

void InterruptRuns() { interrupted = true; }
bool Interrupted() { return interrupted; }

}  // namespace pidfall
