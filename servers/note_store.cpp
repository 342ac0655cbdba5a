#include "servers/note_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace pidfall::servers {
namespace {

std::string SetLine(std::int64_t id, const std::string& text) {
  return nlohmann::json{{"id", id}, {"text", text}}.dump();
}

std::string DeleteLine(std::int64_t id) { return nlohmann::json{{"id", id}}.dump(); }

}  // namespace

NoteStore::NoteStore(const std::string& path) : journal_(path) {
  size_t number = 0;
  for (const std::string& line : journal_.TakeLines()) {
    ++number;
    try {
      Replay(line);
    } catch (const nlohmann::json::exception&) {
      throw std::runtime_error(path + ":" + std::to_string(number) +
                               ": not a note; fix that line or name another file by --data");
    }
  }
}

void NoteStore::Replay(const std::string& line) {
  const auto change = nlohmann::json::parse(line);
  const auto id = change.at("id").get<std::int64_t>();
  last_id_ = std::max(last_id_, id);
  if (change.contains("text")) {
    notes_[id] = change["text"].get<std::string>();
  } else {
    notes_.erase(id);
  }
}

std::vector<Note> NoteStore::List() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Note> notes;
  for (const auto& [id, text] : notes_) notes.push_back({id, text});
  return notes;
}

Note NoteStore::Add(const std::string& text) {
  const std::scoped_lock lock(mutex_);
  const std::int64_t id = last_id_ + 1;
  journal_.Append(SetLine(id, text));
  last_id_ = id;
  notes_[id] = text;
  return {id, text};
}

bool NoteStore::Change(std::int64_t id, const std::string& text) {
  const std::scoped_lock lock(mutex_);
  const auto note = notes_.find(id);
  if (note == notes_.end()) return false;
  journal_.Append(SetLine(id, text));
  note->second = text;
  return true;
}

bool NoteStore::Delete(std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  const auto note = notes_.find(id);
  if (note == notes_.end()) return false;
  journal_.Append(DeleteLine(id));
  notes_.erase(note);
  return true;
}

}  // namespace pidfall::servers
