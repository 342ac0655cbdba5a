// A copy-on-write view of the machine: a program runs in it as deployed, at its own paths, and
// nothing outside changes.
//
//   View view = EnterView("/mnt", plan);    // in init; "/" is the view from now on
//   for (const std::string& path : Written(view)) ...   // the files written since
//
// Each folder of the machine is the lower layer of an overlay whose upper layer is on a tmpfs, so
// the upper layers hold exactly the written files. That tmpfs is the view's root. Three things
// cannot be a lower layer (measured, Linux 6.18): "/" itself; /proc, /sys and /dev; a folder with
// mounts below it that a user namespace inherited, which are locked. Those are entered child by
// child. A folder whose owner is not mapped cannot be copied up either; but the root of an overlay
// need not be copied up: so the world-writable folders get an overlay of their own. An empty folder
// needs no overlay.
#pragma once

#include <time.h>

#include <map>
#include <string>
#include <vector>

#include "harness/sandbox/view_plan.h"

namespace pidfall {

struct Layer {
  std::string path;   // in the view
  std::string upper;  // the files written there; below /.pidfall
};

struct View {
  std::vector<Layer> layers;
  std::map<std::string, std::string> links;  // symlinks that it began with, and their targets
  std::map<std::string, timespec> copies;    // files that it began with, and when they changed
  std::vector<std::string> read_only;        // folders that could not be layered
};

// The harness's own folder in the view, on the tmpfs that holds the upper layers.
inline constexpr char kViewFolder[] = "/.pidfall";

// Mounts the view on `base` (an existing folder) and makes it the root of this mount namespace.
// Throws std::system_error.
View EnterView(const std::string& base, const ViewPlan& plan);

// Every regular file, FIFO, socket and symlink that was made or changed in the view.
std::vector<std::string> Written(const View& view);

}  // namespace pidfall
