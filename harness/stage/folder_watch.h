// Sees the moment at which something appears in a folder.
//
//   const FolderWatch watch(stage.folder());
//   Instance& server = stage.Start();
//   stage.WaitUntil([&] { return watch.SawNew(); }, bound);
#pragma once

#include <string>

#include "harness/process/fd.h"

namespace pidfall {

class FolderWatch {
 public:
  explicit FolderWatch(const std::string& folder);

  // Something was created in it, or moved into it, since the watch began.
  bool SawNew() const;

 private:
  UniqueFd events_;
};

}  // namespace pidfall
