#include "harness/cli/picture_file.h"

#include "harness/input/bad_input.h"
#include "harness/report/png.h"
#include "harness/report/story_chart.h"

namespace pidfall {
namespace {

bool IsPng(const std::string& path) { return path.ends_with(".png"); }

}  // namespace

void DeclarePicture(CLI::App* command, PictureOptions* options) {
  const auto store = [options](const std::string& path) {
    if (!path.ends_with(".svg") && !IsPng(path)) {
      throw BadInput("--picture: '" + path + "' ends neither in .svg nor in .png");
    }
    options->path = path;
  };
  command->add_option_function<std::string>("--picture", store, "Draw what happened")
      ->type_name("FILE.svg|FILE.png");
  const auto clock = [options](const std::string& text) { options->start = ParseClock(text); };
  command->add_option_function<std::string>("--start", clock, "The picture's first time of day")
      ->type_name("CLOCK");
}

PictureFile::PictureFile(const PictureOptions& options)
    : file_(options.path),
      is_wanted_(!options.path.empty()),
      is_png_(IsPng(options.path)),
      start_(options.start) {
  if (start_ && !is_wanted_) throw BadInput("--start is the first time of a --picture");
  if (is_png_) RequirePngMaker();
}

void PictureFile::Write(const std::string& title, const std::string& source,
                        const std::vector<Chart>& charts) const {
  if (!IsWanted()) return;
  const std::string svg = PictureText(
      {.title = title, .source = source, .version = PIDFALL_VERSION, .start = start_}, charts);
  file_.Write(is_png_ ? PngOf(svg) : svg);
}

void StoryFiles::Draw(const std::vector<Result>& results, const std::string& target) const {
  if (!picture.IsWanted()) return;
  const Result* drawn = ResultToDraw(results);
  if (drawn == nullptr) {
    return outputs.Print("--picture: no scenario was run that could be drawn\n");
  }
  const StoryChart chart(*drawn);
  picture.Write(chart.title(), target, {chart.chart()});
}

}  // namespace pidfall
