// Notices the moment at which something happens in a folder.
//
//   const FolderWatch watch(stage.folder());
//   Instance& server = stage.Start();
//   stage.WaitUntil([&] { return watch.SawNew(); }, bound);
#pragma once

#include <string>

#include "harness/process/fd.h"

namespace pidfall {

// The events of inotify(7) that count.
enum class FolderEvents {
  kNew,      // something was created in it, or moved into it
  kChanges,  // or written, removed, given another mode
};

class FolderWatch {
 public:
  explicit FolderWatch(const std::string& folder, FolderEvents events = FolderEvents::kNew);

  // Something has happened since the watch began, or since Take().
  bool SawNew() const;
  // The same; events so far no longer count after that.
  bool Take() const;

 private:
  UniqueFd events_;
};

}  // namespace pidfall
