// A file that the user asked for: it is written whole or not at all.
//
//   const OutputFile json("results.json");  // throws BadInput when it could not be written
//   ...
//   json.Write(text);
#pragma once

#include <string>

namespace pidfall {

class OutputFile {
 public:
  // "" writes nowhere, "-" to standard output. Leaves nothing on the disk before Write.
  explicit OutputFile(std::string path);

  bool IsStandardOutput() const { return path_ == "-"; }
  // Replaces the file in one step, so that a reader never sees half of it. A device or a FIFO is
  // written to directly. Throws std::system_error.
  void Write(const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace pidfall
