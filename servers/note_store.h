// The notes of the API server, kept in a journal of changes: {"id":1,"text":"milk"} sets a note,
// {"id":1} deletes it. Safe to use from several threads.
//
//   NoteStore store("notes.log");
//   const Note note = store.Add("milk");  // on the disk when it returns
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "servers/journal.h"

namespace pidfall::servers {

struct Note {
  std::int64_t id = 0;
  std::string text;
};

// Each call that changes something throws std::runtime_error when the change can't be written to
// the disk; then nothing has changed.
class NoteStore {
 public:
  // Throws std::runtime_error for a file that is no journal of notes, and does not change it.
  explicit NoteStore(const std::string& path);

  std::vector<Note> List() const;
  Note Add(const std::string& text);
  bool Change(std::int64_t id, const std::string& text);  // false: there is no such note
  bool Delete(std::int64_t id);

 private:
  void Replay(const std::string& line);

  mutable std::mutex mutex_;
  Journal journal_;
  std::map<std::int64_t, std::string> notes_;
  std::int64_t last_id_ = 0;  // of deleted notes too: an id is never used again
};

}  // namespace pidfall::servers
