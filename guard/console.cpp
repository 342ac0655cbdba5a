#include "guard/console.h"

#include <pthread.h>
#include <signal.h>
#include <strings.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>

namespace pidfall::guard {
namespace {

// Blocks SIGPIPE for this thread and swallows the one that a write to a broken pipe raised, so
// that a duplicate whose reader has gone ends with its own status and not by a signal.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe() {
    sigset_t pending;
    sigpending(&pending);
    if (!was_pending_ && sigismember(&pending, SIGPIPE) == 1) {
      int taken = 0;
      sigwait(&pipe_, &taken);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_;
};

// The variable that wins, in the order of setlocale.
std::string LocaleName() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

}  // namespace

int Say(std::string_view line) {
  const NoSigpipe no_sigpipe;
  std::string text(line);
  text += '\n';
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n < 0 ? errno : EIO;
    done += static_cast<size_t>(n);
  }
  return 0;
}

std::string LocaleCodeset() {
  const std::string name = LocaleName();
  const size_t dot = name.find('.');
  if (dot == std::string::npos) return "";
  return name.substr(dot + 1, name.find('@', dot) - dot - 1);
}

bool LocaleIsUtf8() {
  const std::string codeset = LocaleCodeset();
  return strcasecmp(codeset.c_str(), "UTF-8") == 0 || strcasecmp(codeset.c_str(), "UTF8") == 0;
}

std::string ForLocale(std::string_view sign, std::string_view text) {
  return LocaleIsUtf8() ? std::string(sign) + std::string(text) : std::string(text);
}

}  // namespace pidfall::guard
