// Runs stories side by side, each in a sandbox of its own, and collects their results.
//
//   const Story story = {.tell = [](const World& world) { return nlohmann::json(world.full); }};
//   RunStories({story, story}, {.at_once = 2},
//              [](std::size_t index, const StoryResult& outcome) { ... });
//
// A story is any function that gives a JSON value. The caller must have one thread only: each
// sandbox is forked from it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/sandbox/sandbox.h"

namespace pidfall {

struct Story {
  SandboxOptions sandbox = {};
  std::function<nlohmann::json(const World&)> tell;  // runs in the sandbox
  Duration bound = std::chrono::seconds(180);
};

// NOLINTNEXTLINE(bugprone-exception-escape): a move of nlohmann's json throws nothing.
struct StoryResult {
  nlohmann::json told;
  // The reason why there is no result; then `told` is null. The sandbox could not be made, the
  // story threw, its process ended early, or the bound was over.
  std::string error;
  bool out_of_time = false;  // the time for all stories was over
  int ended_by = 0;          // the signal that somebody in there sent to the story's process
  Duration took{};
};

struct PoolOptions {
  int at_once = 1;
  // Called with each value that a story gives to TellNews.
  std::function<void(std::size_t index, const nlohmann::json& news)> on_news = {};
  // At this time every story that has not ended is ended, or not begun.
  std::optional<std::chrono::steady_clock::time_point> until = {};
};

// `on_end` is called as each one ends. After an interrupt the other stories are ended, without a
// call.
void RunStories(const std::vector<Story>& stories, const PoolOptions& options,
                const std::function<void(std::size_t index, const StoryResult& outcome)>& on_end);

// In a story: told to on_news at once, so that an interrupt does not lose it.
void TellNews(const nlohmann::json& news);

// One story alone. Throws std::runtime_error with StoryResult::error.
nlohmann::json RunStory(const Story& story);

// Safe in a signal handler: ends every story of this process and makes RunStories return. No
// SIGINT, SIGTERM or SIGHUP between two waits is missed.
void InterruptRuns();
bool Interrupted();

}  // namespace pidfall
