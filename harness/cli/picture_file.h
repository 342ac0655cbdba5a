// --picture FILE.svg (or .png) and --start CLOCK: a simulation, or a scenario's story, drawn.
//
//   DeclarePicture(app, &options->picture);
//   const PictureFile picture(options.picture);  // throws BadInput before anything has run
//   picture.Write("a title", "", {{"", {{"", &log}}}});
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/outputs.h"
#include "harness/report/output_file.h"
#include "harness/report/picture.h"
#include "harness/run/result.h"

namespace pidfall {

struct PictureOptions {
  std::string path;  // "": not wanted
  std::optional<std::chrono::seconds> start = {};
};

void DeclarePicture(CLI::App* command, PictureOptions* options);

class PictureFile {
 public:
  explicit PictureFile(const PictureOptions& options);

  bool IsWanted() const { return is_wanted_; }
  void Write(const std::string& title, const std::string& source,
             const std::vector<Chart>& charts) const;

 private:
  OutputFile file_;
  bool is_wanted_;
  bool is_png_;
  std::optional<std::chrono::seconds> start_;
};

// `check` and `run` write this at the end.
struct StoryFiles {
  Outputs outputs;
  PictureFile picture;

  // The first breach, else the first weakness, else the first story. `target`: its command. Says so
  // where a picture is wanted, and no story was told that could be drawn.
  void Draw(const std::vector<Result>& results, const std::string& target) const;
};

}  // namespace pidfall
