// --picture FILE.svg (or .png) and --start CLOCK, of the commands that simulate.
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

#include "harness/report/output_file.h"
#include "harness/report/picture.h"

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

}  // namespace pidfall
