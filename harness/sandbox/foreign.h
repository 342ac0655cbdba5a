// Files and folders that this user may write and that have another owner or group: a spool folder
// of the user's group, a sticky folder, a file with mode 0666. In a user namespace the owner is not
// mapped, and an overlay cannot copy up a file whose owner is not mapped (EOVERFLOW). So the view
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

// The rights of this process to `path`, as the bits of an owner.
mode_t RightsTo(const std::string& path);

// Directly in `folder`; their names.
std::vector<std::string> WritableForeignFiles(const std::string& folder);

bool IsWritableForeignFolder(const std::string& folder);

// Such folders, and folders with such files. The machine is searched once, from the top, to a
// bounded depth and number.
const std::vector<std::string>& WritableForeignFolders();

}  // namespace pidfall
