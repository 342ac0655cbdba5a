// Notices that something happened in a folder.
//
//   const FolderWatch watch(stage.folder());
//   ...
//   if (watch.TakeChanges()) ...  // since the watch began
#pragma once

#include <string>

#include "harness/process/fd.h"

namespace pidfall {

class FolderWatch {
 public:
  explicit FolderWatch(const std::string& folder);

  // Something in it was created, moved, written, removed or given another mode since the watch
  // began, or since the last call.
  bool TakeChanges() const;

 private:
  UniqueFd events_;
};

}  // namespace pidfall
