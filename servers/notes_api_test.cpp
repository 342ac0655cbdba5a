#include "servers/notes_api.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "servers/save_notes.h"

namespace pidfall::servers {
namespace {

class NotesApiTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "api.XXXXXX";
    folder_ = mkdtemp(pattern.data());
    store_ = std::make_unique<NoteStore>(folder_ / "notes");
    journal_ = std::make_unique<Journal>(folder_ / "saved");
    AddNotesApi(server_, *store_);
    AddSaveNotes(server_, *journal_);
    client_ = std::make_unique<httplib::Client>("127.0.0.1", server_.bind_to_any_port("127.0.0.1"));
    serving_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  void TearDown() override {
    server_.stop();
    serving_.join();
    std::filesystem::remove_all(folder_);
  }

  int Post(const std::string& path, const std::string& body) {
    return client_->Post(path, body, "application/json")->status;
  }
  int Put(const std::string& path, const std::string& body) {
    return client_->Put(path, body, "application/json")->status;
  }
  std::string Notes() { return client_->Get("/notes")->body; }

  std::filesystem::path folder_;
  std::unique_ptr<NoteStore> store_;
  std::unique_ptr<Journal> journal_;
  httplib::Server server_;
  std::unique_ptr<httplib::Client> client_;
  std::thread serving_;
};

TEST_F(NotesApiTest, ListsAddsChangesAndDeletes) {
  EXPECT_EQ(Notes(), "[]\n");
  EXPECT_EQ(Post("/notes", R"({"text":"milk"})"), 201);
  EXPECT_EQ(Notes(), "[{\"id\":1,\"text\":\"milk\"}]\n");
  EXPECT_EQ(Put("/notes/1", R"({"text":"bread"})"), 200);
  EXPECT_EQ(Notes(), "[{\"id\":1,\"text\":\"bread\"}]\n");
  EXPECT_EQ(client_->Delete("/notes/1")->status, 200);
  EXPECT_EQ(Notes(), "[]\n");
}

TEST_F(NotesApiTest, AnswersBadInputWith400) {
  const std::string deep(100000, '[');
  for (const char* body : {"", "milk", "[]", R"({"text":1})", "{\"text\":\"\xff\"}"}) {
    EXPECT_EQ(Post("/notes", body), 400) << body;
  }
  EXPECT_EQ(Post("/notes", deep), 400);
  EXPECT_EQ(Post("/save-notes", deep + std::string(deep.size(), ']')), 400);
  EXPECT_EQ(Post("/save-notes", "milk"), 400);
  EXPECT_EQ(Notes(), "[]\n");
}

TEST_F(NotesApiTest, AnswersAnUnknownNoteWith404) {
  EXPECT_EQ(Put("/notes/7", R"({"text":"milk"})"), 404);
  EXPECT_EQ(client_->Delete("/notes/7")->status, 404);
  EXPECT_EQ(client_->Delete("/notes/" + std::string(4000, '9'))->status, 404);
}

TEST_F(NotesApiTest, SavedNotesAreInTheFile) {
  EXPECT_EQ(Post("/save-notes", R"({"a": "one", "b": 2})"), 200);
  EXPECT_EQ(Journal(folder_ / "saved").TakeLines(),
            std::vector<std::string>{R"({"a":"one","b":2})"});
}

TEST_F(NotesApiTest, PagesOfAnyOriginMaySaveNotes) {
  const auto response = client_->Options("/save-notes");
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->get_header_value("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(response->get_header_value("Access-Control-Allow-Methods"), "POST, OPTIONS");
  EXPECT_EQ(response->get_header_value("Access-Control-Allow-Headers"), "Content-Type");
}

}  // namespace
}  // namespace pidfall::servers
