// Whether what a failed start printed says why the kernel refused it, in the words of any
// language's library: "Permission denied", "EACCES", "[Errno 13]", "os error 13".
#pragma once

#include <string>

namespace pidfall {

bool SaysCause(const std::string& output, int error);

}  // namespace pidfall
