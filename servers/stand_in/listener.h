// Where the stand-in serves: a port, a unix socket, or nowhere.
//
//   Listener listener(options);
//   if (!listener.Bind()) ...      // somebody is there
//   listener.Listen();             // last: it tells that the start is complete
//   listener.ServeUntilSignal();
//   listener.Close();
#pragma once

#include <sys/types.h>

#include "servers/stand_in/options.h"

namespace pidfall::stand_in {

class Listener {
 public:
  explicit Listener(const Options& options) : options_(options) {}

  // False: somebody is there.
  bool Bind();
  void Listen() const;
  // Which of SIGTERM, SIGINT and SIGUSR2 came; they have to be caught by CatchSignals.
  int ServeUntilSignal() const;
  void Close() const;

  // Somebody answers there within a moment.
  bool Answers() const;

 private:
  bool BindPort();
  bool BindSocket();

  const Options& options_;
  int listening_ = -1;
  ino_t inode_ = 0;  // of the unix socket's name
};

void CatchSignals();

}  // namespace pidfall::stand_in
