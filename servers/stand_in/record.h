// The pid file, as well or as badly kept as the options say.
//
//   Record record(options);
//   if (record.NamesSomebody()) ...
//   record.Write();
//   record.Remove();
#pragma once

#include <sys/types.h>

#include <string>

#include "servers/stand_in/options.h"

namespace pidfall::stand_in {

class Record {
 public:
  explicit Record(const Options& options);

  bool has_path() const { return !path_.empty(); }
  // Whether somebody runs, by --judge alone.
  bool NamesSomebody() const;
  // The recorded number; 0 where there is none.
  pid_t pid() const;
  // For a start that finds a file that names nobody.
  void RemoveStale() const;
  // False: another start has made it meanwhile.
  bool Write() const;
  // At the end.
  void Remove() const;

 private:
  std::string Text() const;
  bool IsSomebody(pid_t pid, const std::string& rest) const;

  const Options& options_;
  std::string path_;
};

}  // namespace pidfall::stand_in
