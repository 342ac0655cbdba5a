// The options of the stand-in: a server whose safeguard has the faults of public incidents, one
// option for each.
//
//   const Options options = Options::Parse(argc, argv);   // ends the process for a bad one
//   if (options.Has("judge")) Judge(options.Get("judge"));
#pragma once

#include <map>
#include <string>
#include <vector>

namespace pidfall::stand_in {

inline constexpr int kBadUsage = 2;
inline constexpr int kFailure = 74;  // sysexits' EX_IOERR: neither success nor a duplicate

class Options {
 public:
  static Options Parse(int argc, char** argv);

  bool Has(const std::string& name) const { return values_.contains(name); }
  bool Is(const std::string& name, const std::string& value) const { return Get(name) == value; }
  std::string Get(const std::string& name, const std::string& otherwise = "") const;
  int Number(const std::string& name, int otherwise) const;
  // Ours, to be executed again.
  char** command_line() const { return command_line_; }

 private:
  std::map<std::string, std::string> values_;  // empty of a switch
  char** command_line_ = nullptr;
};

}  // namespace pidfall::stand_in
