#include "harness/supervisor/plist_binary.h"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "harness/input/bad_input.h"
#include "harness/supervisor/plist.h"

namespace pidfall {
namespace {

constexpr std::size_t kHeaderBytes = 8;  // "bplist00"
constexpr std::size_t kTrailerBytes = 32;
constexpr int kMaxValues = 1 << 16;  // after expanding objects that are referred to twice

// The object kinds: the upper half of an object's first byte.
constexpr int kSimple = 0x0, kInteger = 0x1, kReal = 0x2, kDate = 0x3, kData = 0x4, kAscii = 0x5,
              kUtf16 = 0x6, kUid = 0x8, kArray = 0xA, kDict = 0xD;
constexpr int kLongLength = 0xF;  // the length follows as an integer object

class Walk {
 public:
  Walk(const std::string& name, std::string_view bytes) : name_(name), bytes_(bytes) {
    if (bytes.size() < kHeaderBytes + kTrailerBytes) Fail("cut short", bytes.size());
    ReadTrailer(bytes.size() - kTrailerBytes);
  }

  void Run() { Visit(root_, 1); }

 private:
  [[noreturn]] void Fail(const std::string& what, std::size_t offset) const {
    throw BadInput(name_, 0,
                   fmt::format("not a readable binary plist: {} at offset {}", what, offset));
  }

  std::uint64_t Number(std::size_t offset, std::size_t size) const {
    if (offset > end_ || size > end_ - offset) Fail("an object reaches past the end", offset);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i) {
      number = number << 8 | static_cast<unsigned char>(bytes_[offset + i]);
    }
    return number;
  }

  void ReadTrailer(std::size_t at) {
    end_ = bytes_.size();
    offset_size_ = Number(at + 6, 1);
    reference_size_ = Number(at + 7, 1);
    objects_ = Number(at + 8, 8);
    root_ = Number(at + 16, 8);
    table_ = Number(at + 24, 8);
    const bool sizes =
        offset_size_ >= 1 && offset_size_ <= 8 && reference_size_ >= 1 && reference_size_ <= 8;
    if (!sizes || table_ < kHeaderBytes || table_ > at || objects_ == 0 ||
        objects_ > (at - table_) / offset_size_) {
      Fail("a damaged trailer", at);
    }
  }

  void Visit(std::uint64_t index, int level) {
    if (level > kMaxPlistLevels) {
      throw BadInput(name_, 0, fmt::format("more than {} levels", kMaxPlistLevels));
    }
    if (++values_ > kMaxValues) {
      throw BadInput(name_, 0, fmt::format("more than {} values", kMaxValues));
    }
    if (index >= objects_) Fail("a reference to an object that is not there", table_);
    end_ = bytes_.size();
    const std::size_t offset = Number(table_ + index * offset_size_, offset_size_);
    end_ = table_;
    VisitObject(offset, level);
  }

  void VisitObject(std::size_t offset, int level) {
    const int marker = static_cast<int>(Number(offset, 1));
    const int kind = marker >> 4;
    const int low = marker & 0xF;
    switch (kind) {
      case kSimple:
        if (low != 8 && low != 9) Fail("an unknown object", offset);
        return;
      case kInteger:
      case kReal:
      case kDate:
        if (low > (kind == kInteger ? 4 : 3)) Fail("a number too wide", offset);
        return Need(offset + 1, std::size_t{1} << low);
      case kUid:
        return Need(offset + 1, static_cast<std::size_t>(low) + 1);
      default:
        return VisitSized(kind, low, offset, level);
    }
  }

  void VisitSized(int kind, int low, std::size_t offset, int level) {
    std::size_t body = offset + 1;
    const std::uint64_t length = low == kLongLength ? LongLength(body) : low;
    if (length > bytes_.size()) Fail("an object reaches past the end", offset);
    switch (kind) {
      case kData:
      case kAscii:
        return Need(body, length);
      case kUtf16:
        return Need(body, 2 * length);
      case kArray:
        return VisitReferences(body, length, level);
      case kDict:
        return VisitReferences(body, 2 * length, level);
      default:
        Fail("an unknown object", offset);
    }
  }

  std::uint64_t LongLength(std::size_t& body) const {
    const int marker = static_cast<int>(Number(body, 1));
    if (marker >> 4 != kInteger || (marker & 0xF) > 3) Fail("a damaged length", body);
    const std::size_t size = std::size_t{1} << (marker & 0xF);
    const std::uint64_t length = Number(body + 1, size);
    body += 1 + size;
    return length;
  }

  void VisitReferences(std::size_t body, std::uint64_t count, int level) {
    Need(body, count * reference_size_);
    for (std::uint64_t i = 0; i < count; ++i) {
      Visit(Number(body + i * reference_size_, reference_size_), level + 1);
    }
  }

  void Need(std::size_t offset, std::size_t size) const {
    if (offset > end_ || size > end_ - offset) Fail("an object reaches past the end", offset);
  }

  std::string name_;
  std::string_view bytes_;
  std::size_t end_ = 0;  // objects end where the offset table begins
  std::uint64_t offset_size_ = 0, reference_size_ = 0, objects_ = 0, root_ = 0, table_ = 0;
  int values_ = 0;
};

}  // namespace

void CheckBinaryPlist(const std::string& name, std::string_view bytes) { Walk(name, bytes).Run(); }

}  // namespace pidfall
