// Options that several commands share, and how numbers, times and shards are read.
//
//   CommonOptions common;
//   DeclareCommon(command, &common);
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/paint.h"

namespace CLI {
class App;
}

namespace pidfall {

// One part of a run that is split over several machines.
struct Shard {
  int index = 1;  // from 1
  int count = 1;
  bool Has(std::size_t position) const {
    return position % static_cast<std::size_t>(count) == static_cast<std::size_t>(index - 1);
  }
};

struct CommonOptions {
  std::vector<std::string> scenarios;  // globs; none: all
  std::vector<std::string> excepts;
  bool list = false;
  int jobs = 1;
  int repeat = 1;
  Shard shard;
  std::string json;  // "": not wanted, "-": standard output
  std::string junit;
  std::string sarif;
  std::string html;
  std::string ci;  // what a job for CI is printed for, to standard output; "": not wanted
  bool keep = false;
  bool no_skip = false;
  bool verbose = false;
  ColorMode color = ColorMode::kAuto;
};

void DeclareCommon(CLI::App* command, CommonOptions* options);

// The common options of a command without scenarios: the reports, -v, --color.
void DeclareReports(CLI::App* command, CommonOptions* options);
void DeclareScenarios(CLI::App* command, CommonOptions* options);
void DeclareJobs(CLI::App* command, CommonOptions* options);
// --time D: how long it may take. Zero is refused.
void DeclareTime(CLI::App* command, const std::string& description,
                 std::optional<std::chrono::nanoseconds>* time);
void DeclareNoSkip(CLI::App* command, CommonOptions* options);

// --version and --color.
void DeclareBasics(CLI::App* command, ColorMode* color);

// Throws BadInput unless `text` is a whole number in decimal from `least` to `most`.
int ParseNumber(const std::string& option, const std::string& text, int least, int most);
Shard ParseShard(const std::string& text);

// An option with a number; 0x10, 010 and 7abc are refused.
void DeclareNumber(CLI::App* command, const std::string& names, const std::string& description,
                   int least, int most, const std::function<void(int)>& store);

void DeclarePort(CLI::App* command, const std::function<void(int)>& store);

// Adds to its help that a command may follow.
void DeclareFollower(CLI::App* command);

// Throws BadInput if a command was given after `--` to one that takes none.
void RefuseCommand(const std::vector<std::string>& command, const std::string& name);

}  // namespace pidfall
