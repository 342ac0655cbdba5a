// A copy-on-write view of the machine: a program runs in it as deployed, at its own paths, and
// nothing outside changes.
//
//   View view = EnterView("/mnt", plan);    // in init; "/" is the view from now on
//   for (const std::string& path : Written(view)) ...   // what has been written since
//
// Each folder of the machine is the lower layer of an overlay whose upper layer is on a tmpfs, so
// the upper layers hold exactly what was written there. That tmpfs is the view's root. Three things
// cannot be a lower layer (measured, Linux 6.18): "/" itself; /proc, /sys and /dev; a folder with
// mounts below it that a user namespace inherited, which are locked. Those are entered child by
// child. A folder owned by a user who is not mapped cannot be copied up either, but the root of an
// overlay need not be: so the world-writable folders get an overlay of their own. An empty folder
// needs none.
#pragma once

#include <time.h>

#include <map>
#include <string>
#include <vector>

#include "harness/sandbox/view_plan.h"

namespace pidfall {

struct Layer {
  std::string path;   // where it is seen
  std::string upper;  // what was written there; below /.pidfall
};

struct View {
  std::vector<Layer> layers;
  std::map<std::string, std::string> links;  // symlinks that it began with, and where to
  std::map<std::string, timespec> copies;    // files that it began with, and when they changed
  std::vector<std::string> read_only;        // what could not be layered
};

// In the view: harness's own, on the tmpfs that carries the upper layers.
inline constexpr char kViewFolder[] = "/.pidfall";

// Mounts the view on `base` (an existing folder) and makes it the root of this mount namespace.
// Throws std::system_error.
View EnterView(const std::string& base, const ViewPlan& plan);

// Every regular file, FIFO, socket and symlink that was made or changed in the view.
std::vector<std::string> Written(const View& view);

}  // namespace pidfall
