// Files and folders that this user may write and that have another owner or group: a spool folder
// of the user's group, a sticky folder, a file with mode 0666. In a user namespace the owner is not
// mapped, and an overlay cannot copy up what it cannot give to its owner (EOVERFLOW). So the view
// gives such folders a layer of their own, and copies such files beforehand.
//
//   for (const std::string& folder : WritableForeignFolders()) own_layer.push_back(folder);
//
// Root has none: every id is mapped.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace pidfall {

// What this process may do with `path`, as the bits of an owner.
mode_t RightsTo(const std::string& path);

// Directly in `folder`, by name.
std::vector<std::string> WritableForeignFiles(const std::string& folder);

bool IsWritableForeignFolder(const std::string& folder);

// Folders with such files, and such folders: the machine is searched from the top, to a bounded
// depth and number, once.
const std::vector<std::string>& WritableForeignFolders();

}  // namespace pidfall
