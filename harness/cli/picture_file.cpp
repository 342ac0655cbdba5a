#include "harness/cli/picture_file.h"

#include "harness/input/bad_input.h"

namespace pidfall {

void DeclarePicture(CLI::App* command, PictureOptions* options) {
  const auto store = [options](const std::string& path) {
    if (!path.ends_with(".svg")) {
      throw BadInput("--picture: '" + path +
                     "' does not end in .svg (rsvg-convert makes a PNG of it)");
    }
    options->path = path;
  };
  command->add_option_function<std::string>("--picture", store, "Draw what happened")
      ->type_name("FILE.svg");
  const auto clock = [options](const std::string& text) { options->start = ParseClock(text); };
  command->add_option_function<std::string>("--start", clock, "The picture's first time of day")
      ->type_name("CLOCK");
}

PictureFile::PictureFile(const PictureOptions& options)
    : file_(options.path), start_(options.start) {
  if (start_ && options.path.empty()) throw BadInput("--start is the first time of a --picture");
}

void PictureFile::Write(const std::string& title, const std::string& source,
                        const std::vector<Chart>& charts) const {
  file_.Write(PictureText(
      {.title = title, .source = source, .version = PIDFALL_VERSION, .start = start_}, charts));
}

}  // namespace pidfall
