// The command line that the three servers share.
//
//   const std::optional<Options> options = ParseOptions(service, argc, argv);
//   if (!options) return 0;  // --help was answered
#pragma once

#include <optional>
#include <string>

#include "servers/service.h"
#include "servers/strategies/strategy.h"

namespace pidfall::servers {

struct Options {
  std::string strategy = "reference";
  strategies::Settings settings;
  std::string data;    // empty for a server that stores nothing
  std::string run;     // a command to start beside it; empty: none
  bool forks = false;  // a forked copy ends before it serves
  bool ends_main_thread = false;
  char** command_line = nullptr;  // ours, for a restart in place
};

// Throws std::invalid_argument, with one clear line, for options that it does not understand.
std::optional<Options> ParseOptions(const Service& service, int argc, const char* const* argv);

}  // namespace pidfall::servers
