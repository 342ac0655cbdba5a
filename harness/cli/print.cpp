#include "harness/cli/print.h"

#include <cerrno>
#include <system_error>

#include "harness/input/secrets.h"

namespace pidfall {
namespace {

// Later calls overwrite errno, and after a failed write an emptied buffer reports no error.
int first_error = 0;

}  // namespace

void Print(std::FILE* stream, const std::string& with_secrets) {
  const std::string text = WithoutSecrets(with_secrets);
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0;
  if (!written && stream == stdout && first_error == 0) first_error = errno;
}

int CheckOutput(int status) {
  if (first_error == 0) return status;
  throw std::system_error(first_error, std::generic_category(), "cannot write standard output");
}

}  // namespace pidfall
