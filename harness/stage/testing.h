// For tests: runs a story on a stage, in a sandbox of its own.
//
//   EXPECT_EQ(OnStage({.command = {"/bin/true"}}, [](Stage& stage) { return ...; }), "seen");
#pragma once

#include <functional>
#include <string>

#include "harness/run/pool.h"
#include "harness/stage/stage.h"

namespace pidfall {

// The result of `story`; where it ends early, the reason.
inline std::string OnStage(const Target& target, const std::function<std::string(Stage&)>& story,
                           const SandboxOptions& sandbox = {}) {
  constexpr Duration kStoryBound = std::chrono::seconds(30);
  const auto tell = [&](const World& world) -> std::string {
    try {
      Stage stage(target, world);
      std::string told = story(stage);
      stage.EndAll();
      return told;
    } catch (const std::exception& error) {
      return error.what();
    }
  };
  return RunStory({.sandbox = sandbox, .tell = tell, .bound = kStoryBound});
}

// For stories that start nothing.
inline Target NoServer() { return {.command = {"/bin/true"}, .pid_file = "{pid_file}"}; }

}  // namespace pidfall
